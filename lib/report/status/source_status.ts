/** How large each source is, as the last inspection saw it. Pure. @module */
import { isRecord, parseJson } from "../../text/json.ts";

/** What the newest archive holds of a source. */
export interface SourceStatus {
  readonly path: string;
  /** Files in the archive, or at most those; `null`: not known. */
  readonly files: number | null;
  /** Bytes of these files when they were last counted; `null`: not known. */
  readonly bytes: number | null;
}

/** Reads what the ledger keeps as text; nothing where it is damaged. */
export function sourceStatus(text: string | undefined): readonly SourceStatus[] {
  const kept = parseJson(text ?? "");
  return isRecord(kept) && Array.isArray(kept.figures) ? kept.figures.flatMap(figureOf) : [];
}

function figureOf(value: unknown): SourceStatus[] {
  if (!isRecord(value) || typeof value.path !== "string") return [];
  return [{ path: value.path, files: countOf(value.files), bytes: countOf(value.bytes) }];
}

function countOf(value: unknown): number | null {
  return typeof value === "number" && value >= 0 ? value : null;
}
