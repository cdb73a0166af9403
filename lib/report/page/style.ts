/** The look of the page; it follows the reader's choice of light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1f2937; --soft: #6b7280; --ground: #ffffff;
  --card: #f8fafc; --edge: #e2e8f0; --grid: #e5e7eb; --main: #2563eb; --empty: #e5e7eb;
  --ok: #16a34a; --warning: #f59e0b; --amber: #b45309; --failed: #dc2626; --refused: #94a3b8; --sign: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --text: #e5e7eb; --soft: #9ca3af;
  --ground: #0f172a; --card: #1e293b; --edge: #334155; --grid: #334155; --main: #60a5fa;
  --empty: #334155; --ok: #22c55e; --warning: #fbbf24; --amber: #fbbf24; --failed: #f87171; --sign: #0f172a; } }
body { margin: 0 auto; max-width: 960px; padding: 24px 16px 48px; background: var(--ground);
  color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 24px; margin: 0; } h2 { font-size: 19px; margin: 0 0 8px; }
p { margin: 4px 0 0; color: var(--soft); }
section { margin-top: 24px; padding: 16px 20px; background: var(--card);
  border: 1px solid var(--edge); border-radius: 8px; overflow-x: auto; }
figure { margin: 12px 0 0; } figcaption { font-weight: 600; display: flex; flex-wrap: wrap;
  gap: 4px 24px; justify-content: space-between; }
svg { max-width: 100%; height: auto; display: block; } figure > svg { width: 100%; }
svg.calendar { max-width: none; direction: ltr; margin: 0 auto 0 0; }
.charts { display: grid; gap: 0 24px; align-items: end;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); }
/* From right to left, so that what is scrolled begins with the last days. */
.scroll { overflow-x: auto; direction: rtl; }
.now h2, .card h3 { overflow-wrap: anywhere; } .now p { overflow-wrap: anywhere; }
.problem { margin-top: 8px; color: var(--text); }
.edge-ok { border-left: 6px solid var(--ok); } .edge-warning { border-left: 6px solid var(--warning); }
.edge-failed { border-left: 6px solid var(--failed); }
.edge-refused { border-left: 6px solid var(--refused); }
.cards { display: grid; gap: 12px; margin-top: 14px;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 280px), 1fr)); }
.card { padding: 10px 14px; background: var(--ground); border-radius: 6px; }
.card h3 { margin: 0 0 4px; font-size: 16px; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0 12px; margin: 0; font-size: 14px; }
dt { color: var(--soft); } dd { margin: 0; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 0; padding: 0; list-style: none;
  font-weight: 400; color: var(--soft); } .legend svg { display: inline; }
.tick { font-size: 12px; fill: var(--soft); } .sign { font-size: 11px; font-weight: 700;
  fill: var(--sign); pointer-events: none; }
.grid { stroke: var(--grid); } .line { fill: none; stroke: var(--main); stroke-width: 2; }
.filled { fill: var(--main); opacity: 0.12; } .point, .bar { fill: var(--main); }
.day.none { fill: var(--empty); } .ok { fill: var(--ok); color: var(--ok); }
.warning { fill: var(--warning); color: var(--amber); }
.failed { fill: var(--failed); color: var(--failed); }
.refused { fill: var(--refused); color: var(--refused); }
.step-dump { fill: #0ea5e9; } .step-verify-dumps { fill: #d946ef; }
.step-create { fill: #3b82f6; } .step-verify { fill: #ec4899; }
.step-inspect { fill: #64748b; } .step-check { fill: #f59e0b; }
.step-prune { fill: #8b5cf6; } .step-compact { fill: #14b8a6; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 600; } th, td { padding: 4px 16px 4px 0;
  border-bottom: 1px solid var(--edge); vertical-align: top; white-space: nowrap; }
td:last-child { white-space: normal; width: 60%; overflow-wrap: anywhere; } td b { font-weight: 600; }
@media (max-width: 640px) {
  body { padding: 16px 12px 32px; } section { padding: 12px; margin-top: 16px; }
  .tick { font-size: 15px; } svg.calendar .tick { font-size: 11px; }
  .runs, .runs tbody { display: block; } .runs thead { display: none; }
  .runs tr { display: flex; flex-wrap: wrap; gap: 0 14px; padding: 8px 0;
    border-bottom: 1px solid var(--edge); }
  .runs td { display: block; padding: 0; border: 0; width: auto; } .runs td:last-child { width: 100%; }
}
`;
