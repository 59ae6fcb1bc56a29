// Makes elements from data. Data enters the page as text only, never as markup. Used by every script of the chat.

/** An element with a class and children; strings become text nodes, null and "" are left out. */
export function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

/** A button that does something on this page. */
export function button(className, words, act) {
  const made = element("button", className, words);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** A link into this server, opened beside the conversation; an address of another kind becomes no link. */
export function outLink(url, className, ...words) {
  const link = element("a", className, ...words, element("span", "unseen", " (mở thẻ mới)"));
  if (url.startsWith("/") && !url.startsWith("//")) link.href = url;
  link.target = "_blank";
  link.rel = "noopener";
  return link;
}

/** "2026-03-01" → "01/03/2026". */
export function vietnameseDate(iso) {
  return iso ? iso.split("-").reverse().join("/") : "";
}
