import assert from "node:assert/strict";
import { mayBeExcluded } from "../../lib/inspect/exclude_reach.ts";

const CASES: readonly (readonly [pattern: string, path: string, may: boolean])[] = [
  ["*.o", "srv/a.o", true],
  ["*.o", "srv/a.c", false],
  ["/srv/cache/", "srv/cache/x", true],
  ["/srv/cache/", "srv/data/x", false],
  ["sh:**/node_modules/**", "srv/app/node_modules/x/y", true],
  ["sh:**/node_modules/**", "srv/app/modules/x/y", false],
  ["sh:srv/**/tmp", "srv/tmp", true],
  ["sh:tmp/**/srv", "srv/tmp", false],
  ["*/[Cc]ache/*", "srv/Cache/x", true],
  ["*/[]x]ache/*", "srv/xache/x", true],
  ["*/[!]x]ache/*", "srv/cache/x", true],
  ["sh:**/{a,{b,c}}d", "srv/bd", true],
  ["pp:srv/x", "srv/x/y", true],
  ["pf:srv/x", "srv/y", false],
  ["re:^nothing$", "srv/x", true],
  ["srv/../home", "home/x", true],
  ["*", "srv/x", true],
  ["", "srv/x", true],
  ["zz:unknown", "srv/x", true],
];

for (const [pattern, path, may] of CASES) {
  const does = may ? "lets" : "does not let";
  Deno.test(`mayBeExcluded() ${does} "${pattern}" match "${path}"`, () => {
    assert.equal(mayBeExcluded([pattern])(path), may);
  });
}
