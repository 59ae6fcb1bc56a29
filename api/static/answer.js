// Turns the JSON of an answer into elements. Data enters the page as text only, never as markup. Used by chat.js.

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
const REFUSALS = new Set(["no_evidence", "out_of_scope", "partial", "blocked", "handed_off", "error"]);
const AUTHORITIES = {
  consolidated: "văn bản hợp nhất",
  expert_answer: "trả lời của chuyên gia",
  summary: "bản tóm lược",
  press: "tin báo chí",
};
const COMPOSERS = {
  extractive: "trích nguyên văn từ văn bản",
  llm: "mô hình ngôn ngữ diễn đạt, đã đối chiếu với trích dẫn",
  llm_failed: "trích nguyên văn (mô hình ngôn ngữ không dùng được)",
};

/** An element with a class and children; strings become text nodes. */
export function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

/** "2026-03-01" → "01/03/2026". */
export function vietnameseDate(iso) {
  return iso ? iso.split("-").reverse().join("/") : "";
}

/** One paragraph of the answer, linked to the citations it quotes; a first line that ends in ":" leads it. */
export function paragraph(text, id, citations) {
  const made = element("p", "");
  const [first, ...rest] = text.split("\n");
  const numbers = citations.map((c, i) => (text.includes(c.quote.trim()) ? i + 1 : 0)).filter(Boolean);
  const leads = rest.length > 0 && first.endsWith(":");
  made.append(leads ? element("strong", "leading", first) : text);
  for (const number of numbers) {
    const link = element("a", "footnote", `[${number}]`);
    link.href = `#${id}-note-${number}`;
    link.setAttribute("aria-label", `Căn cứ ${number}`);
    made.append(link);
  }
  if (leads) made.append(`\n${rest.join("\n")}`);
  return made;
}

/** Everything of an answer. `id` is unique to the turn; `ask` is called with a suggestion that was chosen. */
export function answerParts(answer, id, contact, ask) {
  const parts = [];
  if (VERDICTS[answer.status]) parts.push(verdict(answer.status));
  const text = element("div", "answer-text");
  for (const block of answer.text.split("\n\n")) {
    if (!listsNearest(block, answer.nearest)) text.append(paragraph(block, id, answer.citations));
  }
  parts.push(text);
  if (answer.citations.length) {
    const list = element("ol", "citations", ...answer.citations.map((c, i) => citation(c, `${id}-note-${i + 1}`, i)));
    parts.push(element("h3", "sub", "Căn cứ trích dẫn"), list);
  }
  if (answer.nearest.length) {
    const items = answer.nearest.map((d) => element("li", "", outLink(d.url, d.number || d.title), d.number ? ` – ${d.title}` : ""));
    parts.push(element("h3", "sub", "Văn bản gần nhất đang lưu"), element("ul", "nearest", ...items));
  }
  if (contact && REFUSALS.has(answer.status) && !answer.text.includes(contact)) {
    parts.push(element("p", "contact", element("strong", "", "Liên hệ: "), contact));
  }
  if (answer.suggestions.length) {
    const items = answer.suggestions.map((suggestion) => {
      const button = element("button", "suggestion", suggestion);
      button.type = "button";
      button.addEventListener("click", () => ask(suggestion));
      return element("li", "", button);
    });
    parts.push(element("h3", "sub", "Hỏi tiếp"), element("ul", "suggestions", ...items));
  }
  parts.push(foot(answer));
  return parts;
}

/** Whether a paragraph only lists the nearest documents, which are shown as links below. */
function listsNearest(block, nearest) {
  const items = block.split("\n").filter((line) => line.startsWith("- "));
  return items.length > 0 && items.length === nearest.length && items.every((line, i) => line.includes(nearest[i].number || nearest[i].title));
}

function verdict(status) {
  const badge = element("span", "badge", VERDICTS[status]);
  badge.dataset.status = { not_in_force: "expired", error: "expired", blocked: "expired" }[status] ?? "partly_expired";
  return element("p", "verdict", badge);
}

function citation(cited, id, index) {
  const { document: doc, provision, quote, page } = cited;
  const name = [doc.kind, doc.number].filter(Boolean).join(" ") || doc.title;
  const head = element("p", "citation-head", outLink(cited.url, [name, provision].filter(Boolean).join(" · ")));
  const origin = [doc.issuer, vietnameseDate(doc.issued_on)].filter(Boolean).join(", ");
  const title = element("p", "citation-title", [doc.title === name ? "" : doc.title, origin].filter(Boolean).join(" – "));

  const validity = element("span", "badge", doc.validity.label);
  validity.dataset.status = doc.validity.status;
  const badges = element("div", "badges", validity);
  if (AUTHORITIES[doc.authority]) badges.append(element("span", "badge authority", AUTHORITIES[doc.authority]));
  const since = doc.validity.since ? ` từ ${vietnameseDate(doc.validity.since)}` : "";
  const by = doc.validity.by ? ` theo ${doc.validity.by}` : "";
  badges.append(element("span", "faint", `xét tại ngày ${vietnameseDate(doc.validity.on)}${since || by ? ";" : ""}${since}${by}`));

  const details = element("details", "", element("summary", "", page ? `Trích nguyên văn (trang ${page})` : "Trích nguyên văn"), element("blockquote", "", quote));
  details.open = index === 0;
  const item = element("li", "citation", head, title, badges, details);
  item.id = id;
  item.tabIndex = -1;
  return item;
}

/** A link into this server, opened beside the conversation, which lives only in this page. */
function outLink(url, words) {
  const link = element("a", "", words, element("span", "unseen", " (mở thẻ mới)"));
  if (url.startsWith("/") && !url.startsWith("//")) link.href = url;
  link.target = "_blank";
  link.rel = "noopener";
  return link;
}

function foot(answer) {
  const seconds = answer.timings.total ? ` · ${(Math.max(answer.timings.total, 10) / 1000).toFixed(2).replace(".", ",")} giây` : "";
  const how = answer.citations.length ? ` · ${COMPOSERS[answer.composer] ?? ""}` : "";
  const made = element("div", "answer-foot", element("p", "", `Xét hiệu lực tại ngày ${vietnameseDate(answer.as_of)}${how}${seconds}`));
  if (answer.notice && !answer.text.includes(answer.notice)) made.prepend(element("p", "", answer.notice));
  return made;
}
