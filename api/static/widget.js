// <cchc-help-desk>: the help desk inside another site's page, by one script tag. How to embed it: docs/widget.md.
//
// Everything lives in a shadow root and, once shown, in the browser's top layer: the host page's styles and z-indexes
// do not reach it, and it needs no inline style or script of a Content-Security-Policy.

import { serverEvents } from "./events.js";
import { answerParts, button, element, paragraph } from "./widget-answer.js";
import { Conversation } from "./widget-conversation.js";
import { panelParts } from "./widget-panel.js";
import { ownRealm } from "./widget-realm.js";
import { style } from "./widget-style.js";
import { EXAMPLES, wordsFor } from "./widget-words.js";

const HOME = new URL("..", import.meta.url).href; // the help desk that served this file

class HelpDesk extends HTMLElement {
  static observedAttributes = ["lang", "open"];

  #root = this.attachShadow({ mode: "open" });
  #realm = null; // of the browser, not of the host page
  #conversation = null;
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

  /** Address of the help desk, without a slash at its end: that of the attribute, where it is a web address. */
  get #server() {
    const given = this.getAttribute("server") ?? "";
    return (/^https?:\/\/\w/.test(given) ? given : HOME).replace(/\/+$/, "");
  }

  // What is shown

  #build() {
    const words = (this.#words = wordsFor(this.getAttribute("lang")));
    this.#root.replaceChildren();
    this.#realm = ownRealm(this.#root);
    this.#conversation = new Conversation(`cchc-help-desk ${this.#server} ${location.pathname}`, this.#realm.JSON);
    this.#parts = panelParts(words, {
      open: () => this.setAttribute("open", ""),
      close: () => this.removeAttribute("open"),
      erase: () => this.#erase(),
      ask: (question) => this.#ask(question),
      stop: () => this.#running?.abort(),
    });
    const { launcher, panel } = this.#parts;
    this.#root.append(launcher, panel);
    launcher.showPopover?.();
    this.#fill();
  }

  #show() {
    const { panel, field } = this.#parts;
    if (!panel.open) panel.showModal();
    field.focus();
  }

  /** The log as it stands in the conversation. */
  #fill() {
    const { log } = this.#parts;
    log.replaceChildren();
    if (!this.#conversation.turns.length) log.append(this.#welcome());
    for (const turn of this.#conversation.turns) {
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
    const greeting = element("p", {}, words.welcome);
    return element("section", { class: "welcome" }, greeting, element("h3", {}, words.examples), list);
  }

  #addTurn(question) {
    const { log } = this.#parts;
    const words = this.#words;
    const heading = (text) => element("h3", { class: "unseen" }, text);
    const asked = element("article", { class: "asked", part: "question" }, heading(words.asked), element("p", {}, question));
    const shown = element("article", { class: "answer", part: "answer" }, heading(words.answered));
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
      this.#conversation.add(turn);
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
    const history = this.#conversation.history();
    const as_of = this.getAttribute("as-of") || null;
    const accept = { Accept: "text/event-stream" };
    const response = await this.#post("/v1/ask", { question, history, as_of }, accept, this.#running.signal);
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
      headers: { "Content-Type": "application/json", "X-CCHC-Session": this.#conversation.session, ...headers },
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
    this.#conversation.keep();
    return turn.judged;
  }

  /** Forgets the conversation here and on the server. */
  async #erase() {
    const { log, field } = this.#parts;
    this.#running?.abort();
    this.#conversation.clear();
    this.#fill();
    field.focus();
    let said = this.#words.erased;
    try {
      if (!(await this.#post("/v1/forget", {})).ok) throw new Refusal("");
      this.#conversation.renew();
    } catch {
      said = this.#words.notErased;
    }
    log.append(element("p", { class: "told" }, said));
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

if (!customElements.get("cchc-help-desk")) customElements.define("cchc-help-desk", HelpDesk);
