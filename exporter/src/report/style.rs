//! The look of a report. Knows nothing of its content.

/// No external resource: system fonts, colours by the reader's colour scheme.
pub(super) const CSS: &str = "\
:root {
  --paper: #ffffff; --panel: #f6f7f9; --ink: #1b1f24; --faint: #66707c; --rule: #d9dee4;
  --error: #b3261e; --warning: #8a5a00; --information: #1f5fa8;
  --s0: #1f6fb4; --s1: #c2571a; --s2: #2b8a4b; --s3: #8b4fa8; --s4: #b0344f; --s5: #5f6b00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --panel: #1d2127; --ink: #e4e8ec; --faint: #98a2ad; --rule: #333a42;
    --error: #ff8a80; --warning: #f2c061; --information: #82b8f2;
    --s0: #62aef0; --s1: #f2955c; --s2: #6fce90; --s3: #c89be0; --s4: #f08ba0; --s5: #c2cc5c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
}
main { max-width: 1080px; margin: 0 auto; padding: 32px 24px 48px; }
h1 { margin: 0; font-size: 28px; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 40px 0 12px; font-size: 18px; }
h3 { margin: 0 0 4px; font-size: 14px; font-weight: 600; }
.subtitle { margin: 4px 0 20px; color: var(--faint); }
dl { margin: 0; }
dd { margin: 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; }
.figure { background: var(--panel); border-radius: 8px; padding: 10px 14px; }
.figure dt { color: var(--faint); font-size: 13px; }
.figure dd { font-size: 20px; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.plot { margin: 0 0 24px; background: var(--panel); border-radius: 8px; padding: 14px 16px 10px; break-inside: avoid; }
.plot svg { display: block; width: 100%; height: auto; }
.plot .grid { stroke: var(--rule); stroke-width: 1; }
.plot .axis { stroke: var(--faint); stroke-width: 1; }
.plot text { fill: var(--faint); font-size: 12px; font-variant-numeric: tabular-nums; }
.plot .curve { fill: none; stroke-width: 1.75; stroke-linejoin: round; }
.plot .limit { stroke-dasharray: 6 4; stroke: var(--faint); }
.plot .mark { stroke: var(--error); stroke-width: 1.5; }
.plot .flag { fill: var(--error); }
.legend .key.limit { background: repeating-linear-gradient(90deg, var(--faint) 0 6px, transparent 6px 9px); }
.legend .failed { color: var(--error); }
.chapter { border-top: 1px solid var(--rule); margin-top: 40px; }
.chapter h2 { margin-top: 20px; }
.chapter table { margin: 8px 0 20px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0; padding: 4px 0 0; list-style: none; font-size: 13px; }
.legend .key { display: inline-block; width: 18px; height: 3px; margin-right: 6px; vertical-align: middle; border-radius: 2px; }
.legend .range { color: var(--faint); font-variant-numeric: tabular-nums; }
.s0 { stroke: var(--s0); background: var(--s0); } .s1 { stroke: var(--s1); background: var(--s1); }
.s2 { stroke: var(--s2); background: var(--s2); } .s3 { stroke: var(--s3); background: var(--s3); }
.s4 { stroke: var(--s4); background: var(--s4); } .s5 { stroke: var(--s5); background: var(--s5); }
.load { display: grid; grid-template-columns: minmax(120px, 220px) 1fr minmax(150px, auto); gap: 12px; align-items: center; margin: 6px 0; }
.load .bar { height: 10px; background: var(--panel); border: 1px solid var(--rule); border-radius: 5px; overflow: hidden; }
.load .bar span { display: block; height: 100%; background: var(--s0); }
.load .bar.high span { background: var(--error); }
.load .detail { color: var(--faint); font-variant-numeric: tabular-nums; text-align: right; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; }
th { color: var(--faint); font-weight: 600; white-space: nowrap; }
.end { text-align: right; }
code, .code { font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', monospace; font-size: 13px; }
.finding { border-left: 4px solid var(--faint); background: var(--panel); border-radius: 4px; padding: 8px 14px; margin: 8px 0; }
.finding p { margin: 0; }
.finding .help, .finding .rule { color: var(--faint); }
.finding .help { white-space: pre-wrap; overflow-wrap: anywhere; }
.finding.error { border-color: var(--error); } .finding.error .badge { color: var(--error); }
.finding.warning { border-color: var(--warning); } .finding.warning .badge { color: var(--warning); }
.finding.information { border-color: var(--information); } .finding.information .badge { color: var(--information); }
.badge { font-weight: 600; }
.none { color: var(--faint); }
footer { margin-top: 48px; border-top: 1px solid var(--rule); padding-top: 12px; color: var(--faint); font-size: 13px; }
footer div { display: flex; gap: 8px; } footer dd { overflow-wrap: anywhere; font-family: ui-monospace, monospace; }
@media print { main { max-width: none; padding: 0; } }
";
