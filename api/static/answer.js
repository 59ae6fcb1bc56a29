// Turns the JSON of an answer into elements. Used by chat.js.

import { legalCitation } from "./citation.js";
import { copied } from "./copying.js";
import { button, element, outLink, vietnameseDate } from "./elements.js";
import { feedback } from "./feedback.js";
import { besides } from "./panel.js";

const VERDICTS = {
  partial: "Trả lời được một phần",
  clarify: "Cần hỏi rõ thêm",
  no_evidence: "Chưa tìm thấy căn cứ",
  out_of_scope: "Ngoài phạm vi",
  not_in_force: "Lưu ý hiệu lực",
  blocked: "Không xử lý",
  handed_off: "Đã chuyển cho cán bộ",
  error: "Lỗi hệ thống",
};
const VERDICT_COLOURS = { not_in_force: "expired", error: "expired", blocked: "expired" };
const REFUSALS = new Set(["no_evidence", "out_of_scope", "partial", "blocked", "handed_off", "error"]);
const AUTHORITIES = {
  consolidated: "Văn bản hợp nhất",
  expert_answer: "Trả lời của chuyên gia",
  summary: "Bản tóm lược",
  press: "Tin báo chí",
};
const COMPOSERS = {
  extractive: "trích nguyên văn từ văn bản",
  llm: "mô hình ngôn ngữ diễn đạt, đã đối chiếu với trích dẫn",
  llm_failed: "trích nguyên văn (mô hình ngôn ngữ không dùng được)",
};

/** One paragraph of the answer; a first line that ends in ":" leads it. `numbers`: citations it rests on, from 1. */
export function paragraph(text, citations = [], numbers = []) {
  const made = element("p", "");
  const [first, ...rest] = text.split("\n");
  const leads = rest.length > 0 && first.endsWith(":");
  const notes = numbers.map((number) => footnote(citations[number - 1], number));
  if (leads) made.append(element("strong", "leading", first), ...notes, `\n${rest.join("\n")}`);
  else made.append(text, ...notes);
  return made;
}

/** Everything of an answer. `turn` = {question, answer, judged}; `contact`: whom to ask; `ask` and `keep` act on the conversation. */
export function answerParts(turn, { contact, ask, keep }) {
  const { answer } = turn;
  const parts = [];
  if (VERDICTS[answer.status]) parts.push(verdict(answer.status));
  parts.push(answerText(answer, REFUSALS.has(answer.status) && contact));
  if (answer.citations.length) {
    const list = element("ol", "citations", ...answer.citations.map((cited) => citation(cited, answer)));
    parts.push(element("h3", "sub", "Căn cứ trích dẫn"), list);
  }
  if (answer.nearest.length) {
    const items = answer.nearest.map((d) => {
      const name = d.number || d.title;
      return element("li", "", besides(outLink(d.url, "", name), name), d.number ? ` – ${d.title}` : "");
    });
    parts.push(element("h3", "sub", "Văn bản gần nhất đang lưu"), element("ul", "nearest", ...items));
  }
  if (contact && REFUSALS.has(answer.status) && !answer.text.includes(contact)) {
    parts.push(element("p", "contact", element("strong", "", "Liên hệ: "), contact));
  }
  if (answer.suggestions.length) {
    const items = answer.suggestions.map((words) => element("li", "", button("suggestion", words, () => ask(words))));
    const title = answer.status === "clarify" ? "Chọn ý anh/chị muốn hỏi" : "Hỏi tiếp";
    parts.push(element("h3", "sub", title), element("ul", "suggestions", ...items));
  }
  parts.push(foot(answer), actions(turn, keep));
  return parts;
}

function answerText(answer, contact) {
  const blocks = answer.text.split("\n\n").filter((block) => !listsNearest(block, answer.nearest));
  const numbers = footnotesOf(blocks, answer.citations);
  const paragraphs = blocks.map((block, i) => paragraph(block, answer.citations, numbers[i]));
  if (contact) blocks.forEach((block, i) => paragraphs[i].classList.toggle("contact", block.includes(contact)));
  return element("div", "answer-text", ...paragraphs);
}

/** For each paragraph the citations it rests on: those it quotes; one that none quotes goes where its document is named. */
function footnotesOf(blocks, citations) {
  const numbers = blocks.map(() => []);
  citations.forEach((cited, index) => {
    const quoting = blocks.findIndex((block) => block.includes(cited.quote.trim()));
    const naming = blocks.findIndex((block) => cited.document.number && block.includes(cited.document.number));
    const at = quoting >= 0 ? quoting : Math.max(naming, 0);
    numbers[at]?.push(index + 1);
  });
  return numbers;
}

/** Whether a paragraph only lists the nearest documents, which are shown as links below. */
function listsNearest(block, nearest) {
  const items = block.split("\n").filter((line) => line.startsWith("- "));
  return items.length > 0 && items.length === nearest.length && items.every((line, i) => line.includes(nearest[i].number || nearest[i].title));
}

function footnote(cited, number) {
  const link = outLink(cited.url, "footnote", `[${number}]`);
  link.title = titleOf(cited);
  link.setAttribute("aria-label", `Căn cứ ${number}: ${titleOf(cited)}`);
  return besides(link, titleOf(cited), validityBadge(cited));
}

function validityBadge({ document: doc }) {
  const badge = element("span", "badge", doc.validity.label);
  badge.dataset.status = doc.validity.status;
  return badge;
}

function titleOf({ document: doc, provision }) {
  const name = [doc.kind, doc.number].filter(Boolean).join(" ") || doc.title;
  return [provision, name].filter(Boolean).join(" · ");
}

function verdict(status) {
  const badge = element("span", "badge", VERDICTS[status]);
  badge.dataset.status = VERDICT_COLOURS[status] ?? "partly_expired";
  return element("p", "verdict", badge);
}

function citation(cited, answer) {
  const { document: doc, quote, page } = cited;
  const { validity } = doc;
  const badge = validityBadge(cited);
  const link = besides(outLink(cited.url, "", titleOf(cited)), titleOf(cited), badge);
  const origin = [doc.issuer, vietnameseDate(doc.issued_on)].filter(Boolean).join(", ");
  const title = [doc.number ? doc.title : "", origin].filter(Boolean).join(" – ");

  const since = validity.since ? ` từ ${vietnameseDate(validity.since)}` : "";
  const by = validity.by ? ` theo ${validity.by}` : "";
  const day = `tính đến ngày ${vietnameseDate(validity.on)}${since || by ? ";" : ""}${since}${by}`;
  const authority = AUTHORITIES[doc.authority] ? element("span", "badge authority", AUTHORITIES[doc.authority]) : null;

  const summary = page ? `Trích nguyên văn (trang ${page})` : "Trích nguyên văn";
  const details = element("details", "", element("summary", "", summary), element("blockquote", "", quote));
  details.open = !answer.text.includes(quote.trim()); // else it can be read above
  const badges = element("div", "badges", badge, authority, element("span", "faint", day));
  const check = validity.check ? element("p", "check", `Cần kiểm tra: ${validity.check}.`) : null;
  return element("li", "citation", element("p", "citation-head", link), element("p", "citation-title", title), badges, check, details);
}

function foot(answer) {
  const seconds = answer.timings.total ? ` · ${(Math.max(answer.timings.total, 10) / 1000).toFixed(2).replace(".", ",")} giây` : "";
  const how = answer.citations.length ? ` · ${COMPOSERS[answer.composer] ?? ""}` : "";
  const made = element("div", "answer-foot", element("p", "", `Tính đến ngày ${vietnameseDate(answer.as_of)}${how}${seconds}`));
  if (answer.notice && !answer.text.includes(answer.notice)) made.prepend(element("p", "", answer.notice));
  return made;
}

/** Copying, and what the reader thinks of the answer; the latter only where the server keeps the answer. */
function actions(turn, keep) {
  const copy = button("small", "Sao chép câu trả lời", async () => {
    copy.textContent = (await copied(asText(turn))) ? "Đã sao chép" : "Không sao chép được";
    setTimeout(() => (copy.textContent = "Sao chép câu trả lời"), 2500);
  });
  copy.setAttribute("aria-live", "polite");
  return element("div", "actions", copy, turn.answer.id ? feedback(turn, keep) : null);
}

/** Question, answer and citations with their addresses, to be pasted into a document or a message. */
function asText({ question, answer }) {
  const citations = answer.citations.map(
    (cited, i) => `[${i + 1}] ${legalCitation(cited.provision, cited.document)} – ${cited.document.validity.label}. ${new URL(cited.url, location.href)}`,
  );
  return [
    `Hỏi: ${question}`,
    `Trả lời (tính đến ngày ${vietnameseDate(answer.as_of)}): ${answer.text}`,
    citations.length ? ["Căn cứ:", ...citations].join("\n") : "",
    answer.text.includes(answer.notice) ? "" : answer.notice,
  ].filter(Boolean).join("\n\n");
}
