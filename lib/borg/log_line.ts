/**
 * Reads one line of what Borg prints on standard error with `--log-json --progress --list`.
 * See "All about JSON" in Borg's manual.
 *
 * @module
 */
import { parseObject } from "../text/json.ts";
import { isOnFilesCache } from "./files_cache.ts";

/** How important Borg finds a message. */
export type BorgLevel = "debug" | "info" | "warning" | "error";

/** One line of Borg's. */
export type BorgLine =
  /** What Borg did with a file: `A`dded, `M`odified, `C`hanged while read, `E`rror, … */
  | { readonly kind: "file-status"; readonly status: string; readonly path: string }
  /** A message for people; `msgid` names the known ones. */
  | {
    readonly kind: "message";
    readonly level: BorgLevel;
    readonly text: string;
    readonly msgid: string | undefined;
  }
  /** How far `create` is. Sizes are in bytes. */
  | {
    readonly kind: "archive-progress";
    readonly files: number;
    readonly originalSize: number;
    readonly deduplicatedSize: number;
    readonly path: string;
  }
  /** How far any other command is. */
  | { readonly kind: "percent"; readonly percent: number; readonly message: string }
  /** A question and how it was answered: by our environment, as there is no terminal. */
  | { readonly kind: "question"; readonly text: string; readonly msgid: string | undefined }
  /** Borg has written down for good what it has done: a checkpoint, or all of it. */
  | { readonly kind: "commit" }
  /** Other progress without a number, and lines of kinds that this version does not know. */
  | { readonly kind: "other" }
  /** A line that is not JSON: from ssh, from Python itself, from a passphrase command. */
  | { readonly kind: "text"; readonly text: string };

/** Reads a line. Returns what it says; never throws, whatever the line holds. */
export function parseBorgLine(line: string): BorgLine {
  const fields = parseObject(line) ?? behindPrompt(line);
  if (fields === undefined) return { kind: "text", text: line };
  const type = fields.type;
  if (type === "file_status") {
    return { kind: "file-status", status: text(fields.status), path: text(fields.path) };
  }
  if (type === "log_message") return parseMessage(fields);
  if (type === "archive_progress") return parseArchiveProgress(fields);
  if (type === "progress_percent") return parsePercent(fields);
  if (type === "progress_message" && fields.msgid === "cache.commit" && fields.finished === true) {
    return { kind: "commit" };
  }
  if (typeof type === "string" && type.startsWith("question_")) {
    return { kind: "question", text: text(fields.message), msgid: optionalText(fields.msgid) };
  }
  return typeof type === "string" ? { kind: "other" } : { kind: "text", text: line };
}

/** What Borg says after it asked for a passphrase stands behind the question, on the same line. */
function behindPrompt(line: string): Record<string, unknown> | undefined {
  const at = line.indexOf('{"type": "log_message"');
  return at > 0 && /^Enter [^{]*: $/.test(line.slice(0, at))
    ? parseObject(line.slice(at))
    : undefined;
}

function parseMessage(fields: Record<string, unknown>): BorgLine {
  const msgid = optionalText(fields.msgid);
  const message = text(fields.message);
  const said = level(fields.levelname);
  // Borg warns of it, although nothing is lost but time.
  const isHarmless = said === "warning" && isOnFilesCache(message);
  return { kind: "message", level: isHarmless ? "info" : said, text: message, msgid };
}

function parseArchiveProgress(fields: Record<string, unknown>): BorgLine {
  if (fields.finished === true) return { kind: "other" };
  return {
    kind: "archive-progress",
    files: count(fields.nfiles),
    originalSize: count(fields.original_size),
    deduplicatedSize: count(fields.deduplicated_size),
    path: text(fields.path),
  };
}

function parsePercent(fields: Record<string, unknown>): BorgLine {
  const total = count(fields.total);
  if (fields.finished === true || total === 0) return { kind: "other" };
  const percent = Math.min(100, Math.max(0, 100 * count(fields.current) / total));
  // The message begins or ends with the same percentage in Borg's own rounding.
  const message = text(fields.message).replace(/^\s*[\d.]+%\s*|\s*[\d.]+%\s*$/, "");
  return { kind: "percent", percent, message };
}

function level(name: unknown): BorgLevel {
  if (name === "CRITICAL" || name === "ERROR") return "error";
  if (name === "WARNING") return "warning";
  return name === "DEBUG" ? "debug" : "info";
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function optionalText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : 0;
}
