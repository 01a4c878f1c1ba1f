/** The class that gives a phase its colour: the colours repeat after ten phases. */
export function phaseClass(index: number): string {
  return `c${index % 10}`;
}

/** The style of the report. Colours are made for a light and for a dark page. */
export const reportStyle: string = `
:root { color-scheme: light dark; --bg: #fbfbfa; --card: #ffffff; --ink: #1c2024; --soft: #60646c; --line: #e3e4e8; --accent: #0b6e8f; --good: #1a7f4b; --bad: #c0362c; --warn: #9a6700; --l: 52%; --s: 52%; }
@media (prefers-color-scheme: dark) { :root { --bg: #111315; --card: #191c1f; --ink: #eceef0; --soft: #9ba1a8; --line: #2b2f34; --accent: #5bc0de; --good: #57c785; --bad: #ff7b72; --warn: #d9a648; --l: 60%; --s: 46%; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1120px; padding: 32px 20px 64px; background: var(--bg); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
h1 { font-size: 24px; line-height: 1.3; margin: 0 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 36px 0 10px; }
p { margin: 6px 0; }
.soft { color: var(--soft); }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(230px, 46%), 1fr)); gap: 10px; margin: 22px 0 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; }
.card b { display: block; font-size: 20px; font-weight: 600; font-variant-numeric: tabular-nums; }
.card span { color: var(--soft); font-size: 13px; }
.panel { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px; overflow-x: auto; }
svg { display: block; width: 100%; min-width: 640px; height: auto; font: 11px system-ui, sans-serif; }
svg text { fill: var(--ink); } svg .faint { fill: var(--soft); } svg .grid { stroke: var(--line); stroke-width: 1; } svg .edge { stroke: var(--soft); stroke-width: 1.2; fill: none; opacity: .65; } svg .edge.hot { stroke: var(--bad); stroke-width: 2; opacity: 1; }
svg .node { fill: var(--card); stroke: var(--line); stroke-width: 1.2; } svg .node.hot { stroke: var(--bad); stroke-width: 2; }
svg .area { fill: var(--accent); opacity: .28; } svg .curve { stroke: var(--accent); fill: none; stroke-width: 1.5; }
svg .cached { opacity: .38; } svg .failed { stroke: var(--bad); stroke-width: 2; } svg .hotbar { stroke: var(--ink); stroke-width: 1.4; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; }
th { text-align: left; font-weight: 500; color: var(--soft); font-size: 13px; }
th, td { padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; max-width: 60ch; }
tr:last-child td { border-bottom: 0; }
td:first-child, th { white-space: nowrap; }
td.n, th.n { text-align: right; white-space: nowrap; }
td.n + td:not(.n), th.n + th:not(.n) { padding-left: 16px; }
td.text { min-width: 22ch; }
table.facts { width: auto; } table.facts td { padding-right: 36px; }
table.facts td.n + td.n { padding-left: 0; }
code { font: 13px ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
details summary { cursor: pointer; color: var(--soft); padding: 4px 0; }
.dot { display: inline-block; width: 9px; height: 9px; border-radius: 3px; margin-right: 7px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin-top: 10px; font-size: 13px; color: var(--soft); }
${[200, 28, 140, 280, 340, 60, 170, 240, 95, 310].map((hue, index) => `.c${index} { fill: hsl(${hue} var(--s) var(--l)); background: hsl(${hue} var(--s) var(--l)); }`).join('\n')}
@media print { body { max-width: none; } .panel, .card { break-inside: avoid; } }
`;
