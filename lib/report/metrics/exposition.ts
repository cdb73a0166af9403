/**
 * The text format of Prometheus, as far as autoborg writes and reads it: gauges with labels. Pure.
 *
 * @module
 */

/** The labels of one series; their values may hold any text. */
export type Labels = Readonly<Record<string, string>>;

/** The values of a metric, each with its labels. */
export type Series = readonly (readonly [Labels, number])[];

/** A metric with all its series. */
export interface Metric {
  /** Without `autoborg_` before it. */
  readonly name: string;
  readonly help: string;
  readonly series: Series;
}

/** A metric as autoborg writes it; whatever else stands in a file is not ours. */
const FAMILY =
  /^# HELP autoborg_(\w+) .*\n# TYPE autoborg_\1 gauge\n(?:autoborg_\1\{.*\} [-+.\de]+\n)+$/;

/** The name of the configuration in its first metric. */
const OWNER = /^autoborg_info\{name="((?:[^"\\\n]|\\.)*)"/m;

/** Makes a metric. */
export function gauge(name: string, help: string, series: Series): Metric {
  return { name, help, series };
}

/** One series. */
export function single(labels: Labels, value: number): Series {
  return [[labels, value]];
}

/** A state as Prometheus has it: a series for each value, one of them 1. */
export function oneOf(
  labels: Labels,
  label: string,
  values: readonly string[],
  value: string | undefined,
): Series {
  return values.map((one) => [{ ...labels, [label]: one }, one === value ? 1 : 0]);
}

/** Writes metrics as text; those without a series are left out. */
export function exposition(metrics: readonly Metric[]): string {
  return metrics.map(familyText).join("");
}

/** Replaces metrics in a text of ours, or adds them; everything that is not ours is dropped. */
export function withMetrics(text: string, metrics: readonly Metric[]): string {
  const replaced = new Set(metrics.map(({ name }) => name));
  const kept = text.split(/^(?=# HELP )/m).filter((family) => {
    const name = FAMILY.exec(family)?.[1];
    return name !== undefined && !replaced.has(name);
  });
  return [...metrics.map(familyText), ...kept].join("");
}

/** Reads whose metrics a text holds: the name of a configuration. */
export function ownerOf(text: string): string | undefined {
  return OWNER.exec(text)?.[1]?.replaceAll(
    /\\(.)/g,
    (_, escaped: string) => escaped === "n" ? "\n" : escaped,
  );
}

/** Escapes the value of a label, which stands between quotes. */
export function escapeLabel(value: string): string {
  return value.toWellFormed().replaceAll("\\", "\\\\").replaceAll('"', '\\"')
    .replaceAll("\n", "\\n");
}

function familyText({ name, help, series }: Metric): string {
  if (series.length === 0) return "";
  const full = `autoborg_${name}`;
  const lines = series.map(([labels, value]) => `${full}{${labelText(labels)}} ${value}\n`);
  return `# HELP ${full} ${help}\n# TYPE ${full} gauge\n${lines.join("")}`;
}

function labelText(labels: Labels): string {
  return Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value)}"`).join(",");
}
