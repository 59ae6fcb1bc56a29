// The look of the widget, as a constructed style sheet: no host page's Content-Security-Policy forbids it. Used by widget.js.
//
// Lengths are em of the reader's own letter size ("medium"), not rem, which belongs to the host page.

const CSS = `
:host {
  /* !important inside wins over !important of the host page */
  all: initial !important;
  display: block !important;
  direction: ltr !important;
  font: medium/1.55 var(--cchc-font, "Be Vietnam Pro", "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif) !important;
  font-size: var(--cchc-font-size, medium) !important;
  color: var(--ink) !important;
  --accent: var(--cchc-accent, #16406f);
  --on-accent: var(--cchc-on-accent, #ffffff);
  --surface: var(--cchc-surface, #ffffff);
  --paper: var(--cchc-paper, #f3f6fa);
  --ink: var(--cchc-ink, #1a2433);
  --faint: var(--cchc-faint, #556173);
  --line: var(--cchc-line, #d3dae4);
  --radius: var(--cchc-radius, .9em);
  --gap: 1.1em;
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, h3, h4, p, ul, ol, blockquote { margin: 0; padding: 0; font: inherit; }
ul { list-style: none; }
button, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
button { cursor: pointer; }
a { color: var(--accent); text-underline-offset: .18em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.unseen {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.icon { display: block; flex: none; width: 1.5em; height: 1.5em; }
.icon .lines { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linecap: round; }
.icon .star { fill: #d9a400; }

.launcher {
  position: fixed; inset: auto var(--cchc-right, 1.25em) var(--cchc-bottom, 1.25em) auto; z-index: 2147483647;
  margin: 0; display: flex; align-items: center; gap: .6em; max-width: calc(100vw - 2em); min-height: 3.25em;
  padding: .6em 1.25em .6em 1em; border: 2px solid var(--on-accent); border-radius: 2em; overflow: visible;
  background: var(--accent); color: var(--on-accent); font-weight: 650; line-height: 1.25;
  box-shadow: 0 2px 6px rgb(15 30 60 / 25%), 0 8px 24px rgb(15 30 60 / 22%);
  transition: transform .15s ease-out;
}
.launcher:hover { transform: translateY(-2px); }
.launcher .icon { width: 1.8em; height: 1.8em; }

dialog {
  position: fixed; inset: auto var(--cchc-right, 1.25em) var(--cchc-bottom, 1.25em) auto; margin: 0; padding: 0; border: 0;
  width: min(var(--cchc-width, 27em), 100vw - 2.5em); height: min(46em, 100dvh - 2.5em);
  max-width: none; max-height: none; overflow: hidden; border-radius: var(--radius);
  background: var(--surface); color: var(--ink); overflow-wrap: anywhere;
  box-shadow: 0 0 0 1px rgb(15 30 60 / 12%), 0 24px 60px rgb(15 30 60 / 30%);
}
dialog[open] { display: flex; flex-direction: column; animation: rise .18s ease-out; }
dialog::backdrop { background: rgb(15 25 45 / 35%); }
@keyframes rise { from { opacity: 0; transform: translateY(.8em); } }

header {
  flex: none; display: flex; align-items: center; gap: .7em; padding: .8em .7em .8em var(--gap);
  background: var(--accent); color: var(--on-accent);
}
header .titles { flex: 1 1 auto; min-width: 0; }
header > .icon { width: 2em; height: 2em; }
h2 { font-weight: 700; font-size: 1.0625em; line-height: 1.3; }
header p { font-size: .8125em; line-height: 1.35; }
.tool {
  flex: none; display: grid; place-items: center; width: 2.75em; height: 2.75em; padding: 0; border: 0; border-radius: 50%;
  background: transparent; color: inherit;
}
.tool:hover { background: color-mix(in srgb, currentcolor 18%, transparent); }
header :focus-visible { outline-color: currentcolor; outline-offset: -2px; }

.log { flex: 1 1 auto; min-height: 0; overflow: hidden auto; overscroll-behavior: contain; padding: var(--gap); background: var(--paper); }
.log:focus-visible { outline-offset: -3px; }
.welcome p { margin-bottom: .9em; }
h3, h4 { margin: 1em 0 .5em; font-weight: 700; font-size: .875em; color: var(--faint); }
.asked {
  width: fit-content; max-width: 88%; margin: 0 0 .8em auto; padding: .55em .9em; white-space: pre-wrap;
  border-radius: 1em 1em .25em 1em; background: var(--accent); color: var(--on-accent);
}
.answer {
  margin: 0 0 1.2em; padding: .9em 1em; border: 1px solid var(--line); border-top: 3px solid var(--accent);
  border-radius: .25em .7em .7em; background: var(--surface);
}
.answer.failed { border-top-color: #a3191f; }
.answer.failed p { margin-bottom: .7em; }
.text p { margin: 0 0 .7em; white-space: pre-line; }
.text p:last-child { margin-bottom: 0; }
.text strong { font-weight: 700; color: var(--accent); }
.footnote { display: inline-block; padding: 0 .25em; font-size: .8125em; font-weight: 700; vertical-align: .35em; line-height: 1.2; text-decoration: none; }
.footnote:hover { text-decoration: underline; }
.progress { display: flex; align-items: center; gap: .6em; color: var(--faint); }
.progress::before {
  content: ""; flex: none; width: .7em; height: .7em; border-radius: 50%; background: var(--accent);
  animation: breathe 1.1s ease-in-out infinite alternate;
}
@keyframes breathe { from { opacity: .25; } }

.verdict { margin-bottom: .5em; }
.badges { display: flex; flex-wrap: wrap; gap: .35em; }
.badge {
  display: inline-block; padding: .05em .6em; border: 1px solid currentcolor; border-radius: 1em;
  font-size: .8125em; font-weight: 600; background: #fff4d6; color: #6e4d00;
}
.badge[data-tone="good"] { background: #e4f4ea; color: #1a6237; }
.badge[data-tone="bad"] { background: #fbeaea; color: #a3191f; }
.badge[data-tone="none"] { background: #ffffff; color: #556173; }
.sources { list-style: none; counter-reset: source; display: grid; gap: .6em; }
.sources li {
  counter-increment: source; position: relative; padding: .6em .8em .6em 2.6em; border: 1px solid var(--line);
  border-radius: .6em; background: var(--paper);
}
.sources li::before {
  content: counter(source); position: absolute; left: .7em; top: .75em; display: grid; place-items: center;
  width: 1.75em; height: 1.75em; border-radius: 50%; font-size: .8125em; font-weight: 700; background: var(--accent); color: var(--on-accent);
}
.source { font-weight: 600; }
.title { margin-bottom: .4em; font-size: .875em; color: var(--faint); }
details { margin-top: .4em; }
summary { cursor: pointer; padding: .15em 0; font-size: .875em; font-weight: 600; color: var(--accent); }
blockquote {
  margin-top: .3em; padding: .5em .8em; border-left: 3px solid #a3191f; background: var(--surface); white-space: pre-line;
  font-family: "Noto Serif", "Source Serif 4", Cambria, "Times New Roman", "Liberation Serif", serif;
}
.nearest { display: grid; gap: .35em; }
.choices { display: flex; flex-wrap: wrap; gap: .5em; }
.text + .choices { margin-top: .8em; }
.choice, .rate {
  min-height: 2.5em; padding: .4em .9em; text-align: left; line-height: 1.4; border: 1px solid var(--accent); border-radius: 1.25em;
  background: var(--surface); color: var(--accent);
}
.choice:hover, .rate:hover { background: var(--paper); box-shadow: inset 0 0 0 1px var(--accent); }
.choice:disabled { opacity: .6; cursor: default; }
.feedback { margin-top: 1em; padding-top: .8em; border-top: 1px solid var(--line); font-size: .9375em; }
.feedback:focus { outline: none; }
.rates { display: flex; flex-wrap: wrap; align-items: center; gap: .5em; }
.rates p { margin-right: auto; }
.why { margin-top: .7em; }
.why label { display: block; }
.why textarea { margin: .3em 0 .5em; }
.said:not(:empty) { margin-top: .6em; font-size: .9375em; font-weight: 600; color: #1a6237; }
.foot { margin-top: .9em; font-size: .8125em; color: var(--faint); }
.told { text-align: center; color: var(--faint); font-size: .9375em; margin-top: 1em; }

form[part="form"] { flex: none; padding: .8em var(--gap); border-top: 1px solid var(--line); background: var(--surface); }
.row { display: flex; align-items: stretch; gap: .6em; }
textarea {
  display: block; width: 100%; min-width: 0; min-height: 2.75em; padding: .5em .7em; resize: none; line-height: 1.45;
  border: 1px solid #7b8798; border-radius: .6em; background: var(--surface);
}
textarea:focus-visible { outline-offset: -2px; }
textarea::placeholder { color: var(--faint); opacity: 1; }
.send {
  flex: none; min-height: 2.75em; min-width: 4.25em; padding: .4em 1em; border: 1px solid var(--accent); border-radius: .6em;
  background: var(--accent); color: var(--on-accent); font-weight: 650;
}
.send:hover { filter: brightness(1.12); }
.send.quiet { background: var(--surface); color: var(--accent); }
.machine { margin-top: .6em; font-size: .8125em; line-height: 1.4; color: var(--faint); }

@media (max-width: 30em), (max-height: 30em) {
  dialog { inset: 0; width: 100vw; height: 100dvh; border-radius: 0; }
  .launcher { inset: auto .8em .8em auto; }
}
@media (max-width: 24em) { header p { display: none; } }
/* at 400 % zoom everything scrolls together: fixed bars would leave no room to read */
@media (max-height: 30em) {
  dialog[open] { display: block; overflow: hidden auto; }
  .log { overflow: visible; }
}
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; }
}
@media (forced-colors: active) { .launcher, .asked, dialog { border: 2px solid; } }
`;

export const style = new CSSStyleSheet();
style.replaceSync(CSS);
