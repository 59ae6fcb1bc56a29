// <cchc-help-desk>: the help desk inside another site's page, by one script tag. How to embed it: docs/widget.md.
//
// Everything lives in a shadow root and, once shown, in the browser's top layer: the host page's styles and z-indexes
// do not reach it, and it needs no inline style or script of a Content-Security-Policy.

import { serverEvents } from "./events.js";
import { answerParts, button, element, paragraph } from "./widget-answer.js";
import { emblem, icon } from "./widget-icon.js";
import { ownRealm } from "./widget-realm.js";
import { style } from "./widget-style.js";
import { EXAMPLES, wordsFor } from "./widget-words.js";

const QUESTION_MAX = 2000; // characters; the desk says so itself where it takes fewer
const HISTORY_MAX = 6; // earlier questions that go along; six of the longest fit into the 64 KB the server takes
const TURNS_MAX = 20; // some 10 KB each, of the 5 MB a browser gives the host page's own storage too
const HOME = new URL("..", import.meta.url).href; // the help desk that served this file

class HelpDesk extends HTMLElement {
  static observedAttributes = ["lang", "open"];

  #root = this.attachShadow({ mode: "open" });
  #realm = null; // of the browser, not of the host page
  #turns = null; // [{question, answer, judged}], oldest first
  #session = ""; // names this conversation to the server, nobody in person
  #running = null; // aborts the question on its way
  #words = null;
  #parts = null;

  connectedCallback() {
    this.#root.adoptedStyleSheets = [style];
    this.#build();
    if (this.hasAttribute("open")) this.#show();
  }

  disconnectedCallback() {
    this.#running?.abort();
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#parts || before === now) return;
    if (name === "lang") {
      this.#running?.abort();
      this.#build();
      if (this.hasAttribute("open")) this.#show();
    } else if (now === null) this.#parts.panel.close();
    else this.#show();
  }

  /** Address of the help desk, without a slash at its end; "" where the attribute is no web address. */
  get #server() {
    const given = this.getAttribute("server") || HOME;
    const address = URL.canParse(given, HOME) ? new URL(given, HOME) : null;
    return /^https?:$/.test(address?.protocol) ? address.href.replace(/\/+$/, "") : "";
  }

  // What is shown

  #build() {
    const words = (this.#words = wordsFor(this.getAttribute("lang")));
    const lang = words.lang;
    this.#root.replaceChildren();
    this.#realm = ownRealm(this.#root);
    this.#restore();

    const launcher = button({ class: "launcher", part: "launcher", popover: "manual", "aria-haspopup": "dialog", lang }, emblem(), () =>
      this.setAttribute("open", ""),
    );
    launcher.append(element("span", {}, words.launch));
    const erase = button({ class: "tool", "aria-label": words.erase, title: words.erase }, icon("erase"), () => this.#erase());
    const close = button({ class: "tool", "aria-label": words.close, title: words.close }, icon("close"), () => this.removeAttribute("open"));
    const title = element("div", { class: "titles" }, element("h2", { id: "title" }, words.title), element("p", {}, words.subtitle));
    const log = element("div", { class: "log", part: "log", role: "log", "aria-live": "polite", "aria-label": words.log, tabindex: "0" });
    const field = element("textarea", {
      id: "question",
      part: "field",
      rows: "2",
      maxlength: QUESTION_MAX,
      placeholder: words.placeholder,
      "aria-describedby": "machine",
    });
    const send = element("button", { class: "send", part: "send-button" }, words.send);
    const stop = button({ class: "send quiet" }, words.stop, () => this.#running?.abort());
    stop.hidden = true;
    const form = element(
      "form",
      { part: "form" },
      element("label", { for: "question", class: "unseen" }, words.field),
      element("div", { class: "row" }, field, send, stop),
      element("p", { id: "machine", class: "machine" }, words.machine),
    );
    const header = element("header", { part: "header" }, emblem(), title, erase, close);
    const panel = element("dialog", { part: "panel", "aria-labelledby": "title", lang }, header, log, form);
    this.#parts = { launcher, panel, log, field, form, send, stop };
    this.#root.append(launcher, panel);
    launcher.showPopover?.();

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#ask(field.value);
    });
    field.addEventListener("keydown", (event) => {
      // isComposing: Enter that ends a Vietnamese input method's word is not "send"
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#ask(field.value);
    });
    // what is typed here is none of the host page's keyboard shortcuts
    for (const type of ["keydown", "keypress", "keyup"]) panel.addEventListener(type, (event) => event.stopPropagation());
    panel.addEventListener("close", () => {
      this.removeAttribute("open");
      launcher.focus();
    });
    this.#fill();
  }

  #show() {
    const { panel, field } = this.#parts;
    if (!panel.open) panel.showModal();
    field.focus();
  }

  /** The log as it stands in `#turns`. */
  #fill() {
    const { log } = this.#parts;
    log.replaceChildren();
    if (!this.#turns.length) log.append(this.#welcome());
    for (const turn of this.#turns) {
      const [, shown] = this.#addTurn(turn.question);
      shown.append(answerParts(turn, this.#acts(turn)));
    }
  }

  #welcome() {
    const list = element("ul", { class: "choices" });
    for (const example of EXAMPLES) {
      const ask = button({ class: "choice", part: "choice", lang: "vi" }, example, () => this.#ask(example));
      list.append(element("li", {}, ask));
    }
    const words = this.#words;
    return element("section", { class: "welcome" }, element("p", {}, words.welcome), element("h3", {}, words.examples), list);
  }

  #addTurn(question) {
    const { log } = this.#parts;
    const words = this.#words;
    const asked = element("article", { class: "asked", part: "question" }, element("h3", { class: "unseen" }, words.asked), element("p", {}, question));
    const shown = element("article", { class: "answer", part: "answer" }, element("h3", { class: "unseen" }, words.answered));
    log.querySelector(".welcome, .told")?.remove();
    log.append(asked, shown);
    return [asked, shown];
  }

  /** Scrolls to `part` whatever scrolls here, and leaves the host page where it is. */
  #scrollTo(part) {
    const { log, panel } = this.#parts;
    const scroller = getComputedStyle(log).overflowY === "auto" ? log : panel;
    scroller.scrollTop += part.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 8;
  }

  /** What an answer that is shown may do. */
  #acts(turn) {
    return {
      words: this.#words,
      link: (url) => (/^\/(?!\/)/.test(url) ? this.#server + url : ""),
      ask: (question) => this.#ask(question),
      rate: (right, why) => this.#rate(turn, right, why),
    };
  }

  // What is sent

  async #ask(typed) {
    const question = typed.trim();
    if (!question || this.#running) return;
    const { field } = this.#parts;
    const words = this.#words;
    const [asked, shown] = this.#addTurn(question);
    const progress = element("p", { class: "progress" }, words.searching);
    const text = element("div", { class: "text", lang: "vi" });
    shown.append(progress, text);
    shown.setAttribute("aria-busy", "true"); // read out once, when complete
    field.value = "";
    this.#busy(new this.#realm.AbortController());
    this.#scrollTo(asked);
    try {
      const answer = await this.#answered(question, progress, text);
      const turn = { question, answer, judged: false };
      this.#turns.push(turn);
      this.#keep();
      progress.remove();
      text.replaceWith(answerParts(turn, this.#acts(turn)));
      this.#scrollTo(asked); // the answer made room to scroll
    } catch (error) {
      this.#fail(shown, question, error);
    } finally {
      shown.removeAttribute("aria-busy");
      this.#busy(null);
      if (this.hasAttribute("open")) field.focus({ preventScroll: true });
    }
  }

  #busy(controller) {
    this.#running = controller;
    this.#parts.send.hidden = Boolean(controller);
    this.#parts.stop.hidden = !controller;
  }

  /** The whole answer; shows each paragraph as it arrives. Throws what went wrong. */
  async #answered(question, progress, text) {
    const history = this.#turns.slice(-HISTORY_MAX).map((turn) => turn.question);
    const as_of = this.getAttribute("as-of") || null;
    const response = await this.#post("/v1/ask", { question, history, as_of }, { Accept: "text/event-stream" }, this.#running.signal);
    if (!response.ok) throw await refusal(response, this.#words);
    for await (const { event, data } of serverEvents(response, this.#realm.JSON.parse)) {
      if (event === "sentence") progress.textContent = data.text;
      else if (event === "step") progress.textContent = this.#words.steps[data.step] ?? progress.textContent;
      else if (event === "text") text.append(paragraph(data.text, [], null));
      else if (event === "answer") return data;
    }
    throw new Refusal(this.#words.cut);
  }

  #post(path, body, headers = {}, signal = null) {
    return this.#realm.fetch(this.#server + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CCHC-Session": this.#session, ...headers },
      body: this.#realm.JSON.stringify(body),
      credentials: "omit",
      signal,
    });
  }

  #fail(shown, question, error) {
    const words = this.#words;
    let said = words.unreachable;
    if (error instanceof Refusal) said = error.message;
    else if (error.name === "AbortError") said = words.stopped;
    else if (!navigator.onLine) said = words.offline;
    const again = button({ class: "choice" }, words.again, () => this.#ask(question));
    if (error.wait_s) {
      again.disabled = true;
      setTimeout(() => (again.disabled = false), error.wait_s * 1000);
    }
    shown.classList.add("failed");
    shown.replaceChildren(shown.firstChild, element("p", {}, said), again);
  }

  /** Sends feedback on an answer; whether it arrived. */
  async #rate(turn, right, why) {
    try {
      turn.judged = (await this.#post("/v1/feedback", { id: turn.answer.id, right, why })).ok;
    } catch {
      turn.judged = false;
    }
    this.#keep();
    return turn.judged;
  }

  /** Forgets the conversation here and on the server. */
  async #erase() {
    const { log, field } = this.#parts;
    this.#running?.abort();
    this.#turns.length = 0;
    this.#keep();
    this.#fill();
    field.focus();
    let said = this.#words.erased;
    try {
      if (!(await this.#post("/v1/forget", {})).ok) throw new Refusal("");
      this.#session = newSession(); // nothing ties what comes to what was
      this.#keep();
    } catch {
      said = this.#words.notErased;
    }
    log.append(element("p", { class: "told" }, said));
  }

  // What the browser keeps: for this tab, this page and this help desk

  get #key() {
    return `cchc-help-desk ${this.#server} ${location.pathname}`;
  }

  #restore() {
    const { JSON } = this.#realm;
    let kept = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(this.#key));
    } catch {
      // unreadable, or a browser that keeps nothing
    }
    const whole = kept?.session && kept.turns?.every?.((turn) => turn.question && turn.answer?.citations);
    this.#turns = whole ? kept.turns : JSON.parse("[]"); // a list of the realm's own
    this.#session = whole ? kept.session : newSession();
  }

  #keep() {
    if (this.#turns.length > TURNS_MAX) this.#turns.shift();
    try {
      if (this.#turns.length) {
        const kept = { session: this.#session, turns: this.#turns };
        sessionStorage.setItem(this.#key, this.#realm.JSON.stringify(kept));
      } else sessionStorage.removeItem(this.#key);
    } catch {
      // a browser that keeps nothing, or no room: the conversation lasts as long as the page
    }
  }
}

/** The server said no, in words for the reader; `wait_s`: ask again after so many seconds. */
class Refusal extends Error {
  constructor(message, wait_s = 0) {
    super(message);
    this.wait_s = wait_s;
  }
}

async function refusal(response, words) {
  const wait_s = Number(response.headers.get("Retry-After")) || 0;
  if (response.status === 429 && wait_s) return new Refusal(words.tooFast(wait_s), wait_s);
  const body = await response.json().catch(() => null);
  return new Refusal((words.lang === "vi" && body?.error?.message) || words.refused(response.status));
}

function newSession() {
  let name = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) name += byte.toString(16).padStart(2, "0");
  return name;
}

if (!customElements.get("cchc-help-desk")) customElements.define("cchc-help-desk", HelpDesk);
