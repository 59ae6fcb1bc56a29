// The frame of the widget: the button in the corner and the dialog it opens. Used by widget.js.

import { button, element } from "./widget-answer.js";
import { emblem, icon } from "./widget-icon.js";

const QUESTION_MAX = 2000; // characters; the desk says so itself where it takes fewer

/** Its elements by name: launcher, panel, log, field, send and stop; `acts`: open, close, erase, ask(question), stop. */
export function panelParts(words, acts) {
  const { lang } = words;
  const launcher = button(
    { class: "launcher", part: "launcher", popover: "manual", "aria-haspopup": "dialog", lang },
    emblem(),
    acts.open,
  );
  launcher.append(element("span", {}, words.launch));

  const title = element("h2", { id: "title" }, words.title);
  const header = element(
    "header",
    { part: "header" },
    emblem(),
    element("div", { class: "titles" }, title, element("p", {}, words.subtitle)),
    tool("erase", words.erase, acts.erase),
    tool("close", words.close, acts.close),
  );
  const log = element("div", {
    class: "log",
    part: "log",
    role: "log",
    "aria-live": "polite",
    "aria-label": words.log,
    tabindex: "0",
  });
  const { form, ...fields } = questionForm(words, acts);
  const panel = element(
    "dialog",
    { part: "panel", "aria-labelledby": "title", closedby: "any", lang },
    header,
    log,
    form,
  );
  // what is typed here is none of the host page's keyboard shortcuts
  for (const type of ["keydown", "keypress", "keyup"]) panel.addEventListener(type, (event) => event.stopPropagation());
  panel.addEventListener("close", () => {
    acts.close();
    launcher.focus();
  });
  return { launcher, panel, log, ...fields };
}

function tool(name, label, act) {
  return button({ class: "tool", "aria-label": label, title: label }, icon(name), act);
}

function questionForm(words, acts) {
  const field = element("textarea", {
    id: "question",
    part: "field",
    rows: "2",
    maxlength: QUESTION_MAX,
    placeholder: words.placeholder,
    "aria-describedby": "machine",
  });
  const send = element("button", { class: "send", part: "send-button" }, words.send);
  const stop = button({ class: "send quiet" }, words.stop, acts.stop);
  stop.hidden = true;
  const form = element(
    "form",
    { part: "form" },
    element("label", { for: "question", class: "unseen" }, words.field),
    element("div", { class: "row" }, field, send, stop),
    element("p", { id: "machine", class: "machine" }, words.machine),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    acts.ask(field.value);
  });
  field.addEventListener("keydown", (event) => {
    // isComposing: Enter that ends a Vietnamese input method's word is not "send"
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    acts.ask(field.value);
  });
  return { form, field, send, stop };
}
