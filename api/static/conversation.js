// The conversation as this browser keeps it: it survives a reload, ends by itself and is erased at a word.

const KEY = "cchc-conversation";
const KEPT_MS = 24 * 3600 * 1000; // after the last question; a shared computer should not keep it for weeks
const SESSION = /^[0-9a-f]{32}$/;
const TURNS_MAX = 30; // some 10 KB each, of the 5 MB that a browser gives
const HISTORY_MAX = 10; // earlier questions that go with the next one
const HISTORY_BYTES_MAX = 40000; // of the 64 KB that the server takes, the rest is for the question

/** {session, turns: [{question, answer, judged}]}; `session` names this conversation to the server, nobody in person. */
export class Conversation {
  constructor() {
    const kept = stored();
    this.session = kept?.session ?? newSession();
    this.turns = kept?.turns ?? [];
  }

  /** Adds a finished turn; gives it back, to be marked as judged later. */
  add(question, answer) {
    const turn = { question, answer, judged: "" };
    this.turns = [...this.turns, turn].slice(-TURNS_MAX);
    this.keep();
    return turn;
  }

  /** Writes to the browser; the oldest turns go where there is no room. */
  keep() {
    for (let turns = this.turns; ; turns = turns.slice(1)) {
      try {
        localStorage.setItem(KEY, JSON.stringify({ session: this.session, turns, until: Date.now() + KEPT_MS }));
        return;
      } catch {
        if (!turns.length) return; // a browser that keeps nothing: the page still works
      }
    }
  }

  /** Forgets every turn on this browser; the session stays until the server has forgotten too. */
  clear() {
    this.turns = [];
    this.keep();
  }

  /** A new name: nothing ties what comes to what was. */
  renew() {
    this.session = newSession();
    try {
      localStorage.removeItem(KEY);
    } catch {
      // nothing was kept
    }
  }

  /** The latest earlier questions, oldest first, as many as the server takes. */
  history() {
    const recent = this.turns.slice(-HISTORY_MAX).map((turn) => turn.question);
    const bytes = () => new TextEncoder().encode(JSON.stringify(recent)).length;
    while (bytes() > HISTORY_BYTES_MAX) recent.shift();
    return recent;
  }
}

/** What an earlier page kept, while it holds. */
function stored() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    const whole = Array.isArray(kept?.turns) && kept.turns.every((turn) => turn.question && Array.isArray(turn.answer?.citations));
    if (whole && kept.until > Date.now() && SESSION.test(kept.session)) return kept;
    localStorage.removeItem(KEY);
  } catch {
    // unreadable, or a browser that keeps nothing
  }
  return null;
}

function newSession() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
