import { ExitCode } from "../../errors.ts";
import { find, findIncludes, VersionCollector } from "../../restore/find_paths.ts";
import { findReport, findText } from "../../restore/find_report.ts";
import { maskedJson } from "../../text/secret.ts";
import { knownArchivesOf, noteNewest } from "../archive_knowledge.ts";
import type { CliContext } from "../context.ts";
import { archiveIndexOf, readArchives, type ReadingFlags } from "../archive_session.ts";

/** The flags of `autoborg find`. */
interface FindFlags extends ReadingFlags {
  readonly last?: number;
  readonly all: boolean;
  readonly content: boolean;
  readonly json: boolean;
}

/** `autoborg find PATTERN`: says in which archives a path is, and how to get it back. */
export async function findVerb(this: CliContext, flags: FindFlags, pattern: string): Promise<void> {
  const includes = findIncludes(pattern, Deno.cwd());
  await readArchives(this, flags, async (session) => {
    const index = await archiveIndexOf(session);
    const known = knownArchivesOf(session);
    const archives = index.archives
      .filter(({ series }) => flags.all || series === session.config.name)
      .slice(0, flags.last);
    const collector = new VersionCollector();
    const left = await find(session.access, { archives, includes, content: flags.content }, {
      onFound: (found) => collector.add(found),
      onFailure: session.fail,
      onProgress: ({ label }, searched) => {
        const percent = 100 * searched / archives.length;
        const message = `${searched} of ${archives.length} archives`;
        const progress = { kind: "percent", percent, message } as const;
        session.progress.show({ repository: label, step: "find", progress });
      },
    });
    session.progress.clear();
    const { paths } = collector;
    const searched = archives.length - left.length;
    const notSearched = left.map(({ name }) => name);
    const report = () => findReport(pattern, paths, { searched, notSearched, known });
    this.print(
      flags.json
        ? `${maskedJson(report(), session.mask, 2)}\n`
        : session.mask(findText(paths, known)),
    );
    for (const { name } of left) session.tell(`warning: ${name} could not be looked into`);
    if (paths.length === 0) {
      session.tell(`found nothing that matches "${pattern}" in ${searched} archives`);
    }
    noteNewest(session, index, known);
    return paths.length === 0 || session.failed || left.length > 0 ? ExitCode.warning : ExitCode.ok;
  });
}
