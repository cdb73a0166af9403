/**
 * Reads the channels of a configuration that is invalid elsewhere, so that a timer whose runs never
 * begin is told.
 * @module
 */
import { Secret } from "../text/secret.ts";
import { camelCase } from "./camel_case.ts";
import { type Channel, channelsOf, resolveChannel, secretsOfChannels } from "./notify_channel.ts";
import { asArray, unfilled, valueAt } from "./config_problem.ts";
import { configSchema } from "./config_schema.ts";
import type { LoadEnvironment } from "./load.ts";
import { wrongChannels } from "./notify_checks.ts";
import { channel as channelSchema } from "./notify_schema.ts";
import { readValidParts, type ValidParts } from "./valid_parts.ts";

/** The part of an invalid configuration that messages need. */
interface NotifyAlone extends ValidParts {
  readonly channels: readonly Channel[];
}

/** Reads the channels that are valid by themselves; none when the file is no TOML. */
export async function loadNotifyAlone(
  path: string,
  environment: LoadEnvironment,
): Promise<NotifyAlone> {
  const read = await readValidParts(path, environment, (raw, parts) => {
    const { document, found, surroundings } = raw;
    const problems = [...wrongChannels(document), ...found.problems, ...unfilled(document)];
    const notify = asArray(valueAt(document, ["notify"])).flatMap((value, index) => {
      const isWrong = problems.some(({ path }) => path[0] === "notify" && path[1] === index);
      const { data } = channelSchema.safeParse(value);
      if (isWrong || data === undefined) return [];
      return [resolveChannel(camelCase(data), found.channelTokens.get(index), surroundings)];
    });
    const { data: ping } = configSchema.shape.ping.safeParse(valueAt(document, ["ping"]));
    const channels = channelsOf({
      notify,
      ping: ping?.url === undefined ? {} : { url: new Secret(ping.url) },
    });
    return { ...parts, channels, secrets: [...parts.secrets, ...secretsOfChannels(channels)] };
  });
  return read ?? { channels: [], name: undefined, stateDir: undefined, secrets: [] };
}
