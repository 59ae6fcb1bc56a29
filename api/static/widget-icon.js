// The few drawings of the widget, made as elements because a host page may forbid images. Used by widget.js.

const SVG = "http://www.w3.org/2000/svg";
const STROKES = {
  close: "M6 6l12 12M18 6L6 18",
  erase: "M4 7h16M9 7V4h6v3M6.500 7l1 13h9l1-13M10 11v5M14 11v5",
};

/** A line drawing in the colour of the text. */
export function icon(name) {
  return drawing(24, ["path", { d: STROKES[name], fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linecap": "round" }]);
}

/** A speech bubble with the lines of a text and a star. */
export function emblem() {
  return drawing(
    32,
    ["path", { d: "M5 4h22a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H15l-7 6v-6H5a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3z", fill: "currentColor" }],
    ["path", { d: "M8 10.500h8M8 14.500h6M8 18.500h8", class: "lines" }],
    ["path", { d: "M22.500 9.500l1.400 3 3.300.4-2.400 2.300.6 3.300-2.900-1.600-2.900 1.600.6-3.300-2.400-2.300 3.300-.4z", class: "star" }],
  );
}

function drawing(size, ...shapes) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  for (const [name, attributes] of shapes) {
    const shape = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    svg.append(shape);
  }
  return svg;
}
