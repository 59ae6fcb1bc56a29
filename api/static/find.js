// Finds words inside the document, with or without Vietnamese marks. The text itself is not touched: places are
// highlighted by the browser. Used by document.js.

const LEAST = 2; // letters; one alone is found everywhere
const MOST = 2000; // places that are highlighted

const form = document.getElementById("find");
const field = document.getElementById("find-words");
const count = document.getElementById("find-count");

/** Starts the search field for the words of `text`; `onPlace` gets the element of each place gone to. */
export function findInside(text, onPlace) {
  let letters = null; // read when first needed: a law has half a million
  let found = [];
  let at = -1;

  const search = () => {
    letters ??= read(text);
    found = ranges(letters, fold(field.value.trim().replace(/\s+/g, " ")));
    at = -1;
    paint("found", found);
    paint("found-here", []);
    say();
  };
  const go = (step) => {
    if (!found.length) return;
    at = (at + step + found.length) % found.length;
    const place = found[at].startContainer.parentElement;
    place.scrollIntoView({ block: "center" });
    paint("found-here", [found[at]]);
    onPlace(place);
    say();
  };
  const say = () => {
    const asked = field.value.trim().length >= LEAST;
    const places = at < 0 ? `${found.length} chỗ` : `${at + 1}/${found.length}`;
    count.textContent = !asked ? "" : found.length ? places : "Không có";
  };

  form.hidden = false;
  field.addEventListener("input", search);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(1);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.shiftKey) {
      event.preventDefault();
      go(-1);
    } else if (event.key === "Escape" && field.value) {
      event.stopPropagation(); // clears the field and leaves the panel open
      field.value = "";
      search();
    }
  });
  document.getElementById("find-previous").addEventListener("click", () => go(-1));
}

/** All text below an element: folded letters, and for each where it stands. Blocks do not run into each other. */
function read(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const nodes = [];
  const starts = [];
  let words = "";
  let block = null;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const own = node.parentElement.closest("p, td, th, h2, h3, h4, h5, h6");
    if (!own) continue; // blanks between blocks
    if (own !== block) words += "\n";
    block = own;
    nodes.push(node);
    starts.push(words.length);
    words += fold(node.data);
  }
  return { words, nodes, starts };
}

/** Lower case without marks, letter for letter: lengths stay. */
function fold(words) {
  return Array.from({ length: words.length }, (_, i) => {
    const letter = words[i];
    if (/\s/.test(letter)) return " ";
    return letter === "đ" || letter === "Đ" ? "d" : (letter.normalize("NFD")[0].toLowerCase()[0] ?? letter);
  }).join("");
}

function ranges({ words, nodes, starts }, wanted) {
  const found = [];
  if (wanted.length < LEAST) return found;
  for (let from = words.indexOf(wanted); from >= 0 && found.length < MOST; from = words.indexOf(wanted, from + wanted.length)) {
    const range = new Range();
    range.setStart(...placeOf(from, nodes, starts));
    const [node, offset] = placeOf(from + wanted.length - 1, nodes, starts);
    range.setEnd(node, offset + 1);
    found.push(range);
  }
  return found;
}

/** The text node and offset of a letter. */
function placeOf(index, nodes, starts) {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle] <= index) low = middle;
    else high = middle - 1;
  }
  return [nodes[low], index - starts[low]];
}

/** Highlights ranges under a name; a browser without the interface selects the one gone to instead. */
function paint(name, found) {
  if (globalThis.Highlight && CSS.highlights) CSS.highlights.set(name, new Highlight(...found));
  else if (name === "found-here" && found.length) {
    getSelection().removeAllRanges();
    getSelection().addRange(found[0]);
  }
}
