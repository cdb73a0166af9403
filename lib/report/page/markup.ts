/**
 * Elements of HTML and SVG as text. What comes from outside is escaped here and nowhere else.
 *
 * @module
 */
import { printableLine } from "../../text/printable.ts";

/** Text that is already markup. */
export class Markup {
  /** The markup itself. */
  readonly text: string;

  /** @param text well-formed markup */
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in an element: markup as it is, text escaped. */
type Child = Markup | string | readonly Child[];

/** Attributes; numbers are rounded to what can be seen. */
type Attributes = Readonly<Record<string, string | number>>;

/** Makes an element; without children it closes itself, as XML and SVG have it. */
export function element(name: string, attributes: Attributes, ...children: Child[]): Markup {
  const start = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(value)}"`);
  const content = children.map(markupOf).join("");
  if (children.length === 0) return new Markup(`<${name}${start.join("")}/>`);
  return new Markup(`<${name}${start.join("")}>${content}</${name}>`);
}

/** Escapes a text for HTML and XML and makes control characters visible. */
function escape(text: string): string {
  return printableLine(text.toWellFormed()).replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

function markupOf(child: Child): string {
  if (child instanceof Markup) return child.text;
  return typeof child === "string" ? escape(child) : child.map(markupOf).join("");
}

function attribute(value: string | number): string {
  return typeof value === "number" ? String(Math.round(value * 100) / 100) : escape(value);
}
