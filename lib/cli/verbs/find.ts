import { ExitCode } from "../../errors.ts";
import { ArchiveSearch } from "../../restore/archive_search.ts";
import { find, placesToSearch, searchPattern, VersionCollector } from "../../restore/find_paths.ts";
import { findReport, findText } from "../../restore/find_report.ts";
import { withFindIndex } from "../kept_index.ts";
import { maskedJson } from "../../text/secret.ts";
import { ownCommand } from "../../text/own_command.ts";
import { counted } from "../../text/units.ts";
import { knownArchivesOf, noteNewest } from "../archive_knowledge.ts";
import type { CliContext } from "../context.ts";
import { archiveIndexOf, readArchives, type ReadingFlags } from "../archive_session.ts";

interface FindFlags extends ReadingFlags {
  readonly last?: number;
  readonly all: boolean;
  readonly content: boolean;
  readonly json: boolean;
}

/** `autoborg find PATTERN`: says in which archives a path is, and how to get it back. */
export async function findVerb(this: CliContext, flags: FindFlags, pattern: string): Promise<void> {
  const sought = searchPattern(pattern, Deno.cwd());
  await readArchives(this, flags, async (session) => {
    const all = await archiveIndexOf(session);
    const known = knownArchivesOf(session);
    const archives = all.archives
      .filter(({ series }) => flags.all || series === session.config.name)
      .slice(0, flags.last);
    const places = placesToSearch(archives, (repository) => known.isPartial(repository));
    const repositoryIds = new Map(
      all.listed.map(({ label, repositoryId }) => [label, repositoryId]),
    );
    const { content } = flags;
    const { collector, unsearched } = await withFindIndex(
      session.config.paths.stateDir,
      async (index, scratch) => {
        for (const { repositoryId, archives } of all.listed) {
          index.keepOnly(repositoryId, new Set(archives));
        }
        const collector = new VersionCollector();
        const search = new ArchiveSearch(index, scratch, sought.matches);
        const request = { archives: places, pattern: sought, content, search, repositoryIds };
        const unsearched = await find(session.access, request, {
          onFound: (found) => collector.add(found),
          onFailure: session.fail,
          onProgress: ({ label }, searched) => {
            const percent = 100 * searched / places.length;
            const message = `${searched} of ${places.length} archives`;
            const progress = { kind: "percent", percent, message } as const;
            session.progress.show({ repository: label, step: "find", progress });
          },
        });
        return { collector, unsearched };
      },
    );
    session.progress.clear();
    const left = archives.filter(({ name }) => unsearched.some((one) => one.name === name));
    const { paths } = collector;
    const searched = archives.length - left.length;
    const notSearched = left.map(({ name }) => name);
    const report = () => findReport(pattern, paths, { searched, notSearched, known });
    this.print(
      flags.json
        ? `${maskedJson(report(), session.mask, 2)}\n`
        : session.mask(findText(paths, known)),
    );
    for (const { name } of left) session.tell(`warning: ${name} could not be searched`);
    if (paths.length === 0) {
      session.tell(`no match for "${pattern}" in ${counted(searched, "archive", "archives")}`);
      if (/^[^/*?[\]{}]+$/.test(pattern)) {
        session.tell(`  hint: For a part of a name: ${ownCommand("find", `*${pattern}*`)}`);
      }
    }
    noteNewest(session, all, known);
    return paths.length === 0 || session.failed || left.length > 0 ? ExitCode.warning : ExitCode.ok;
  });
}
