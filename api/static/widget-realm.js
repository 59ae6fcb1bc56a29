// The browser's own fetch, JSON and lists, whatever the scripts of the host page put in their place. Used by widget.js.

/**
 * The window of an empty hidden frame under `parent`, which no script of the host page has touched; this window where
 * the browser gives none. What it parses are lists of its own, so their methods are the browser's too.
 */
export function ownRealm(parent) {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  parent.append(frame);
  try {
    if (frame.contentWindow.JSON && frame.contentWindow.fetch) return frame.contentWindow;
  } catch {
    // a sandboxed host page may not look into its own frames
  }
  return window;
}
