/** Whether a copy of a repository's key is kept. Pure. @module */
import { type KeyState, UNKNOWN_KEY } from "../../state/key_ledger.ts";
import { keyRemark, type KeyStanding, keyStanding } from "../../state/key_standing.ts";
import { isoTime } from "../run_report.ts";

/** What is known of the key of a repository. */
export interface KeyStatus {
  /** `changed`: a key was exported, and the repository has another one since. */
  readonly state: KeyStanding;
  readonly exportedAt: string | null;
  /** When a copy was last found to be right. */
  readonly checkedAt: string | null;
  /** What to do; `null`: nothing. */
  readonly remark: string | null;
}

/**
 * What is known of a key; `null` when a repository is not encrypted and has none.
 *
 * @param isUsed whether there was ever a backup: before that the repository may not even exist
 */
export function keyStatus(
  encryption: string,
  state: KeyState | undefined,
  isUsed: boolean,
): KeyStatus | null {
  if (encryption === "none") return null;
  const known = state ?? UNKNOWN_KEY;
  const { keptAt, checkedAt } = known;
  return {
    state: keyStanding(known),
    exportedAt: keptAt === null ? null : isoTime(keptAt),
    checkedAt: checkedAt === null ? null : isoTime(checkedAt),
    remark: isUsed ? keyRemark(known, encryption) ?? null : null,
  };
}
