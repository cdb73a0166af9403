import { UsageError } from "../../errors.ts";
import { pinnedArchive } from "../../text/pin_name.ts";
import { ownCommand } from "../../text/own_command.ts";
import { printableLine } from "../../text/printable.ts";
import { archiveIndexOf, readArchives, type ReadingFlags } from "../archive_session.ts";
import type { CliContext } from "../context.ts";
import { pinArchive, unpinArchive } from "../pinning.ts";
import { refreshMetrics } from "../run_metrics.ts";

interface PinFlags extends ReadingFlags {
  readonly reason?: string;
  readonly remove: boolean;
}

/** The longest reason, in characters. */
const LONGEST_REASON = 200;

/** `autoborg pin ARCHIVE`: keeps an archive out of every prune of ours, or no longer. */
export async function pinVerb(this: CliContext, flags: PinFlags, archive: string): Promise<void> {
  const reason = flags.reason?.trim();
  if (flags.remove && reason !== undefined) {
    throw new UsageError("Cannot combine --remove with --reason: expected one of them");
  }
  if (reason !== undefined) requireReason(reason);
  const pinned = pinnedArchive(archive);
  if (pinned !== undefined) {
    const remove = flags.remove ? ["--remove"] : [];
    throw new UsageError(
      `Cannot ${flags.remove ? "unpin" : "pin"} "${archive}": it is itself the pin of "${pinned}"`,
      { hint: ownCommand("pin", ...remove, pinned) },
    );
  }
  await readArchives(this, flags, async (session) => {
    const index = await archiveIndexOf(session);
    const request = { session, index, archive, at: this.now().getTime(), print: this.print };
    const code = flags.remove ? await unpinArchive(request) : await pinArchive(request, reason);
    await refreshMetrics(this, session.config);
    return code;
  });
}

function requireReason(reason: string): void {
  if (printableLine(reason) !== reason) {
    throw new UsageError(
      `Cannot store the reason "${printableLine(reason)}": expected one line without control ` +
        "characters",
    );
  }
  const { length } = [...reason];
  if (length <= LONGEST_REASON) return;
  throw new UsageError(
    `Cannot store a reason of ${length} characters: expected ${LONGEST_REASON} at most`,
  );
}
