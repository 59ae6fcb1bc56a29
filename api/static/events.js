// Reads server-sent events from a fetch response, because EventSource cannot POST. Used by chat.js.

/** Yields {event, data} with `data` parsed as JSON, until the stream ends. */
export async function* serverEvents(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value;
    const blocks = buffer.split(/\r\n\r\n|\n\n/);
    buffer = blocks.pop();
    for (const block of blocks) {
      const fields = { event: "message", data: [] };
      for (const line of block.split(/\r?\n/)) {
        const [, name, content] = /^([^:]*):? ?(.*)$/.exec(line);
        if (name === "event") fields.event = content;
        else if (name === "data") fields.data.push(content);
      }
      if (fields.data.length) yield { event: fields.event, data: JSON.parse(fields.data.join("\n")) };
    }
  }
}
