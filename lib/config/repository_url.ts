/** Where a repository is: the forms of its `url`. @module */
import { foreignUrl } from "./foreign_urls.ts";
import { ESCAPES, variableIn } from "./written_out.ts";

/** Where a repository is. */
type Location =
  | {
    /** On this machine. */
    readonly kind: "local";
    /** As it was written, without `file://`; may be relative. */
    readonly path: string;
  }
  | {
    /** On another machine, over SSH. */
    readonly kind: "ssh";
    /** As it was written. */
    readonly url: string;
  };

const WANTED =
  'expected a local path, "file:///path", "ssh://user@host:port/path" or "user@host:path"';

/** Reads the `url` of a repository; the RangeError it throws never has a password in it. */
export function parseRepositoryUrl(url: string): Location {
  const foreign = foreignUrl(url);
  if (foreign !== undefined) throw new RangeError(`${foreign}, found ${show(url)}`);
  // An IPv6 address is the one place where two colons may follow each other.
  if (url.replace(/\[[0-9A-Fa-f:.]*\]/, "").includes("::")) {
    throw new RangeError('expected the repository alone, without "::" and an archive');
  }
  if (/[\r\n]/.test(url)) throw new RangeError("expected a URL in one line");
  if (/\p{Cc}/u.test(url)) {
    throw new RangeError(
      `expected a URL without control characters: ${ESCAPES}, found ${show(url)}`,
    );
  }
  if (/[{}]/.test(url)) {
    throw new RangeError(
      "expected a URL without placeholders, because only Borg would replace them, such as " +
        '"{hostname}"',
    );
  }
  if (url.trim() === "") throw new RangeError(`${WANTED}, found an empty string`);
  if (url.trim() !== url) {
    throw new RangeError(
      `expected a URL without a space at its beginning or end, found ${show(url)}`,
    );
  }
  if (hasPassword(url)) {
    throw new RangeError("expected a URL without a password in it: use ssh_key");
  }
  const variable = variableIn(url);
  if (variable !== undefined) {
    throw new RangeError(
      `expected a URL without variables: nothing replaces the "${variable}" in ${show(url)}`,
    );
  }
  if (url.startsWith("ssh://")) return sshLocation(url);
  if (url.startsWith("file://")) return fileLocation(url);
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(url)) throw new RangeError(unreadable(url));
  const beforeSlash = url.split("/", 1)[0] ?? "";
  if (beforeSlash.includes(":")) {
    if (!/^(?:[^\s@:/]+@)?[^\s@:/]+:[^\s]/.test(url)) throw new RangeError(unreadable(url));
    const [, port] = /^[^:]*:(\d{1,5})(?=[:/]|$)/.exec(url) ?? [];
    if (port !== undefined) {
      throw new RangeError(
        `expected a port only in "ssh://user@host:${port}/path", found it in ${show(url)}; ` +
          `a directory of this name is written "user@host:./${port}"`,
      );
    }
    return { kind: "ssh", url };
  }
  if (url.startsWith("~")) {
    throw new RangeError(`expected an absolute path: the "~" in ${show(url)} is not expanded`);
  }
  if (!/^(?:\/|\.{1,2}(?:\/|$))/.test(url)) {
    const [isHost, path] = [/^[\w-]+(?:\.[\w-]+)+$/.test(url), JSON.stringify(`/${url}`)];
    throw new RangeError(
      isHost
        ? `expected a path on the server as well, such as "ssh://user@${url}/path", found ${
          show(url)
        }`
        : `expected an absolute path, such as ${path}, or "ssh://user@host/path", found ${
          show(url)
        }`,
    );
  }
  return { kind: "local", path: url };
}

/** Hides what stands before the `@` of a URL, where a password may be. */
export function hideUser(url: string): string {
  return url.includes("@") && /:.*@/.test(url)
    ? url.replace(/^([a-z]+:\/\/?)?.*@/is, "$1***@")
    : url;
}

function hasPassword(url: string): boolean {
  return /^[A-Za-z]+:\/\/[^/@]*:[^@]*@/.test(url) || /^[^/@:]+:[^/@]*@[^/]*:/.test(url);
}

function sshLocation(url: string): Location {
  const match = /^ssh:\/\/(?:[^\s@:/]+@)?(?:[^\s@:/[\]]+|\[[0-9A-Fa-f:.]+\])(?::([^/\s]*))?\/./
    .exec(url);
  if (match === null) {
    throw new RangeError(`expected "ssh://user@host:port/path", found ${show(url)}`);
  }
  const [, port] = match;
  const [, digits, dots] = /^(\d{1,5})([.~]+)$/.exec(port ?? "") ?? [];
  if (dots !== undefined) {
    throw new RangeError(
      `expected a slash between port and path, ":${digits}/${dots}/", found ${show(url)}`,
    );
  }
  if (
    port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535)
  ) {
    throw new RangeError(
      `expected a port from 1 to 65535 after the host, or no colon, found ${show(url)}`,
    );
  }
  return { kind: "ssh", url };
}

function fileLocation(url: string): Location {
  const path = url.slice("file://".length);
  if (!path.startsWith("/")) {
    throw new RangeError(`expected "file://" and an absolute path, found ${show(url)}`);
  }
  return { kind: "local", path };
}

function unreadable(url: string): string {
  return `${WANTED}, found ${show(url)}`;
}

function show(url: string): string {
  return JSON.stringify(hideUser(url));
}
