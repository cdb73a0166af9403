/** Where a repository is: the forms of its `url`. @module */
import { variableIn } from "./written_out.ts";

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
  // An IPv6 address is the one place where two colons may follow each other.
  if (url.replace(/\[[0-9A-Fa-f:.]*\]/, "").includes("::")) {
    throw new RangeError('expected the repository alone, without "::" and an archive');
  }
  if (/[\0\r\n]/.test(url)) throw new RangeError("expected a url in one line");
  if (/[{}]/.test(url)) {
    throw new RangeError(
      "expected a url that is written out: only Borg would replace its placeholders, such as " +
        '"{hostname}"',
    );
  }
  if (url.trim() === "") throw new RangeError(`${WANTED}, found an empty string`);
  if (hasPassword(url)) {
    throw new RangeError("expected a url without a password in it: use ssh_key");
  }
  const variable = variableIn(url);
  if (variable !== undefined) {
    throw new RangeError(
      `expected a url that is written out: nothing replaces the "${variable}" in ${show(url)}`,
    );
  }
  if (url.startsWith("ssh://")) return sshLocation(url);
  if (url.startsWith("file://")) return fileLocation(url);
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(url)) throw new RangeError(unreadable(url));
  const beforeSlash = url.split("/", 1)[0] ?? "";
  if (beforeSlash.includes(":")) {
    if (!/^(?:[^\s@:/]+@)?[^\s@:/]+:[^\s]/.test(url)) throw new RangeError(unreadable(url));
    return { kind: "ssh", url };
  }
  if (url.startsWith("~")) {
    throw new RangeError(
      `expected a path that is written out: the "~" in ${show(url)} stays as is`,
    );
  }
  return { kind: "local", path: url };
}

/** Hides what stands before the `@` of a URL, where a password may be. */
export function hideUser(url: string): string {
  return url.includes("@") && /:.*@/.test(url)
    ? url.replace(/^([a-z]+:\/\/)?.*@/is, "$1***@")
    : url;
}

function hasPassword(url: string): boolean {
  return /^[A-Za-z]+:\/\/[^/@]*:[^@]*@/.test(url) || /^[^/@:]+:[^/@]*@[^/]*:/.test(url);
}

function sshLocation(url: string): Location {
  const match = /^ssh:\/\/(?:[^\s@:/]+@)?(?:[^\s@:/[\]]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?\/./
    .exec(url);
  const port = match?.[1];
  if (match === null || (port !== undefined && (Number(port) < 1 || Number(port) > 65535))) {
    throw new RangeError(`expected "ssh://user@host:port/path", found ${show(url)}`);
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
