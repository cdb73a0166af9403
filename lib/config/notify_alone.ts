/**
 * Reads the channels of a configuration that is invalid elsewhere, so that a timer whose runs never
 * begin is told.
 * @module
 */
import { dirname, resolve as absolutePath } from "node:path";
import { Secret } from "../text/secret.ts";
import { camelCase } from "./camel_case.ts";
import { type Channel, channelsOf, resolveChannel, secretsOfChannels } from "./notify_channel.ts";
import { asArray, unfilled, valueAt } from "./config_problem.ts";
import { configSchema } from "./config_schema.ts";
import { parseDocument, readText } from "./document.ts";
import { type LoadEnvironment, secretsOfKeys } from "./load.ts";
import { wrongChannels } from "./notify_checks.ts";
import { channel as channelSchema } from "./notify_schema.ts";
import { absolute, type Surroundings } from "./paths.ts";
import { findSecrets } from "./secrets.ts";

/** The part of an invalid configuration that messages need. */
export interface NotifyAlone {
  readonly channels: readonly Channel[];
  /** The name of the series, when it is valid. */
  readonly name: string | undefined;
  /** The state directory, when it is valid. */
  readonly stateDir: string | undefined;
  /** Every secret that could be found. */
  readonly secrets: readonly Secret[];
}

/** Reads the channels that are valid by themselves; none when the file is no TOML. */
export async function loadNotifyAlone(
  path: string,
  environment: LoadEnvironment,
): Promise<NotifyAlone> {
  try {
    const document = parseDocument(path, await readText(path));
    const surroundings = { ...environment, directory: dirname(absolutePath(path)) };
    return await readChannels(document, surroundings);
  } catch {
    // Loading the configuration as a whole reports what is wrong with it.
    return { channels: [], name: undefined, stateDir: undefined, secrets: [] };
  }
}

async function readChannels(document: unknown, surroundings: Surroundings): Promise<NotifyAlone> {
  const { shape } = configSchema;
  const found = await findSecrets(document, surroundings);
  const problems = [...wrongChannels(document), ...found.problems, ...unfilled(document)];
  const notify = asArray(valueAt(document, ["notify"])).flatMap((value, index) => {
    const isWrong = problems.some(({ path }) => path[0] === "notify" && path[1] === index);
    const { data } = channelSchema.safeParse(value);
    if (isWrong || data === undefined) return [];
    return [resolveChannel(camelCase(data), found.channelTokens.get(index), surroundings)];
  });
  const { data: ping } = shape.ping.safeParse(valueAt(document, ["ping"]));
  const channels = channelsOf({
    notify,
    ping: ping?.url === undefined ? {} : { url: new Secret(ping.url) },
  });
  const name = shape.name.safeParse(valueAt(document, ["name"]));
  const places = valueAt(document, ["paths"]);
  const paths = shape.paths.safeParse(unfilled(places).length > 0 ? "unknown" : places);
  return {
    channels,
    name: name.data,
    stateDir: paths.data === undefined ? undefined : absolute(paths.data.state_dir, surroundings),
    secrets: [
      ...secretsOfKeys(found.keys.values()),
      ...(found.mailPassword === undefined ? [] : [found.mailPassword]),
      ...secretsOfChannels(channels),
    ],
  };
}
