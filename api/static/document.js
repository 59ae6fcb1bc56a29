// The document page: chooses a clause, copies its citation, prints, and suits itself to small screens and the panel.

import { legalCitation, spokenPlace } from "./citation.js";
import { copied } from "./copying.js";
import { findInside } from "./find.js";

const article = document.getElementById("document");
const fulltext = document.querySelector(".fulltext");
const copy = document.getElementById("copy");
const print = document.getElementById("print");
const said = document.getElementById("copied");
const cited = { ...article.dataset, issued_on: article.dataset.issuedOn };
let chosen = null;

print.hidden = copy.hidden = false;
print.addEventListener("click", () => window.print());
copy.addEventListener("click", async () => {
  const words = legalCitation(chosen?.dataset.label, cited);
  said.textContent = (await copied(`${words} (${address()})`)) ? `Đã sao chép: ${words}` : `Trình duyệt không cho phép sao chép. Trích dẫn: ${words}`;
});

// a click in a clause chooses it, unless the reader selects words or follows a link
fulltext.addEventListener("click", (event) => {
  if (event.target.closest("a") || !getSelection().isCollapsed) return;
  const clause = event.target.closest("[data-label]");
  if (clause) choose(clause, true);
});
window.addEventListener("hashchange", chooseTarget);
findInside(fulltext, (place) => {
  const clause = place.closest("[data-label]");
  if (clause) choose(clause, true);
});

chooseTarget();
if (!chosen) document.querySelector(".fulltext mark")?.scrollIntoView({ block: "center" });
if (window.matchMedia("(max-width: 62rem)").matches) {
  document.querySelector(".outline details")?.removeAttribute("open");
}
if (document.body.classList.contains("in-panel")) {
  for (const link of document.querySelectorAll("a:not([href^='#'])")) {
    link.target = "_blank"; // the conversation stays where it is
    link.rel = "noopener";
  }
}

function chooseTarget() {
  const target = document.getElementById(placeInAddress());
  if (target?.dataset.label !== undefined) choose(target, false);
}

/** The id that the address names; "" where it cannot be read. */
function placeInAddress() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

/** Marks the clause that a citation would name; `byHand`: the address follows. */
function choose(clause, byHand) {
  chosen?.classList.remove("is-chosen");
  chosen = clause;
  chosen.classList.add("is-chosen");
  fulltext.classList.toggle("by-hand", byHand);
  if (byHand) window.history.replaceState(null, "", `#${encodeURIComponent(clause.id)}`);
  const place = spokenPlace(clause.dataset.label);
  said.textContent = place ? `Đang chọn: ${place} · Văn bản ${lowered(article.dataset.validity)}` : "";
}

function lowered(words) {
  return words[0].toLowerCase() + words.slice(1);
}

/** The address of this page at the chosen clause, without what belongs to the panel. */
function address() {
  const url = new URL(location.href);
  url.searchParams.delete("panel");
  return url.href;
}
