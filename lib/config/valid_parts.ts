/**
 * Reads what is valid of a configuration that is invalid elsewhere, so that people hear of a timer
 * whose runs never begin.
 * @module
 */
import { dirname, resolve as absolutePath } from "node:path";
import type { Secret } from "../text/secret.ts";
import { unfilled, valueAt } from "./config_problem.ts";
import { configSchema } from "./config_schema.ts";
import { parseDocument, readText } from "./document.ts";
import { type LoadEnvironment, secretsOfKeys } from "./load.ts";
import { absolute, type Surroundings } from "./paths.ts";
import { findSecrets, type FoundSecrets } from "./secrets.ts";

/** What those who are told need besides how they are told. */
export interface ValidParts {
  /** The name of the series, when it is valid. */
  readonly name: string | undefined;
  /** The state directory, when it is valid. */
  readonly stateDir: string | undefined;
  /** Every secret that could be found. */
  readonly secrets: readonly Secret[];
}

/** A configuration as it is in its file. */
interface RawConfig {
  readonly document: unknown;
  readonly surroundings: Surroundings;
  readonly found: FoundSecrets;
}

/** Reads a part of a configuration; `undefined` when the file is no TOML. */
export async function readValidParts<T>(
  path: string,
  environment: LoadEnvironment,
  read: (raw: RawConfig, parts: ValidParts) => T,
): Promise<T | undefined> {
  try {
    const document = parseDocument(path, await readText(path));
    const surroundings = { ...environment, directory: dirname(absolutePath(path)) };
    const found = await findSecrets(document, surroundings);
    const { shape } = configSchema;
    const places = valueAt(document, ["paths"]);
    const paths = shape.paths.safeParse(unfilled(places).length > 0 ? "unknown" : places).data;
    const { keys, mailPassword } = found;
    return read({ document, surroundings, found }, {
      name: shape.name.safeParse(valueAt(document, ["name"])).data,
      stateDir: paths === undefined ? undefined : absolute(paths.state_dir, surroundings),
      secrets: [
        ...secretsOfKeys(keys.values()),
        ...mailPassword === undefined ? [] : [mailPassword],
      ],
    });
  } catch {
    // Loading the configuration as a whole reports what is wrong with it.
    return undefined;
  }
}
