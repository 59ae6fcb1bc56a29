// Turns the JSON of an answer into elements. Data enters as text nodes only, never as markup. Used by widget.js.
//
// On a host page nothing but the language itself is sure: lists made here are only walked with for…of, because their
// methods may be the host's; lists out of an answer come from a realm of their own and may be used freely.

const WHY_MAX = 1000; // characters of feedback

/** An element with attributes and children; strings become text nodes, empty ones nothing. */
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  for (const child of children) if (child) made.append(child);
  return made;
}

export function button(attributes, words, onClick) {
  const made = element("button", { type: "button", ...attributes }, words);
  made.addEventListener("click", onClick);
  return made;
}

/**
 * Everything of a turn's answer. `desk` gives the words, `link(url)` the address of a page of the help desk or "",
 * `ask(question)` asks on, `rate(right, why)` sends feedback and tells whether it arrived.
 */
export function answerParts({ question, answer, judged }, desk) {
  const { words } = desk;
  const made = document.createDocumentFragment();
  const add = (...parts) => made.append(...parts);
  if (words.verdicts[answer.status]) add(verdict(answer.status, words));
  const choices = element("ul", { class: "choices" });
  const text = element("div", { class: "text", part: "answer-text", lang: "vi" });
  for (const block of answer.text.split("\n\n")) {
    if (listsNearest(block, answer.nearest)) continue;
    if (answer.status === "clarify" && block.startsWith("- ")) {
      const choice = block.slice(2);
      choices.append(element("li", {}, asking(choice, () => desk.ask(`${question} (${choice})`))));
    } else text.append(paragraph(block, answer.citations, desk));
  }
  add(text);
  if (choices.firstChild) add(choices);
  if (answer.citations.length) {
    const list = element("ol", { class: "sources", part: "sources" });
    for (const cited of answer.citations) list.append(source(cited, desk));
    add(element("h4", {}, words.sources), list);
  }
  if (answer.nearest.length) {
    const list = element("ul", { class: "nearest", lang: "vi" });
    for (const { url, number, title } of answer.nearest) {
      list.append(element("li", {}, outLink(url, number || title, desk), number && title ? ` – ${title}` : ""));
    }
    add(element("h4", {}, words.nearest), list);
  }
  if (answer.suggestions.length) {
    const list = element("ul", { class: "choices" });
    for (const one of answer.suggestions) list.append(element("li", {}, asking(one, () => desk.ask(one))));
    add(element("h4", {}, words.next), list);
  }
  if (answer.id) add(feedback(desk, judged));
  const day = element("p", {}, words.asOf(words.day(answer.as_of)));
  const notice = answer.text.includes(answer.notice) ? "" : element("p", { lang: "vi" }, answer.notice);
  add(element("div", { class: "foot" }, notice, day));
  return made;
}

/** One paragraph, with a footnote for each citation it names as [1] or quotes. */
export function paragraph(text, citations, desk) {
  const made = element("p", {});
  const [first] = text.split("\n");
  const leads = first !== text && first.endsWith(":");
  if (leads) made.append(element("strong", {}, first));
  const rest = leads ? text.slice(first.length) : text;
  let named = false;
  let from = 0;
  const body = document.createDocumentFragment();
  for (const mark of rest.matchAll(/\[(\d{1,2})\]/g)) {
    const cited = citations[mark[1] - 1];
    if (!cited) continue;
    body.append(rest.slice(from, mark.index), footnote(mark[1], cited, desk));
    from = mark.index + mark[0].length;
    named = true;
  }
  body.append(rest.slice(from));
  const notes = document.createDocumentFragment();
  let number = 0;
  for (const cited of named ? [] : citations) {
    number += 1;
    if (text.includes(cited.quote.trim())) notes.append(footnote(number, cited, desk));
  }
  if (leads) made.append(notes, body);
  else made.append(body, notes);
  return made;
}

function asking(words, onClick) {
  return button({ class: "choice", part: "choice", lang: "vi" }, words, onClick);
}

/** Whether a paragraph only lists the nearest documents, which are shown as links below. */
function listsNearest(block, nearest) {
  let at = 0;
  for (const line of block.split("\n")) {
    if (!line.startsWith("- ")) continue;
    const one = nearest[at++];
    if (!one || !line.includes(one.number || one.title)) return false;
  }
  return at > 0 && at === nearest.length;
}

function verdict(status, words) {
  const tone = { not_in_force: "bad", error: "bad", blocked: "bad" }[status] ?? "warn";
  return element("p", { class: "verdict" }, element("span", { class: "badge", "data-tone": tone }, words.verdicts[status]));
}

function named(cited) {
  const { kind, number, title } = cited.document;
  const name = number ? `${kind} ${number}`.trim() : title;
  return cited.provision ? `${name} · ${cited.provision}` : name;
}

function footnote(number, cited, desk) {
  const link = outLink(cited.url, `[${number}]`, desk);
  link.className = "footnote";
  link.setAttribute("part", "footnote");
  link.setAttribute("aria-label", `${desk.words.source(number)}: ${named(cited)} (${desk.words.newTab})`);
  return link;
}

function source(cited, desk) {
  const { words } = desk;
  const { title, validity, authority } = cited.document;
  const tone = { in_force: "good", expired: "bad", unknown: "none" }[validity.status] ?? "warn";
  const badges = element(
    "p",
    { class: "badges" },
    element("span", { class: "badge", "data-tone": tone }, words.validity[validity.status] ?? validity.label),
  );
  if (words.authorities[authority]) {
    badges.append(element("span", { class: "badge", "data-tone": "warn" }, words.authorities[authority]));
  }
  return element(
    "li",
    {},
    element("p", { class: "source", lang: "vi" }, outLink(cited.url, named(cited), desk)),
    cited.document.number && title ? element("p", { class: "title", lang: "vi" }, title) : "",
    badges,
    element(
      "details",
      {},
      element("summary", {}, words.quote),
      element("blockquote", { lang: "vi" }, cited.quote),
    ),
  );
}

/** A link to a page of the help desk, opened beside the host page and unknown to it. */
function outLink(url, label, desk) {
  const link = element("a", { target: "_blank", rel: "noopener" }, label);
  link.append(element("span", { class: "unseen" }, ` (${desk.words.newTab})`));
  const address = desk.link(url);
  if (address) link.href = address;
  return link;
}

/** Right or not right and why; thanks where that was said before. */
function feedback({ words, rate }, judged) {
  if (judged) return element("p", { class: "said" }, words.thanks);
  const why = element("textarea", { rows: "2", maxlength: WHY_MAX });
  const said = element("p", { class: "said", role: "status" });
  const asked = element("p", {}, words.helpful);
  const right = button({ class: "rate", part: "feedback-button" }, words.right, () => send(true));
  const wrong = button({ class: "rate", part: "feedback-button", "aria-expanded": "false" }, words.wrong, () => {
    form.hidden = false;
    wrong.setAttribute("aria-expanded", "true");
    why.focus();
  });
  const label = element("label", {}, words.why, why);
  const form = element("form", { class: "why" }, label, element("button", { class: "rate" }, words.sendWhy));
  form.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(false);
  });
  const choice = element("div", { class: "rates" }, asked, right, wrong);
  const made = element("div", { class: "feedback", part: "feedback", tabindex: "-1" }, choice, form, said);

  async function send(isRight) {
    const arrived = await rate(isRight, isRight ? "" : why.value.trim());
    said.textContent = arrived ? words.thanks : words.notKept;
    if (!arrived) return;
    made.focus(); // the buttons that had it are gone
    choice.hidden = form.hidden = true;
  }
  return made;
}
