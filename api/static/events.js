// Reads server-sent events from a fetch response, because EventSource cannot POST. Used by chat.js and widget.js.

/** Yields {event, data} with `data` parsed as JSON, until the stream ends. */
export async function* serverEvents(response, parse = JSON.parse) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value;
    for (let end; (end = /\r\n\r\n|\n\n/.exec(buffer)); ) {
      const block = buffer.slice(0, end.index);
      buffer = buffer.slice(end.index + end[0].length);
      const { event, data } = fields(block);
      if (data) yield { event, data: parse(data) };
    }
  }
}

function fields(block) {
  const found = { event: "message", data: "" };
  for (const line of block.split(/\r?\n/)) {
    const [, name, content] = /^([^:]*):? ?(.*)$/.exec(line);
    if (name === "event") found.event = content;
    else if (name === "data") found.data += found.data ? `\n${content}` : content;
  }
  return found;
}
