/**
 * Configuration files for the tests.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { ConfigError } from "../../lib/config/config_error.ts";
import { loadConfig, type LoadedConfig } from "../../lib/config/load.ts";

/** A valid file that is as short as can be. */
export const SHORTEST = `name = "host"
sources.directories = ["/etc"]
[[repositories]]
label = "disk"
url = "/mnt/disk"
passphrase = "correct horse"
`;

/** A directory of its own for a configuration and the files around it. */
export class Place implements Disposable {
  /** The directory. */
  readonly directory = Deno.makeTempDirSync({ prefix: "autoborg-config-" });
  /** The configuration file in it. */
  readonly file: string = join(this.directory, "config.toml");

  /**
   * Writes a file.
   *
   * @param name its name
   * @param content what is in it
   * @param mode its permissions
   */
  write(name: string, content: string | Uint8Array, mode = 0o600): string {
    const path = join(this.directory, name);
    Deno.mkdirSync(dirname(path), { recursive: true });
    if (typeof content === "string") Deno.writeTextFileSync(path, content);
    else Deno.writeFileSync(path, content);
    Deno.chmodSync(path, mode);
    return path;
  }

  /**
   * Writes and loads the configuration.
   *
   * @param content what is in it
   * @param credentials the name of the credentials directory, if there is one
   */
  load(content: string | Uint8Array, credentials?: string): Promise<LoadedConfig> {
    this.write("config.toml", content);
    return loadConfig(
      this.file,
      credentials === undefined ? {} : { credentialsDirectory: join(this.directory, credentials) },
    );
  }

  /**
   * Loads a configuration that must be refused.
   *
   * @param content what is in it
   */
  async refuse(content: string | Uint8Array): Promise<ConfigError> {
    try {
      await this.load(content);
    } catch (error) {
      if (error instanceof ConfigError) return error;
      throw error;
    }
    throw new Error(`The configuration was not refused:\n${content}`);
  }

  /** Removes everything. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}
