/**
 * The colours of a mail. Inline styles are for all clients; those that follow the reader's choice of
 * a dark look (Apple Mail, Thunderbird, Outlook but on Windows) take the rules below instead. Gmail
 * knows neither of them: it darkens what is light by itself, so nothing may depend on a background.
 *
 * @module
 */

/** Colours on a light ground. */
export const LIGHT = {
  page: "#f6f8fa",
  card: "#ffffff",
  text: "#1f2328",
  soft: "#59636e",
  rule: "#d0d7de",
  ok: "#1a7f37",
  warning: "#9a6700",
  failed: "#cf222e",
} as const;

const DARK = {
  page: "#0d1117",
  card: "#161b22",
  text: "#e6edf3",
  soft: "#9198a1",
  rule: "#3d444d",
  ok: "#3fb950",
  warning: "#d29922",
  failed: "#ff7b72",
} as const;

/** A class whose elements are recoloured in the dark. */
export type Colour = "text" | "soft" | "ok" | "warning" | "failed";

const TEXTS = ["text", "soft", "ok", "warning", "failed"] as const;

/** What stands in the head of a mail, for clients that have a dark look. */
export const DARK_HEAD = `<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
${[...texts(""), ...grounds("")].join("\n")}
.rule { border-color: ${DARK.rule} !important; }
}
</style>
<style>
${[...texts("[data-ogsc] "), ...grounds("[data-ogsb] ")].join("\n")}
</style>`;

/** Outlook's clients mark what they have recoloured with `data-ogsc` and `data-ogsb`. */
function texts(before: string): string[] {
  return TEXTS.map((name) => `${before}.${name} { color: ${DARK[name]} !important; }`);
}

function grounds(before: string): string[] {
  return (["page", "card"] as const).map((name) =>
    `${before}.${name} { background-color: ${DARK[name]} !important; }`
  );
}
