/** What the requests of several services have in common. Pure. @module */

/** The type of a body in JSON. */
export const JSON_TYPE = { "content-type": "application/json; charset=utf-8" } as const;

/** A URL with parts added behind its path, and a token as the last of them when there is one. */
export function withPath(url: string, ...parts: readonly (string | undefined)[]): string {
  const address = new URL(url);
  const more = parts.flatMap((part) => part === undefined ? [] : [part]);
  address.pathname = [address.pathname.replace(/\/+$/, ""), ...more].join("/");
  return address.href;
}

/** The last part of a URL's path, decoded, and the URL without it. */
export function withoutLast(url: string): { readonly rest: string; readonly last: string } {
  const address = new URL(url);
  const parts = address.pathname.replace(/\/+$/, "").split("/");
  const last = parts.pop() ?? "";
  address.pathname = `${parts.join("/")}/`;
  return { rest: address.href, last: decodeURIComponent(last) };
}
