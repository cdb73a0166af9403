/**
 * The configuration while it is being made, and its text.
 *
 * @module
 */
import { checkDocument } from "../config/checks.ts";
import { formatPath, type KeyPath } from "../config/config_problem.ts";
import { configSchema } from "../config/config_schema.ts";
import { FILL_IN } from "../config/config_problem.ts";
import { printableLine } from "../text/printable.ts";
import type { Value } from "./script.ts";
import { asPath, type Setting, unreadPart } from "./settings.ts";

/** Something that a person should know, or must decide. */
export interface Note {
  /** The line of the script, if it is about one. */
  readonly line: number | undefined;
  readonly message: string;
}

/** A value as the configuration has it. */
export type TomlValue = string | number | boolean | readonly string[];

interface Cell {
  readonly value: TomlValue;
  readonly from?: Setting | undefined;
  readonly isOpen?: true;
}

/** A table of the configuration. */
export class Table {
  readonly cells = new Map<string, Cell>();
  readonly comments: string[] = [];

  /**
   * @param draft what it belongs to
   * @param path the way to it
   */
  constructor(readonly draft: Draft, readonly path: KeyPath) {}

  /** Sets a key; where its value is from is shown behind it. */
  set(key: string, value: TomlValue, from?: Setting): void {
    this.cells.set(key, { value, from });
  }

  /** Leaves the value of a key to a person. */
  fillIn(key: string, line: number | undefined, message: string): void {
    this.draft.open.push({ line, message: `${formatPath([...this.path, key])}: ${message}` });
    const value = `${FILL_IN} ${line === undefined ? "" : `line ${line}: `}${message}`;
    this.cells.set(key, { value, isOpen: true });
  }

  /** Says something in the file as well. */
  note(line: number | undefined, message: string): void {
    this.draft.notes.push({ line, message });
    this.comments.push(line === undefined ? message : `Line ${line}: ${message}`);
  }

  /** Sets a key to a value of the script, or leaves it to a person when it can't be read. */
  take(key: string, from: Setting, read: (value: Value) => TomlValue | undefined): void {
    const unread = unreadPart(from.value);
    const value = unread === undefined ? read(from.value) : undefined;
    if (value !== undefined) return this.set(key, value, from);
    const { line, reason } = unread ?? { ...from.value, reason: "is of another kind than needed" };
    this.fillIn(key, line, `${from.name} ${reason}`);
  }

  /** Sets a key to a secret of the script, or to the file that the script reads it from. */
  takeSecret(key: string, from: Setting, file: string): void {
    const { line } = from.value;
    if (from.value.kind === "file") {
      this.note(line, `${from.name}: a line break at the end of the file is not part of it`);
      const path = { kind: "text", line, text: from.value.path } as const;
      return this.take(`${key}_file`, { name: from.name, value: path }, asPath);
    }
    const secret = from.value.kind === "text" ? from.value.text : "";
    const { secrets } = this.draft;
    // Those that no file can hold are refused as values.
    if (secrets === undefined || secret === "" || secret.includes("\0")) {
      return this.take(key, from, (value) => value.kind === "text" ? secret : undefined);
    }
    this.set(`${key}_file`, file, from);
    // One line break at the end of the file is not part of the secret.
    secrets.set(file, secret.endsWith("\r") ? secret : `${secret}\n`);
  }
}

/** A configuration. */
export class Draft {
  readonly notes: Note[] = [];
  readonly open: Note[] = [];
  readonly tables: Table[] = [];
  /** What stands before the first table. */
  readonly top: Table = this.table();

  /** @param secrets collects the files of secrets; `undefined`: they stay in the configuration */
  constructor(readonly secrets: Map<string, string> | undefined) {}

  /** Adds a table. */
  table(...path: KeyPath): Table {
    const table = new Table(this, path);
    this.tables.push(table);
    return table;
  }

  /** Leaves to a person what `check-config` would refuse. */
  settle(): void {
    const document: Record<string, unknown> = {};
    const repositories: unknown[] = [];
    for (const { path: [name, index], cells } of this.tables) {
      const keys = Object.fromEntries([...cells].map(([key, { value }]) => [key, value]));
      if (index !== undefined) repositories.push(keys);
      else if (name === undefined) Object.assign(document, keys);
      else if (cells.size > 0) document[name] = keys;
    }
    if (repositories.length > 0) document.repositories = repositories;
    const { error } = configSchema.safeParse(document);
    const issues = (error?.issues ?? []).map((issue) => ({
      path: issue.path.map((step) => typeof step === "symbol" ? String(step) : step),
      message: issue.code === "custom" && issue.params?.statement === true
        ? issue.message
        : `expected ${issue.message}`,
    }));
    for (const { path, message } of [...issues, ...checkDocument(document, { directory: "/" })]) {
      const table = this.tables.findLast((one) => one.path.every((step, at) => step === path[at]));
      // Only that there is nothing to back up is about a table as a whole.
      const key = String(path[table?.path.length ?? 0] ?? "directories");
      const cell = table?.cells.get(key);
      if (cell?.isOpen) continue;
      const name = cell?.from === undefined ? "not in the script, " : `${cell.from.name}: `;
      table?.fillIn(key, cell?.from?.value.line, name + message);
    }
  }

  /** The text of the file. */
  toml(): string {
    const blocks = this.tables.map(({ path: [name, index], cells, comments }) => {
      const header = name === undefined ? [] : [index === undefined ? `[${name}]` : `[[${name}]]`];
      return [
        ...comments.map((comment) => `# ${printableLine(comment)}`.trimEnd()),
        ...cells.size > 0 ? header : [],
        ...[...cells].map(([key, cell]) => `${key} = ${writeValue(cell)}`),
      ].join("\n");
    });
    return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
  }
}

function writeValue({ value, from }: Cell): string {
  const origin = from === undefined
    ? ""
    : ` # ${printableLine(from.name)}, line ${from.value.line}`;
  if (typeof value === "string") return writeString(value) + origin;
  if (typeof value !== "object") return `${value}${origin}`;
  return `[${origin}\n${value.map((item) => `  ${writeString(item)},\n`).join("")}]`;
}

/** A basic string of TOML; everything that can't be seen is an escape. */
function writeString(text: string): string {
  // JSON leaves alone: marks of direction, separators and the upper control characters.
  return JSON.stringify(text).replace(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const digits = (character.codePointAt(0) ?? 0).toString(16);
    return digits.length > 4 ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
  });
}
