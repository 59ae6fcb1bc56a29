// The document page: copies a citation of the clause shown, prints, and closes the outline on small screens.

const article = document.querySelector(".document");
const copy = document.getElementById("copy");
const print = document.getElementById("print");
const copied = document.getElementById("copied");

print.hidden = false;
print.addEventListener("click", () => window.print());

if (navigator.clipboard) copy.hidden = false; // only on https and localhost
copy.addEventListener("click", async () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const words = [target?.dataset.label, article.dataset.citation].filter(Boolean).join(", ");
  try {
    await navigator.clipboard.writeText(`${words} (${location.href})`);
    copied.textContent = `Đã sao chép: ${words}`;
  } catch {
    copied.textContent = "Trình duyệt không cho phép sao chép.";
  }
});

if (window.matchMedia("(max-width: 62rem)").matches) {
  document.querySelector(".outline details")?.removeAttribute("open");
}
