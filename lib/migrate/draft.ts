/** The configuration while it is being made, and its text. @module */
import { parse } from "smol-toml";
import { checkDocument } from "../config/checks.ts";
import { FILL_IN, formatPath, type KeyPath } from "../config/config_problem.ts";
import { configSchema } from "../config/config_schema.ts";
import { printableLine } from "../text/printable.ts";
import { tomlValue } from "../text/toml_value.ts";
import { asPath, asText, find, isEmpty, type Row, unreadPart } from "./settings.ts";
import type { Setting, Settings, TomlValue } from "./settings.ts";

/** Something that a person should know, or must decide. */
export interface Note {
  /** The line of the script, if it is about one. */
  readonly line: number | undefined;
  readonly message: string;
}

interface Cell {
  readonly value: TomlValue;
  readonly from: Setting | undefined;
  readonly isOpen?: true;
}

/** A table of the configuration. */
export class Table {
  readonly cells = new Map<string, Cell>();
  readonly comments: string[] = [];

  constructor(readonly draft: Draft, readonly path: KeyPath) {}

  /** Sets a key; where its value is from is shown behind it. */
  set(key: string, value: TomlValue, from?: Setting): void {
    this.cells.set(key, { value, from });
  }

  /** Leaves the value of a key to a person. */
  fillIn(key: string, line: number | undefined, message: string, from?: Setting): void {
    this.draft.open.push({ line, message: `${formatPath([...this.path, key])}: ${message}` });
    const value = `${FILL_IN} ${line === undefined ? "" : `line ${line}: `}${message}`;
    this.cells.set(key, { value, from, isOpen: true });
  }

  /** Says something in the file as well. */
  note(line: number | undefined, message: string): void {
    this.draft.notes.push({ line, message });
    this.comments.push(line === undefined ? message : `Line ${line}: ${message}`);
  }

  /** Takes over the settings that there are. */
  takeAll(rows: readonly Row[], settings: Settings): void {
    for (const [form, key, read] of rows) {
      const setting = find(settings, form);
      if (setting !== undefined && !isEmpty(setting)) this.take(key, setting, read);
    }
  }

  /** Sets a key to a value of the script, or leaves it to a person when it can't be read. */
  take(key: string, from: Setting, read: Row[2]): void {
    const unread = unreadPart(from);
    const value = unread === undefined ? read(from) : undefined;
    const { line, reason = "has the wrong type" } = unread ?? from;
    if (value === undefined) this.fillIn(key, line, `${from.name} ${reason}`, from);
    else if (value !== null) this.set(key, value, from);
  }

  /** Sets a key to a secret of the script, or to the file that the script reads it from. */
  takeSecret(key: string, from: Setting, file: string): void {
    const { name, line, data, file: path } = from;
    if (path !== undefined) {
      this.note(line, `${name}: a line break at the end of the file is not part of it`);
      this.take(`${key}_file`, { name, line, data: path }, asPath);
    } else if (!this.draft.separatesSecrets || typeof data !== "string" || /^$|\0/.test(data)) {
      // Those that no file can hold are refused as values.
      this.take(key, from, asText);
    } else {
      this.set(`${key}_file`, file, from);
      // One line break at the end of the file is not part of the secret.
      this.draft.secrets.set(file, data.endsWith("\r") ? data : `${data}\n`);
    }
  }
}

/** What is made of a script. */
export class Draft {
  /** What a person should know. */
  readonly notes: Note[] = [];
  /** What a person must decide. */
  readonly open: Note[] = [];
  /** The secrets by the names of their files, if they are separated. */
  readonly secrets = new Map<string, string>();
  readonly tables: Table[] = [];
  /** What stands before the first table. */
  readonly top: Table = this.table();

  constructor(readonly separatesSecrets: boolean) {}

  /** Adds a table. */
  table(...path: KeyPath): Table {
    const table = new Table(this, path);
    this.tables.push(table);
    return table;
  }

  /** Leaves to a person what `check-config` would refuse. */
  settle(): void {
    const document = parse(this.toml);
    const issues = (configSchema.safeParse(document).error?.issues ?? []).map((issue) => {
      const isSentence = issue.code === "custom" && issue.params?.statement === true;
      const message = isSentence ? issue.message : `expected ${issue.message}`;
      return { path: issue.path, message };
    });
    for (const { path, message } of [...issues, ...checkDocument(document, { directory: "/" })]) {
      const table = this.tables.findLast((one) => one.path.every((step, at) => step === path[at]));
      // Only that there is nothing to back up is about a table as a whole.
      const key = String(path[table?.path.length ?? 0] ?? "directories");
      const { isOpen, from } = table?.cells.get(key) ?? {};
      if (isOpen) continue;
      const name = from === undefined ? "not in the script, " : `${from.name}: `;
      table?.fillIn(key, from?.line, name + message);
    }
  }

  /** The configuration. */
  get toml(): string {
    const blocks = this.tables.map(({ path: [name, index], cells, comments }) =>
      [
        ...comments.map((comment) => `# ${printableLine(comment)}`.trimEnd()),
        ...name === undefined || cells.size === 0
          ? []
          : [index === undefined ? `[${name}]` : `[[${name}]]`],
        ...[...cells].map(([key, cell]) => `${key} = ${writeValue(cell)}`),
      ].join("\n")
    );
    return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
  }
}

function writeValue({ value, from, isOpen }: Cell): string {
  const origin = from && !isOpen ? ` # ${printableLine(from.name)}, line ${from.line}` : "";
  if (typeof value !== "object") return tomlValue(value) + origin;
  return `[${origin}\n${value.map((item) => `  ${tomlValue(item)},\n`).join("")}]`;
}
