/**
 * Names in a configuration that may be unfinished, invalid or absent: nothing is validated here, no
 * secret is looked at, and nothing that is wrong is an error.
 * @module
 */
import { dirname, resolve } from "node:path";
import { PING_LABEL } from "../../channels/channel.ts";
import { asArray, asTable } from "../../config/config_problem.ts";
import { DEFAULT_STATE_DIR } from "../../config/paths.ts";
import { readSmallText } from "../../files/small_file.ts";

/** What a configuration names. */
export interface ConfiguredNames {
  /** The name of the configuration; "": it has none. */
  readonly name: string;
  /** Where the history is; an absolute path. */
  readonly stateDir: string;
  readonly repositories: readonly { readonly label: string; readonly url: string }[];
  /** What a report can be sent to: the mails, and each channel by its label. */
  readonly channels: readonly string[];
  /** Absolute paths. */
  readonly directories: readonly string[];
  /** Datasets such as `tank/data`. */
  readonly datasets: readonly string[];
}

/** Nobody waits for a file that is larger, while a key is held down. */
const LARGEST = 1024 * 1024;

/** Reads the names. */
export async function readConfiguredNames(path: string): Promise<ConfiguredNames> {
  const document = asTable(await readDocument(path));
  const sources = asTable(document?.sources);
  const [stateDir = DEFAULT_STATE_DIR] = texts([asTable(document?.paths)?.state_dir]);
  return {
    name: texts([document?.name])[0] ?? "",
    stateDir: resolve(dirname(path), stateDir),
    repositories: asArray(document?.repositories).flatMap((repository) => {
      const { label, url } = asTable(repository) ?? {};
      return texts([label]).map((label) => ({ label, url: texts([url])[0] ?? "" }));
    }),
    channels: [
      ...asTable(document?.mail) === undefined ? [] : ["mail"],
      ...asArray(document?.notify).flatMap((channel) => {
        const { label, kind } = asTable(channel) ?? {};
        return texts([label ?? kind]);
      }),
      ...asTable(document?.ping)?.url === undefined ? [] : [PING_LABEL],
    ],
    directories: [...texts(sources?.directories), ...texts(sources?.optional)]
      .map((directory) => resolve(dirname(path), directory)),
    datasets: texts(asTable(document?.zfs)?.datasets),
  };
}

async function readDocument(path: string): Promise<unknown> {
  try {
    // Anything but a file could be endless.
    const { isFile, size } = await Deno.stat(path);
    if (!isFile || size > LARGEST) return undefined;
    const text = await readSmallText(path);
    const { parse } = await import("smol-toml");
    return parse(text);
  } catch {
    return undefined;
  }
}

/** The strings of a list that fit on a line. */
function texts(list: unknown): string[] {
  return asArray(list).flatMap((item) =>
    typeof item === "string" && item !== "" && !/\p{Cc}/u.test(item) ? [item] : []
  );
}
