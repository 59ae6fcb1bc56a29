// How an official cites a place: "điểm a khoản 2 Điều 14 Nghị định số 61/2018/NĐ-CP ngày 23/4/2018 của Chính phủ …".
// Used by the conversation and by the document page, so that both copy the same words.

const LAWS = new Set(["Luật", "Bộ luật", "Pháp lệnh", "Hiến pháp"]);
const AT_SECOND_HAND = {
  expert_answer: "theo trả lời của chuyên gia",
  summary: "theo bản tóm lược",
  press: "theo tin báo chí",
};

/** A label, most general first ("Điều 14 khoản 2 điểm a"), in the order of Vietnamese legal style. */
export function spokenPlace(label) {
  if (!label) return "";
  const steps = label.split(", ").flatMap((group) => group.split(/ (?=khoản |điểm |gạch đầu dòng |dấu cộng )|(?<!đầu) (?=dòng )/));
  return steps.reverse().join(" ");
}

/** "2018-04-03" → "03/4/2018": the day with two digits, of the months only January and February. */
export function legalDate(iso) {
  if (!iso) return "";
  const [year, month, day] = iso.split("-");
  return [day, Number(month) > 2 ? String(Number(month)) : month, year].join("/");
}

/** The document as it is cited: kind, number, date, issuer, title. `doc` as in an answer's citation. */
export function citedDocument(doc) {
  const number = doc.number ? `số ${doc.number}` : "";
  const when = doc.issued_on ? `ngày ${legalDate(doc.issued_on)}` : "";
  const whose = doc.issuer ? `của ${doc.issuer}` : "";
  if (!number) return words(doc.title || doc.kind || "văn bản không số", when, whose);
  if (LAWS.has(doc.kind) && doc.title.startsWith(doc.kind)) return words(doc.title, number, when);
  return words(doc.kind || "văn bản", number, when, whose, uncapitalised(doc.title));
}

/** Place and document, with a word on texts that are not the regulation itself. */
export function legalCitation(label, doc) {
  const aside = AT_SECOND_HAND[doc.authority];
  return words(spokenPlace(label), citedDocument(doc), aside ? `(${aside})` : "");
}

function words(...parts) {
  return parts.filter(Boolean).join(" ");
}

/** "Về thực hiện…" → "về thực hiện…"; "UBND…" stays. */
function uncapitalised(title) {
  return /^\p{Lu}\p{Ll}/u.test(title) ? title[0].toLowerCase() + title.slice(1) : title;
}
