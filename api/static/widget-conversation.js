// The conversation as the browser keeps it: for this tab, this page and this help desk. Used by widget.js.

const HISTORY_MAX = 6; // earlier questions that go along; six of the longest fit into the 64 KB the server takes
const TURNS_MAX = 20; // some 10 KB each, of the 5 MB a browser gives the host page's own storage too

/** {session, turns: [{question, answer, judged}]}; `session` names this conversation to the server, nobody in person. */
export class Conversation {
  #key;
  #json;

  /** What was kept under `key`, or a new one; `json` is a realm's own, so that the lists are too. */
  constructor(key, json) {
    this.#key = key;
    this.#json = json;
    let kept = null;
    try {
      kept = json.parse(sessionStorage.getItem(key));
    } catch {
      // unreadable, or a browser that keeps nothing
    }
    const whole = kept?.session && kept.turns?.every?.((turn) => turn.question && turn.answer?.citations);
    this.turns = whole ? kept.turns : json.parse("[]");
    this.session = whole ? kept.session : newSession();
  }

  add(turn) {
    this.turns.push(turn);
    if (this.turns.length > TURNS_MAX) this.turns.shift();
    this.keep();
  }

  /** Earlier questions that go with the next one, oldest first. */
  history() {
    return this.turns.slice(-HISTORY_MAX).map((turn) => turn.question);
  }

  /** Forgets every turn here; the session stays until the server has forgotten too. */
  clear() {
    this.turns.length = 0;
    this.keep();
  }

  /** A new name: nothing ties what comes to what was. */
  renew() {
    this.session = newSession();
    this.keep();
  }

  keep() {
    try {
      if (!this.turns.length) sessionStorage.removeItem(this.#key);
      else sessionStorage.setItem(this.#key, this.#json.stringify({ session: this.session, turns: this.turns }));
    } catch {
      // a browser that keeps nothing, or no room: the conversation lasts as long as the page
    }
  }
}

function newSession() {
  let name = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) name += byte.toString(16).padStart(2, "0");
  return name;
}
