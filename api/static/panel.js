// The document beside the conversation, on screens with room for both; elsewhere links open as links do.

const wide = window.matchMedia("(min-width: 72rem)");
const panel = document.getElementById("panel");
const frame = document.getElementById("panel-frame");
const title = document.getElementById("panel-title");
const page = document.getElementById("panel-page");
const close = document.getElementById("panel-close");
let opener = null;

/** Makes a link to a document open beside the conversation. `words` is the panel's title, `badge` stands beside it. */
export function besides(link, words, badge = null) {
  link.addEventListener("click", (event) => {
    if (!wide.matches || event.ctrlKey || event.metaKey || event.shiftKey || !link.href) return;
    event.preventDefault();
    show(link, words, badge);
  });
  return link;
}

export function closePanel() {
  if (panel.hidden) return;
  panel.hidden = true;
  document.body.classList.remove("has-panel");
  frame.contentWindow.location.replace("about:blank");
  opener?.focus();
}

function show(link, words, badge) {
  const address = new URL(link.href);
  address.searchParams.set("panel", "1");
  opener = link;
  title.replaceChildren(words, ...(badge ? [" ", badge.cloneNode(true)] : []));
  page.href = link.href;
  panel.hidden = false;
  document.body.classList.add("has-panel");
  frame.contentWindow.location.replace(address); // not a step in the browser's history
  close.focus();
}

function onEscape(event) {
  if (event.key === "Escape") closePanel();
}

close.addEventListener("click", closePanel);
document.addEventListener("keydown", onEscape);
frame.addEventListener("load", () => frame.contentDocument?.addEventListener("keydown", onEscape));
wide.addEventListener("change", () => {
  if (!wide.matches) closePanel();
});
