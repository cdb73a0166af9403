/**
 * Compares the repositories of a configuration that lie on this machine with its sources: one that is
 * archived into another one, or into itself from a snapshot, grows with every run, and one that lies
 * on the disk of its sources is lost together with them.
 *
 * @module
 */
import { dirname, join, relative } from "node:path";
import { inTime } from "../async/deadline.ts";
import type { Problem } from "../problem.ts";
import { asPrinted, type MountLine, parseMountLine, readMountTable } from "../zfs/mount_table.ts";
import { type DiskPlace, diskProblem, mountOf } from "./repository_disk.ts";
import type { DiscoveryTools } from "./snapshot_source.ts";
import type { StagedSources } from "./staging.ts";
import type { OwnRepository } from "./source_selection.ts";
import { look, type StagingFiles } from "./staging_files.ts";

/** Where something that is archived lies. */
export interface ArchivedPlace {
  readonly live: string;
  /** Its path in the archive; the root directory is the empty string. */
  readonly at: string;
  /** The path of a directory or the name of a dataset. */
  readonly name: string;
}

/** A repository that lies below a source. */
interface RepositoryBelow {
  readonly repository: OwnRepository;
  readonly source: string;
  /** Where the archive would have it. */
  readonly paths: readonly string[];
  /** Where it is seen now. */
  readonly live: readonly string[];
}

/** How the repositories and the sources lie to each other. */
interface RepositoryPlaces {
  readonly below: readonly RepositoryBelow[];
  /** What is wrong with the disks of repositories, by their labels. */
  readonly disks: ReadonlyMap<string, Problem>;
}

type Tools = Pick<DiscoveryTools, "run" | "files">;

/** How long a look at a directory may take, in milliseconds. */
const TIMEOUT = 10_000;

/**
 * Finds the repositories that lie below a source, by whatever path, link or bind mount it is reached,
 * and those on the disk of a source. What does not exist, or does not answer, is skipped: Borg
 * will say so. `mount` is started when there is such a repository.
 */
export async function locateRepositories(
  { run, files }: Tools,
  repositories: readonly OwnRepository[],
  places: readonly ArchivedPlace[],
): Promise<RepositoryPlaces> {
  if (repositories.length === 0) return { below: [], disks: new Map() };
  const table = await readMountTable(run);
  const mounts = table.kind === "read"
    ? table.lines.flatMap((one) => parseMountLine(one) ?? [])
    : [];
  const seen = await Promise.all(places.map((place) => seePlace(files, place)));
  const sources = seen.filter((place) => place !== undefined);
  const chains = await Promise.all(repositories.map(({ path }) => ancestry(files, path)));
  // A bind mount has the source of what it shows; others, which may hang, are not looked at.
  const shown = new Set(
    chains.flatMap(([place]) =>
      place === undefined ? [] : mountOf(place.real, mounts)?.source ?? []
    ),
  );
  const binds = mounts.filter(({ source }) => shown.has(source));
  const views = [...sources, ...await mountedBelow(files, sources, binds)];
  const below: RepositoryBelow[] = [];
  const disks = new Map<string, Problem>();
  for (const [index, repository] of repositories.entries()) {
    const chain = chains[index] ?? [];
    const [place] = chain;
    if (place === undefined) continue;
    const found = chain.flatMap((above) =>
      views.filter((view) => isSame(view, above)).map((view) => ({
        source: view.source,
        path: join(view.at, relative(above.real, place.real)),
        live: join(view.live, relative(above.real, place.real)),
      }))
    );
    const paths = [...new Set(found.map(({ path }) => path))];
    const source = found[0]?.source;
    const live = [...new Set(found.map((one) => one.live))];
    if (source !== undefined) below.push({ repository, source, paths, live });
    const own = sources.filter(({ name }) => repository.gets?.(name) ?? true);
    const problem = diskProblem(repository, chain, own, mounts);
    if (problem !== undefined) disks.set(repository.label, problem);
  }
  return { below, disks };
}

/** The sources without the repositories that lie below them. */
export function withoutRepositories(
  sources: StagedSources | undefined,
  below: readonly RepositoryBelow[],
): StagedSources | undefined {
  const repositories = below.flatMap(({ paths }) => paths);
  return sources === undefined || repositories.length === 0
    ? sources
    : { ...sources, repositories };
}

/** Says that a repository is not archived. */
export function describeBelow({ repository: { label, path }, source }: RepositoryBelow): string {
  const where = path === source ? "is itself a source" : `is below the source "${source}"`;
  return `The repository "${label}" at "${path}" ${where} and is excluded from the archives`;
}

interface SeenPlace extends DiskPlace {
  readonly ino: number | null;
}

interface View extends SeenPlace {
  readonly at: string;
  readonly name: string;
  /** The source that it belongs to. */
  readonly source: string;
}

function isSame(one: SeenPlace, other: SeenPlace): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

async function seePlace(
  files: StagingFiles,
  { live, at, name }: ArchivedPlace,
): Promise<View | undefined> {
  try {
    const real = await inTime(files.realPath(live), TIMEOUT);
    const { dev, ino } = await look(files, real, TIMEOUT);
    return { live, real, dev, ino, at, name, source: live };
  } catch {
    // A source that is missing has a problem of its own.
    return undefined;
  }
}

/** What is mounted below a source may show the directory of a repository once more. */
async function mountedBelow(
  files: StagingFiles,
  sources: readonly View[],
  mounts: readonly MountLine[],
): Promise<readonly View[]> {
  const views: View[] = [];
  for (const { real, at, name, source } of sources) {
    const start = asPrinted(real === "/" ? "/" : `${real}/`);
    for (const { target } of mounts.filter((mount) => mount.target.startsWith(start))) {
      const inside = join(at, relative(real, target));
      const view = await seePlace(files, { live: target, at: inside, name });
      if (view !== undefined) views.push({ ...view, source });
    }
  }
  return views;
}

/** A path without symbolic links, and all directories above it; empty when it is not there. */
async function ancestry(files: StagingFiles, path: string): Promise<readonly SeenPlace[]> {
  const chain: SeenPlace[] = [];
  try {
    let real = await inTime(files.realPath(path), TIMEOUT);
    while (true) {
      const { dev, ino } = await look(files, real, TIMEOUT);
      chain.push({ live: path, real, dev, ino });
      if (real === dirname(real)) return chain;
      real = dirname(real);
    }
  } catch {
    return [];
  }
}
