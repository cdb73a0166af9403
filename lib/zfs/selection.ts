/** Which datasets are backed up, and what that leaves out. @module */
import { aboutSources, failure, type Problem, warning } from "../problem.ts";
import { commandLine } from "../text/printable.ts";
import type { Dataset } from "./dataset_list.ts";
import { LONGEST_NAME, poolOf } from "./dataset_names.ts";

/** What the configuration asks of one pool. */
interface SelectionRequest {
  /** All datasets of the pool. */
  readonly datasets: readonly Dataset[];
  /** The names that the configuration has for this pool. */
  readonly wanted: readonly string[];
  readonly recursive: boolean;
  readonly exclude: readonly string[];
  /** The part of the snapshots' names behind the `@`. */
  readonly label: string;
}

/** What can be snapshotted and mounted. */
interface Selection {
  readonly selected: readonly Dataset[];
  readonly problems: readonly Problem[];
}

/** How many datasets a warning names. */
const NAMED = 5;

/** Picks the datasets that are asked for and can be backed up. */
export function selectDatasets(request: SelectionRequest): Selection {
  const byName = new Map(request.datasets.map((dataset) => [dataset.name, dataset]));
  const excluded = exclusion(request.exclude);
  const problems: Problem[] = [];
  const asked = new Set<Dataset>();
  for (const name of new Set(request.wanted)) {
    const dataset = byName.get(name);
    if (dataset === undefined) {
      const problem = failure(
        `Cannot back up the dataset "${name}": it does not exist`,
        `Correct zfs.datasets; check "${commandLine(["zfs", "list", "-r", poolOf(name)])}"`,
      );
      problems.push(aboutSources(problem, name));
      continue;
    }
    const below = (other: Dataset) => request.recursive && other.name.startsWith(`${name}/`);
    for (const other of request.datasets) {
      if ((other === dataset || below(other)) && !excluded(other.name)) asked.add(other);
    }
  }
  const selected = [...asked].filter((dataset) => {
    const problem = datasetProblem(dataset, request);
    if (problem !== undefined) problems.push(aboutSources(problem, dataset.name));
    return problem === undefined;
  });
  const left = unselectedBelow(request, asked, excluded);
  if (left !== undefined) problems.push(left);
  return { selected: selected.toSorted(byDatasetName), problems };
}

function byDatasetName(a: Dataset, b: Dataset): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** Says why a dataset can't be backed up. */
export function datasetProblem(
  dataset: Dataset,
  request: Pick<SelectionRequest, "wanted" | "label">,
): Problem | undefined {
  const { name } = dataset;
  if (dataset.type === "volume") {
    const message = `Cannot back up "${name}": it is a volume, which has no files to mount`;
    const hint = `Back up its contents from the system that uses it, and add "${name}" to ` +
      `zfs.exclude`;
    return request.wanted.includes(name) ? failure(message, hint) : warning(message, hint);
  }
  if (dataset.locked) {
    return failure(
      `Cannot back up the dataset "${name}": its encryption key is not loaded`,
      `Load it before the backup: zfs load-key "${name}"`,
    );
  }
  // Names of datasets are ASCII: characters are bytes.
  const length = name.length + 1 + request.label.length;
  if (length <= LONGEST_NAME) return undefined;
  return failure(
    `Cannot back up the dataset "${name}": the name of its snapshot would have ${length} ` +
      `characters, and ZFS allows ${LONGEST_NAME}`,
    `Give the configuration a shorter name, or rename the dataset`,
  );
}

/** A dataset's snapshot does not hold its children: they are empty directories in it. */
function unselectedBelow(
  request: SelectionRequest,
  asked: ReadonlySet<Dataset>,
  excluded: (name: string) => boolean,
): Problem | undefined {
  if (request.recursive) return undefined;
  const left = request.datasets.filter((dataset) =>
    !asked.has(dataset) && !excluded(dataset.name) && dataset.type === "filesystem" &&
    request.wanted.some((name) => dataset.name.startsWith(`${name}/`))
  );
  if (left.length === 0) return undefined;
  const names = left.slice(0, NAMED).map(({ name }) => `"${name}"`).join(", ");
  const more = left.length > NAMED ? ` and ${left.length - NAMED} more` : "";
  const message = `Not backed up, because they are below selected datasets but not selected ` +
    `themselves: ${names}${more}`;
  return warning(
    message,
    "Add them to zfs.datasets, set zfs.recursive = true, or name them in zfs.exclude",
  );
}

/** Whether a dataset belongs to a selection, whether it exists or not. */
export function isWanted(
  { wanted, recursive, exclude }: Pick<SelectionRequest, "wanted" | "recursive" | "exclude">,
  name: string,
): boolean {
  if (exclusion(exclude)(name)) return false;
  return wanted.some((one) => name === one || (recursive && name.startsWith(`${one}/`)));
}

/**
 * Makes the test that `zfs.exclude` stands for. A name excludes that dataset alone. In a glob `*`
 * and `?` stay within one component and `**` crosses them.
 */
export function exclusion(patterns: readonly string[]): (dataset: string) => boolean {
  const tests = patterns.map((pattern) => new RegExp(`^${globSource(pattern)}$`));
  return (dataset) => tests.some((test) => test.test(dataset));
}

function globSource(pattern: string): string {
  return pattern.replace(/\*\*|\*|\?|[\\^$.|+()[\]{}]/g, (found) => {
    if (found === "**") return ".*";
    if (found === "*") return "[^/]*";
    if (found === "?") return "[^/]";
    return `\\${found}`;
  });
}
