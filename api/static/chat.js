// The conversation: sends a question, shows the answer as it comes, brings back what the browser kept.

import { answerParts, paragraph } from "./answer.js";
import { Conversation } from "./conversation.js";
import { button, element, vietnameseDate } from "./elements.js";
import { serverEvents } from "./events.js";
import { closePanel } from "./panel.js";

const STEPS = {
  normalise: "Đang đọc câu hỏi…",
  guard: "Đang đọc câu hỏi…",
  respell: "Đang đọc câu hỏi…",
  follow_up: "Đang nối với câu hỏi trước…",
  understand: "Đang tìm hiểu câu hỏi…",
  search: "Đang tìm trong kho văn bản…",
  judge: "Đang xét các căn cứ tìm được…",
  compose: "Đang soạn câu trả lời…",
  draft: "Đang diễn đạt câu trả lời…",
  verify: "Đang đối chiếu từng trích dẫn…",
};

const chat = document.getElementById("chat");
const welcome = document.getElementById("welcome");
const log = document.getElementById("log");
const form = document.getElementById("ask");
const field = document.getElementById("question");
const asOf = document.getElementById("as-of");
const asOfWords = document.getElementById("as-of-words");
const asOfToday = document.getElementById("as-of-today");
const send = document.getElementById("send");
const stop = document.getElementById("stop");
const said = document.getElementById("said");
const sure = document.getElementById("sure");
const conversation = new Conversation();
const acts = { contact: chat.dataset.contact, ask, keep: () => conversation.keep() };
let running = null;

asOf.value = today();
showDay();
restore();

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(field.value);
});
field.addEventListener("keydown", (event) => {
  // isComposing: Enter that ends a Vietnamese input method's word is not "send"
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
field.addEventListener("input", fit);
stop.addEventListener("click", () => running?.abort());
welcome.addEventListener("click", (event) => {
  const example = event.target.closest(".example");
  if (example) ask(example.dataset.question);
});
asOf.addEventListener("change", showDay);
asOfToday.addEventListener("click", () => {
  asOf.value = today();
  showDay();
  asOf.focus();
});
document.getElementById("erase").addEventListener("click", () => sure.showModal());
document.getElementById("sure-no").addEventListener("click", () => sure.close());
document.getElementById("sure-yes").addEventListener("click", () => {
  sure.close();
  erase();
});

/** The day it is in Việt Nam, as the server counts; "2026-01-31". */
function today() {
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh", year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date());
}

/**
 * A day other than today stands out, so that nobody takes an old answer for a new one; in words, because browsers of
 * other languages write 3 January as 01/03.
 */
function showDay() {
  const other = Boolean(asOf.value) && asOf.value !== today();
  asOfWords.textContent = other ? vietnameseDate(asOf.value) : "(hôm nay)";
  asOfToday.hidden = !other;
  form.classList.toggle("other-day", other);
}

/** Grows the field with its text, up to the height the style sheet allows. */
function fit() {
  field.rows = Math.min(6, field.value.split("\n").length + Math.floor(field.value.length / 90));
}

/** Shows what the browser kept from before the page was loaded. */
function restore() {
  log.setAttribute("aria-live", "off"); // nothing new happened
  try {
    for (const turn of conversation.turns) {
      const shown = element("article", "turn-answer", element("h2", "unseen", "Trả lời"), ...answerParts(turn, acts));
      shown.dataset.status = turn.answer.status;
      log.append(asking(turn.question), shown);
    }
  } catch {
    conversation.clear(); // kept by a version of this page whose answers looked otherwise
    log.replaceChildren();
  }
  welcome.hidden = conversation.turns.length > 0;
  [...log.querySelectorAll(".turn-asked")].at(-1)?.scrollIntoView({ block: "start" });
  setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
}

function asking(question) {
  return element("article", "turn-asked", element("h2", "unseen", "Câu hỏi"), element("p", "", question));
}

async function ask(words) {
  const question = words.trim();
  if (!question || running) return;
  const asked = asking(question);
  const progress = element("p", "progress", "Đang tìm trong kho văn bản…");
  const text = element("div", "answer-text");
  const shown = element("article", "turn-answer", element("h2", "unseen", "Trả lời"), progress, text);
  shown.setAttribute("aria-busy", "true"); // read out once, when complete
  log.append(asked, shown);
  welcome.hidden = true;
  said.textContent = "";
  field.value = "";
  fit();
  busy(true);
  asked.scrollIntoView({ block: "start" });

  try {
    const answer = await answered(question, progress, text);
    const turn = conversation.add(question, answer);
    shown.dataset.status = answer.status;
    shown.replaceChildren(shown.firstChild, ...answerParts(turn, acts));
    asked.scrollIntoView({ block: "start" }); // the answer made room to scroll
  } catch (error) {
    shown.classList.add("failed");
    const again = button("suggestion", "Hỏi lại câu này", () => ask(question));
    shown.replaceChildren(shown.firstChild, element("p", "", problem(error)), again);
  } finally {
    shown.removeAttribute("aria-busy");
    busy(false);
    field.focus({ preventScroll: true });
  }
}

function busy(on) {
  running = on ? new AbortController() : null;
  send.hidden = on;
  stop.hidden = !on;
}

/**
 * The whole answer. Meanwhile `progress` says what the desk does and `text` fills: with checked sentences as a model
 * words them, a preview, and then with the paragraphs that hold. Throws what went wrong.
 */
async function answered(question, progress, text) {
  const response = await fetch("/v1/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream", "X-CCHC-Session": conversation.session },
    body: JSON.stringify({ question, history: conversation.history(), as_of: asOf.value === today() ? null : asOf.value || null }),
    signal: running.signal,
  });
  if (!response.ok) {
    const body = await response.json().catch(() => ({}));
    throw new ServerRefusal(body.error?.message ?? `Máy chủ không xử lý được yêu cầu (mã ${response.status}).`);
  }
  const preview = element("p", "preview");
  text.append(preview);
  for await (const { event, data } of serverEvents(response)) {
    if (event === "step") progress.textContent = STEPS[data.step] ?? progress.textContent;
    else if (event === "sentence") preview.append(preview.textContent ? " " : "", data.text);
    else if (event === "text") {
      preview.remove();
      text.append(paragraph(data.text));
    } else if (event === "answer") return data;
  }
  throw new ServerRefusal("Máy chủ ngắt kết nối trước khi trả lời xong.");
}

/** Forgets the conversation here and on the server. */
async function erase() {
  running?.abort();
  closePanel();
  conversation.clear();
  log.replaceChildren();
  welcome.hidden = false;
  field.focus();
  try {
    const response = await fetch("/v1/forget", { method: "POST", headers: { "X-CCHC-Session": conversation.session } });
    if (!response.ok) throw new Error(String(response.status));
    conversation.renew();
    said.textContent = "Đã xóa cuộc trò chuyện trên trình duyệt này và trên máy chủ.";
  } catch {
    said.textContent = "Đã xóa trên trình duyệt này. Máy chủ chưa xác nhận xóa; hãy bấm “Xóa” lần nữa sau ít phút.";
  }
}

/** The server said no, in words for the reader. */
class ServerRefusal extends Error {}

function problem(error) {
  if (error instanceof ServerRefusal) return error.message;
  if (error.name === "AbortError") return "Đã dừng theo yêu cầu của bạn.";
  if (!navigator.onLine) return "Máy của bạn đang mất kết nối mạng. Hãy kiểm tra rồi hỏi lại.";
  return "Không kết nối được tới máy chủ. Hãy thử lại sau ít phút.";
}
