// The conversation: sends a question, shows the answer as it comes, keeps the earlier questions in memory.

import { answerParts, element, paragraph } from "./answer.js";
import { serverEvents } from "./events.js";

const MAX_HISTORY = 50; // the server refuses more
const MAX_HISTORY_BYTES = 40000; // of the 64 KB that the server takes, the rest is for the question
const STEPS = {
  normalise: "Đang đọc câu hỏi…",
  guard: "Đang đọc câu hỏi…",
  follow_up: "Đang nối với câu hỏi trước…",
  understand: "Đang tìm hiểu câu hỏi…",
  search: "Đang tìm trong kho văn bản…",
  judge: "Đang xét các căn cứ tìm được…",
  compose: "Đang soạn câu trả lời…",
  draft: "Đang diễn đạt câu trả lời…",
  verify: "Đang đối chiếu từng trích dẫn…",
};

const chat = document.getElementById("chat");
const log = document.getElementById("log");
const form = document.getElementById("ask");
const field = document.getElementById("question");
const asOf = document.getElementById("as-of");
const send = document.getElementById("send");
const stop = document.getElementById("stop");
const history = [];
let turns = 0;
let running = null;

asOf.value = today();

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
document.getElementById("welcome").addEventListener("click", (event) => {
  const example = event.target.closest(".example");
  if (example) ask(example.dataset.question);
});

function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
}

/** Grows the field with its text, up to the height the style sheet allows. */
function fit() {
  field.rows = Math.min(6, field.value.split("\n").length + Math.floor(field.value.length / 90));
}

async function ask(words) {
  const question = words.trim();
  if (!question || running) return;
  const id = `turn-${++turns}`;
  const asked = element("article", "turn-asked", element("h2", "unseen", "Câu hỏi"), element("p", "", question));
  const progress = element("p", "progress", "Đang tìm trong kho văn bản…");
  const text = element("div", "answer-text");
  const turn = element("article", "turn-answer", element("h2", "unseen", "Trả lời"), progress, text);
  turn.setAttribute("aria-busy", "true"); // read out once, when complete
  log.append(asked, turn);
  document.getElementById("welcome").hidden = true;
  field.value = "";
  fit();
  busy(true);
  asked.scrollIntoView({ block: "start" });

  try {
    const answer = await answered(question, progress, (block) => text.append(paragraph(block, id, [])));
    turn.dataset.status = answer.status;
    turn.replaceChildren(turn.firstChild, ...answerParts(answer, id, chat.dataset.contact, ask));
    history.push(question);
    asked.scrollIntoView({ block: "start" }); // the answer made room to scroll
  } catch (error) {
    turn.classList.add("failed");
    turn.replaceChildren(turn.firstChild, element("p", "", problem(error)), again(question));
  } finally {
    turn.removeAttribute("aria-busy");
    busy(false);
    field.focus({ preventScroll: true });
  }
}

function busy(on) {
  running = on ? new AbortController() : null;
  send.hidden = on;
  stop.hidden = !on;
}

/** The latest earlier questions, as many as the server takes. */
function recentQuestions() {
  const recent = history.slice(-MAX_HISTORY);
  const bytes = () => new TextEncoder().encode(JSON.stringify(recent)).length;
  while (bytes() > MAX_HISTORY_BYTES) recent.shift();
  return recent;
}

/** The whole answer; calls `onText` with each paragraph as it arrives. Throws what went wrong. */
async function answered(question, progress, onText) {
  const response = await fetch("/v1/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify({ question, history: recentQuestions(), as_of: asOf.value || null }),
    signal: running.signal,
  });
  if (!response.ok) {
    const body = await response.json().catch(() => ({}));
    throw new ServerRefusal(body.error?.message ?? `Máy chủ không xử lý được yêu cầu (mã ${response.status}).`);
  }
  for await (const { event, data } of serverEvents(response)) {
    if (event === "sentence") progress.textContent = data.text;
    else if (event === "step") progress.textContent = STEPS[data.step] ?? progress.textContent;
    else if (event === "text") onText(data.text);
    else if (event === "answer") return data;
  }
  throw new ServerRefusal("Máy chủ ngắt kết nối trước khi trả lời xong.");
}

/** The server said no, in words for the reader. */
class ServerRefusal extends Error {}

function problem(error) {
  if (error instanceof ServerRefusal) return error.message;
  if (error.name === "AbortError") return "Đã dừng theo yêu cầu của bạn.";
  if (!navigator.onLine) return "Máy của bạn đang mất kết nối mạng. Hãy kiểm tra rồi hỏi lại.";
  return "Không kết nối được tới máy chủ. Hãy thử lại sau ít phút.";
}

function again(question) {
  const button = element("button", "suggestion", "Hỏi lại câu này");
  button.type = "button";
  button.addEventListener("click", () => ask(question));
  return button;
}
