/**
 * The metrics can't be written.
 *
 * @module
 */
import type { Fault } from "../fault.ts";
import { fail } from "../seams.ts";

const NEW = /autoborg\.prom\..*\.new$/;
const NO_METRICS = { state: "warning", code: 1, unwritten: ["metrics"] } as const;

export const faults: readonly Fault[] = [
  {
    name: "run says so when the metrics can't be put in their place",
    inject: () => fail("rename", NEW, "EIO"),
    expected: { ...NO_METRICS, named: /metrics.*[Ii]nput\/output error/ },
    guard: {
      file: "lib/backup/session.ts",
      find: 'found = [{ ...problem, severity: problem.internal ? "error" : "warning", message }];',
      replace: "found = [];",
    },
  },
  {
    name: "run leaves no half a file when the disk of the metrics is full",
    inject: () => fail("write", NEW, "ENOSPC"),
    more: ({ place }) => {
      const names = [...Deno.readDirSync(place.at("metrics"))].map(({ name }) => name);
      const halves = names.filter((name) => name !== "other.prom");
      if (halves.length > 0) throw new Error(`expected nothing new, found ${halves}`);
    },
    expected: { ...NO_METRICS, named: /metrics.*[Nn]o space left/ },
    guard: {
      file: "lib/files/durable_file.ts",
      find: "    removeIfThere(temporary);\n    throw error;",
      replace: "    throw error;",
    },
  },
  {
    name: "run says so when there is no directory for the metrics",
    config: { metrics: { textfile: "nowhere/autoborg.prom" } },
    repair: ({ place }) => Deno.mkdir(place.at("nowhere")),
    expected: { ...NO_METRICS, named: /metrics.*(does not exist|No such file)/ },
    guard: {
      file: "lib/cli/run_metrics.ts",
      find:
        "return writeMetrics(history.past, options, { now, own, ...(reported ? {} : { began }) });",
      replace: "return [];",
    },
  },
];
