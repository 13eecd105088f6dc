/** The report's style sheet: system fonts, one measure, light and dark; figures stay on white, as they are printed. */

export const REPORT_CSS = `
:root { color-scheme: light dark; --ink: #1b1f24; --muted: #5c6670; --rule: #d9dde2; --paper: #ffffff; --tint: #f4f6f8;
  --accent: #0b5fa5; --note: #fff7e0; --note-rule: #d9a400; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7ea; --muted: #9aa4ae; --rule: #363c43; --paper: #15181b;
  --tint: #1e2226; --accent: #74b3ea; --note: #2b2510; --note-rule: #b98d0a; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1 { font-size: 2rem; line-height: 1.2; letter-spacing: -0.015em; margin: 0 0 0.75rem; text-wrap: balance; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 3rem 0 0.75rem; padding-top: 1rem; border-top: 1px solid var(--rule); }
p { margin: 0 0 0.9rem; max-width: 44rem; text-wrap: pretty; }
.summary { font-size: 1.1rem; }
.headline { display: flex; flex-wrap: wrap; gap: 0.75rem; margin: 1.5rem 0 0; padding: 0; }
.headline div { flex: 1 1 9rem; background: var(--tint); border-radius: 8px; padding: 0.7rem 0.95rem; }
.headline dt { color: var(--muted); font-size: 0.82rem; line-height: 1.35; }
.headline dd { margin: 0.15rem 0 0; font-size: 1.45rem; font-weight: 600; line-height: 1.25; font-variant-numeric: tabular-nums; }
.headline small { font-size: 0.9rem; font-weight: 400; color: var(--muted); }
.figures { display: flex; flex-wrap: wrap; gap: 1.25rem; align-items: flex-start; margin: 1rem 0; }
figure { margin: 0; flex: 0 1 auto; width: 100%; min-width: 0; }
figure .sheet { background: #ffffff; border: 1px solid var(--rule); border-radius: 8px; padding: 0.2rem; }
figure svg { display: block; width: 100%; height: auto; }
figcaption { color: var(--muted); font-size: 0.87rem; line-height: 1.45; margin-top: 0.45rem; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: 0.88rem; line-height: 1.4; font-variant-numeric: tabular-nums; }
.caption { color: var(--muted); font-size: 0.87rem; margin: 1.2rem 0 -0.5rem; }
th, td { padding: 0.36rem 0.85rem 0.36rem 0; text-align: left; vertical-align: top; }
th { font-weight: 600; border-bottom: 1.5px solid var(--ink); white-space: nowrap; vertical-align: bottom; }
th span { color: var(--muted); font-weight: 400; }
td { border-bottom: 1px solid var(--rule); }
td.number, th.number { text-align: right; padding-left: 0.6rem; }
sub { line-height: 0; }
.null { color: var(--muted); }
.wide { min-width: 13em; }
.whole { white-space: nowrap; }
.note { background: var(--note); border-left: 3px solid var(--note-rule); border-radius: 0 6px 6px 0; padding: 0.7rem 1rem;
  margin: 1rem 0; max-width: 46rem; }
.banner { border-radius: 8px; padding: 0.9rem 1.25rem; margin: 0 0 1.5rem; font-size: 1.05rem; border: 2px solid; }
.banner strong { display: block; font-size: 1.25rem; line-height: 1.3; }
.banner ul { margin: 0.35rem 0 0; padding-left: 1.2rem; }
.banner li { max-width: 50rem; }
.banner.wrong { background: #b3121d; border-color: #b3121d; color: #ffffff; }
.banner.care { background: #ffe9a8; border-color: #d99400; color: #33260a; }
.provenance dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.25rem; margin: 0 0 1rem; font-size: 0.92rem; }
.provenance dt { color: var(--muted); }
.provenance dd { margin: 0; overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; font-size: 0.85em; }
pre { background: var(--tint); border-radius: 8px; padding: 0.9rem 1.1rem; overflow-x: auto; line-height: 1.45; }
summary { cursor: pointer; color: var(--accent); }
@media print { main { padding: 0; max-width: none; } .banner { print-color-adjust: exact; -webkit-print-color-adjust: exact; } figure, table, .note { break-inside: avoid; } h2 { break-after: avoid; } }
`;
