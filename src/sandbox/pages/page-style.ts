/** How the sandbox's pages look: light or dark as the reader has it, wide or narrow. */

/** One style sheet for all pages. Its colours keep the contrast of WCAG's level AA. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f3f4f7, #121419);
  --card: light-dark(#fff, #1c1f26);
  --text: light-dark(#1b1f27, #e9ebf0);
  --soft: light-dark(#596170, #a5adbb);
  --line: light-dark(#dde1e8, #333945);
  --accent: light-dark(#4338ca, #b4bdff);
  --fill: light-dark(#4338ca, #4f46e5);
  --bubble: light-dark(#eef0f5, #2a2f39);
  --note: light-dark(#fff3c9, #3b3212);
  --shadow: 0 1px 2px light-dark(#1b1f2714, #0000), 0 8px 24px light-dark(#1b1f270d, #0000);
  font: 16px/1.5 system-ui, sans-serif;
}
* { box-sizing: border-box; margin: 0; padding: 0; }
body { max-width: 1360px; margin: auto; padding: 0 24px 40px; background: var(--page); color: var(--text); }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; }
h1 { font-size: 18px; }
h2 { font-size: 22px; }
h2 small { display: block; margin-top: 4px; font-size: 15px; font-weight: 400; }
h3 { font-size: 15px; font-weight: 600; }
h3 small { display: block; font-weight: 400; }
small, .who, .line, .hint, .none, dt, summary, caption { color: var(--soft); }
small, .who, .line, dl, summary { font-size: 13px; }
i { font-style: normal; }
ul, ol { list-style: none; }
a { color: var(--accent); text-underline-offset: 3px; }
code, pre, dd { font: 13px/1.5 ui-monospace, monospace; }
p, li, dd, td, summary { overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
main:focus { outline: 0; }
.skip { position: absolute; left: 24px; top: -60px; padding: 8px 16px; background: var(--card); }
.skip:focus { top: 8px; }

header { display: flex; align-items: center; gap: 20px; min-height: 64px; }
header h1 { margin-right: auto; }
header h1 a { color: inherit; text-decoration: none; }
.live { font-size: 13px; color: var(--soft); }
.live:not(:empty)::before {
  content: ''; display: inline-block; width: 8px; height: 8px; margin-right: 8px;
  border-radius: 4px; background: light-dark(#15803d, #4ade80);
}
.live.broken::before { background: light-dark(#b45309, #fbbf24); }

#content { display: grid; grid-template-columns: 264px minmax(0, 1fr); gap: 32px; }
nav h2 { margin: 5px 0 12px; font-size: 15px; font-weight: 600; }
nav ul { display: grid; gap: 4px; max-height: 78vh; margin: -4px; padding: 4px; overflow-y: auto; }
nav a {
  display: grid; grid-template-columns: 1fr auto; align-items: baseline; gap: 0 8px; padding: 10px 12px;
  border-radius: 10px; color: inherit; text-decoration: none;
}
nav a:hover { background: var(--bubble); }
nav a[aria-current] { background: var(--card); box-shadow: inset 3px 0 var(--fill); }
nav b { font-size: 14px; font-weight: 600; white-space: nowrap; }
nav bdi {
  grid-column: 1 / -1; overflow: hidden; white-space: nowrap; text-overflow: ellipsis;
  font-size: 14px; color: var(--soft);
}
nav .line { text-align: left; }

main { display: grid; gap: 20px; align-content: start; min-width: 0; }
main > * { min-width: 0; }
main:only-child { grid-column: 1 / -1; }
.views { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 20px; }
section {
  display: flex; flex-direction: column; overflow: hidden;
  border: 1px solid var(--line); border-radius: 16px; background: var(--card); box-shadow: var(--shadow);
}
section h3 { padding: 14px 20px; border-bottom: 1px solid var(--line); }
.customer h3 { border-color: var(--fill); background: var(--fill); color: #fff; }
/* Upside down, so that it opens at its end, and stays there. */
.log { display: flex; flex-direction: column-reverse; height: clamp(320px, 62vh, 680px); overflow-y: auto; }
.log:focus-visible { outline-offset: -4px; border-radius: 12px; }
.log ol { display: grid; gap: 18px; margin-bottom: auto; padding: 20px; }
.first ~ .views .log { height: 120px; }
.line { text-align: center; }
.text { white-space: pre-wrap; }
.who { margin-bottom: 4px; }
.who b { font-weight: 600; color: var(--text); }

.bubble { display: grid; justify-items: start; }
.bubble .box { max-width: 88%; padding: 9px 14px; border-radius: 18px 18px 18px 5px; background: var(--bubble); }
.mine { justify-items: end; }
.mine .box { border-radius: 18px 18px 5px 18px; background: var(--fill); color: #fff; }
.mine :is(a, small, .none) { color: #fff; }
fieldset { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 10px; border: 0; min-width: 0; }
button {
  max-width: 100%; min-height: 40px; padding: 7px 18px; border: 1.5px solid var(--accent); border-radius: 20px;
  background: none; color: var(--accent); font: 600 15px/1.4 system-ui, sans-serif; overflow-wrap: anywhere; cursor: pointer;
}
button:hover { border-color: var(--fill); background: var(--fill); color: #fff; }
button:focus-visible { border-radius: 20px; }

.row { padding-left: 14px; border-left: 3px solid var(--line); }
.visitor { border-color: var(--fill); }
.refused .row { border-color: light-dark(#b42318, #f97066); }
.refused .log { height: auto; max-height: 62vh; }
.refused dl div { grid-template-columns: 132px 1fr; }
.note { padding: 10px 14px; border-color: light-dark(#d9a400, #c99a1e); border-radius: 3px 10px 10px 3px; background: var(--note); }
.note :is(.who, summary, dt) { color: light-dark(#5b5136, #cdbf92); }
.actions { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 8px; font-size: 14px; }
.actions li { padding: 2px 10px; border: 1px solid var(--line); border-radius: 14px; }
.actions .pressed { border-color: var(--accent); }
.pressed i { font-weight: 600; color: var(--accent); }
dl { display: grid; gap: 2px; margin-top: 6px; }
dl div { display: grid; grid-template-columns: 88px 1fr; }
details { margin-top: 4px; }
summary { width: fit-content; cursor: pointer; }
.files { display: grid; gap: 6px; }
.text + .files { margin-top: 6px; }
.file img { display: block; max-width: 100%; max-height: 180px; margin: 2px 0 4px; border-radius: 10px; }

.first { padding: 18px 20px; border: 1px solid var(--line); border-radius: 16px; background: var(--card); }
pre { margin-top: 10px; padding: 12px 14px; border-radius: 10px; background: var(--page); overflow-x: auto; }
.kinds > div { columns: 2 340px; column-gap: 32px; margin-top: 16px; }
.kinds table { width: 100%; margin-bottom: 24px; border-collapse: collapse; font-size: 14px; break-inside: avoid; }
caption { padding-bottom: 6px; text-align: left; font-weight: 600; }
.kinds :is(th, td) { padding: 5px 12px 5px 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
th { width: 52px; font-weight: 400; }

@media (max-width: 1080px) {
  #content { grid-template-columns: minmax(0, 1fr); gap: 20px; }
  nav ul { grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); max-height: 168px; }
}
@media (max-width: 720px) {
  body { padding: 0 14px 32px; }
  .views { grid-template-columns: minmax(0, 1fr); }
  .views .log { height: auto; max-height: 70vh; }
  .log ol { padding: 16px; }
  .refused dl div { grid-template-columns: 1fr; }
}
@media (prefers-reduced-motion: no-preference) {
  .bubble, .row { animation: arrive 0.25s ease-out; }
  @keyframes arrive { from { opacity: 0; translate: 0 6px; } }
}
`;
