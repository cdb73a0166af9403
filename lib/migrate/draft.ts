/** The configuration while it is being made, and its text. @module */
import { parse } from "smol-toml";
import { checkDocument } from "../config/checks.ts";
import { FILL_IN } from "../config/config_problem.ts";
import { configSchema } from "../config/config_schema.ts";
import { printableLine } from "../text/printable.ts";
import { tomlValue } from "../text/toml_value.ts";
import { asPath, asText, find, isEmpty, type Row } from "./settings.ts";
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
  readonly isOpen: boolean;
}

/** What is made of a script. */
export class Draft {
  /** What a person should know. */
  readonly notes: Note[] = [];
  /** What a person must decide. */
  readonly open: Note[] = [];
  /** The secrets by the names of their files, if they are separated. */
  readonly secrets = new Map<string, string>();
  /** The values by their ways, such as `repositories.0.url`. */
  readonly cells = new Map<string, Cell>();

  constructor(readonly head: string, readonly separatesSecrets: boolean) {}

  /** Notes what a person should know. */
  note(line: number | undefined, message: string): void {
    this.notes.push({ line, message });
  }

  /** The setting that a key is from. */
  from(key: string): Setting | undefined {
    return this.cells.get(key)?.from;
  }

  /** Sets a key; where its value is from is shown behind it. */
  set(key: string, value: TomlValue, from?: Setting): void {
    this.cells.set(key, { value, from, isOpen: false });
  }

  /** Leaves the value of a key to a person; the message completes "NAME …". */
  fillIn(key: string, from: Setting | undefined, message: string): void {
    const { name = "the script", line } = from ?? {};
    this.open.push({ line, message: `${key.replace(/\.(\d+)/, "[$1]")}: ${name} ${message}` });
    const value = `${FILL_IN} ${line === undefined ? "" : `line ${line}: `}${name} ${message}`;
    this.cells.set(key, { value, from, isOpen: true });
  }

  /** Takes over the settings that there are. */
  takeAll(rows: readonly Row[], settings: Settings, table = ""): void {
    for (const [form, key, read] of rows) {
      const setting = find(settings, form);
      if (setting !== undefined && !isEmpty(setting)) this.take(table + key, setting, read);
    }
  }

  /** Sets a key to a value of the script, or leaves it to a person when it can't be read. */
  take(key: string, from: Setting, read: Row[2]): void {
    const value = from.data === undefined ? undefined : read(from);
    if (value === undefined) this.fillIn(key, from, from.reason ?? "has the wrong type");
    else if (value !== null) this.set(key, value, from);
  }

  /** Sets a key to a secret of the script, or to the file that the script reads it from. */
  takeSecret(key: string, from: Setting, file: string): void {
    const { name, line, data, file: path } = from;
    if (path !== undefined) {
      this.note(line, `${name}: a line break at the end of the file is not part of it`);
      this.take(`${key}_file`, { name, line, data: path }, asPath);
    } else if (!this.separatesSecrets || typeof data !== "string" || /^$|\0/.test(data)) {
      // Those that no file can hold are refused as values.
      this.take(key, from, asText);
    } else {
      this.set(`${key}_file`, file, from);
      // One line break at the end of the file is not part of the secret.
      this.secrets.set(file, data.endsWith("\r") ? data : `${data}\n`);
    }
  }

  /** Leaves to a person what `check-config` would refuse. */
  settle(): void {
    const document = parse(this.toml);
    const issues = (configSchema.safeParse(document).error?.issues ?? []).map((issue) => {
      const isSentence = issue.code === "custom" && issue.params?.statement === true;
      return { ...issue, message: isSentence ? issue.message : `expected ${issue.message}` };
    });
    for (const { path, message } of [...issues, ...checkDocument(document, { directory: "/" })]) {
      const way = path.slice(0, path[0] === "repositories" ? 3 : 2).join(".");
      // Only that there is nothing to back up is about a table as a whole.
      const key = way === "sources" ? "sources.directories" : way;
      const { isOpen, from } = this.cells.get(key) ?? {};
      const why = from === undefined ? "has no such setting" : "is refused";
      if (isOpen !== true) this.fillIn(key, from, `${why}: ${message}`);
    }
  }

  /** The configuration, with the notes on top. */
  get toml(): string {
    const notes = this.notes.map(({ line, message }) =>
      line === undefined ? message : `Line ${line}: ${message}`
    );
    const head = [...this.head.split("\n"), ...notes];
    const tables = Map.groupBy(this.cells, ([key]) => key.replace(/\.?\w+$/, ""));
    const blocks = [...tables].map(([table, cells]) => [
      ...table === "" ? [] : [table.replace(/^(\w+)$/, "[$1]").replace(/^(\w+)\..*$/, "[[$1]]")],
      ...cells.map(([key, cell]) => `${key.replace(/^.*\./, "")} = ${writeValue(cell)}`),
    ]);
    const comments = head.map((line) => `# ${printableLine(line)}`.trimEnd());
    return `${[comments, ...blocks].map((lines) => lines.join("\n")).join("\n\n")}\n`;
  }
}

function writeValue({ value, from, isOpen }: Cell): string {
  const origin = from && !isOpen ? ` # ${printableLine(from.name)}, line ${from.line}` : "";
  if (typeof value !== "object") return tomlValue(value) + origin;
  return `[${origin}\n${value.map((item) => `  ${tomlValue(item)},\n`).join("")}]`;
}
