/** Elements of HTML and SVG as text. What comes from outside is escaped here. @module */
import { printableLine } from "./printable.ts";

/** Text that is already markup. */
export class Markup {
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

/** Escapes a printable text for HTML and XML, as text or in a quoted attribute. */
export function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

function escape(text: string): string {
  return escapeMarkup(printableLine(text.toWellFormed()));
}

/** An entry of a legend: a small square of the class, and a text. */
export function legendEntry(className: string, text: string): Markup {
  const box = element("rect", { class: className, width: 12, height: 12, rx: 2 });
  const sign = element("svg", { viewBox: "0 0 12 12", width: 12, height: 12 }, box);
  return element("li", {}, sign, ` ${text}`);
}

function markupOf(child: Child): string {
  if (child instanceof Markup) return child.text;
  return typeof child === "string" ? escape(child) : child.map(markupOf).join("");
}

function attribute(value: string | number): string {
  return typeof value === "number" ? String(Math.round(value * 100) / 100) : escape(value);
}
