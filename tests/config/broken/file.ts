/**
 * How the tests describe a broken configuration file and what autoborg says about it.
 *
 * @module
 */

/** A broken file. */
export interface Broken {
  /** What is broken, for the name of the test. */
  readonly name: string;
  /** The file. */
  readonly text: string;
  /** What is said: `line:column: key: message`, with `…` for what does not matter here. */
  readonly says: readonly string[];
}

/** The top level of a valid file. */
export const HEAD = `name = "host"
sources.directories = ["/etc"]
`;
/** A valid repository. */
export const DISK = `[[repositories]]
label = "disk"
url = "/mnt/disk"
passphrase = "correct horse"
`;

/** Lines at the top level; they begin in line 3. */
export function top(name: string, text: string, ...says: string[]): Broken {
  return { name, text: HEAD + text + "\n" + DISK, says };
}

/** Lines behind everything else; they begin in line 7. */
export function end(name: string, text: string, ...says: string[]): Broken {
  return { name, text: `${HEAD}${DISK}${text}\n`, says };
}

/** Lines in place of the passphrase; they begin in line 6. */
export function key(name: string, text: string, ...says: string[]): Broken {
  return { name, text: `${HEAD}${DISK.replace(/^passphrase.*$/m, text)}`, says };
}

/** A url in place of the valid one, in line 5. */
export function url(name: string, url: string, says: string): Broken {
  const text = `${HEAD}${DISK.replace("/mnt/disk", url)}`;
  return { name, text, says: [`5:7: repositories[0].url: ${says}`] };
}

/** A mail table with these lines besides the required ones; they begin in line 11. */
export function mail(name: string, text: string, ...says: string[]): Broken {
  const required = 'server = "mail"\nfrom_address = "a@b.org"\nrecipients = ["c@d.org"]';
  return end(name, `[mail]\n${required}\n${text}`, ...says);
}
