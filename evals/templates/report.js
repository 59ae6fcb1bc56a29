"use strict";
// Without this script the page is a plain list; with it the list can be narrowed.
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const cards = [...document.querySelectorAll(".card")].map((element) => ({
    element,
    kind: element.dataset.kind,
    faults: element.dataset.faults.split(" "),
    wrong: element.dataset.faults !== "",
    text: null,
  }));
  const wrong = cards.filter((card) => card.wrong).length;
  const fold = (text) =>
    text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase().replace(/\s+/g, " ").trim();

  function narrow() {
    const { kind, fault, words } = form.elements;
    const wanted = fold(words.value);
    let left = 0;
    let passing = 0;
    for (const card of cards) {
      let fits = (!kind.value || card.kind === kind.value) && (!fault.value || !card.wrong || card.faults.includes(fault.value));
      if (fits && wanted) {
        card.text ??= fold(card.element.textContent);
        fits = card.text.includes(wanted);
      }
      card.element.hidden = !fits;
      if (fits && card.wrong) left += 1;
      if (fits && !card.wrong) passing += 1;
    }
    document.getElementById("count").textContent = `Đang hiện ${left} trên ${wrong} câu sai.`;
    const folded = document.getElementById("passing-count");
    if (folded) folded.textContent = String(passing);
  }

  let waiting = 0;
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(narrow, 120);
  });
  form.addEventListener("reset", () => setTimeout(narrow));
  for (const link of document.querySelectorAll("[data-pick]")) {
    link.addEventListener("click", () => {
      form.reset();
      form.elements.fault.value = link.dataset.fault;
      form.elements.kind.value = link.dataset.kind;
      narrow();
    });
  }
  narrow();
})();
