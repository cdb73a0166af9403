/** How large each source is, as the last inspection saw it. Pure. @module */

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
  let kept: unknown;
  try {
    kept = JSON.parse(text ?? "{}");
  } catch {
    return [];
  }
  if (typeof kept !== "object" || kept === null || !("figures" in kept)) return [];
  return Array.isArray(kept.figures) ? kept.figures.flatMap(figureOf) : [];
}

function figureOf(value: unknown): SourceStatus[] {
  if (typeof value !== "object" || value === null) return [];
  if (!("path" in value) || typeof value.path !== "string") return [];
  const files = "files" in value ? countOf(value.files) : null;
  const bytes = "bytes" in value ? countOf(value.bytes) : null;
  return [{ path: value.path, files, bytes }];
}

function countOf(value: unknown): number | null {
  return typeof value === "number" && value >= 0 ? value : null;
}
