/**
 * Renders a terminal's output as an HTML page, colours included.
 *
 * @module
 */

/** The colours of SGR codes, as terminals with a dark ground have them. */
const COLOURS: Readonly<Record<string, string>> = {
  "31": "#ff7b72",
  "32": "#3fb950",
  "33": "#d29922",
  "34": "#58a6ff",
  "35": "#bc8cff",
  "36": "#39c5cf",
  "90": "#8b949e",
};

/**
 * Draws what a command printed.
 *
 * @param command what was typed
 * @param text what was printed, with SGR codes
 * @returns a page of HTML
 */
export function terminalPage(command: string, text: string): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title></title><style>
body { margin: 0; background: #0d1117; color: #e6edf3; }
pre { margin: 0; padding: 16px 20px; font: 14px/1.45 "DejaVu Sans Mono", monospace; }
</style></head><body><pre><span style="color:#8b949e"># ${command}</span>
${coloured(text.trimEnd())}</pre></body></html>`;
}

function coloured(text: string): string {
  let open = 0;
  // deno-lint-ignore no-control-regex
  const painted = escaped(text).replace(/\x1b\[([\d;]*)m/g, (_, codes: string) => {
    const styles = codes.split(";").flatMap(styleOf);
    if (styles.length > 0) {
      open += 1;
      return `<span style="${styles.join(";")}">`;
    }
    const ends = "</span>".repeat(open);
    open = 0;
    return ends;
  });
  return painted + "</span>".repeat(open);
}

function styleOf(code: string): string[] {
  if (code === "1") return ["font-weight:bold"];
  if (code === "2") return ["opacity:0.7"];
  const colour = COLOURS[code];
  return colour === undefined ? [] : [`color:${colour}`];
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
