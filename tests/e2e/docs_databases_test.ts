/**
 * The page about databases, with a real PostgreSQL: what is typed there dumps a database, brings it back
 * under another name, over itself and as a file, and dumps by the hook.
 *
 * @module
 */
import assert from "node:assert/strict";
import { NO_POSTGRESQL } from "../databases/postgresql_server.ts";
import { firstThere } from "../databases/server_process.ts";
import { readPage } from "../pages.ts";
import { NO_STRANGER, type Step, typeAll } from "./stranger.ts";

const NOT_RUN = NO_POSTGRESQL ?? (Deno.uid() === 0 ? NO_STRANGER : "not root");

const { fences } = readPage("docs/how-to/databases.md");

/** The block of a language that has this in it. */
function block(language: string, text: string): string {
  const found = fences.find((fence) => fence.language === language && fence.code.includes(text));
  assert.ok(found !== undefined, `the page has no ${language} with ${text}`);
  return found.code;
}

/** What is typed of it: the service of the page is not there. */
function typed(code: string): string {
  return code.split("\n")
    .filter((line) => !/systemctl|--at /.test(line))
    .join("\n");
}

Deno.test({
  name: `docs/how-to/databases.md dumps and restores${
    NOT_RUN === undefined ? "" : ` (not run: ${NOT_RUN})`
  }`,
  ignore: NOT_RUN !== undefined,
  fn: async () => {
    const config = block("toml", 'run_as = "postgres"');
    const hook = block("bash", "slapcat");
    const ldap = block("toml", 'label = "ldap"')
      .replaceAll(/\[\[databases\]\]\nlabel = "(?!ldap)\w+"\nkind = "command"\n/g, "");
    const ask = (sql: string, database: string) =>
      `cd /; runuser -u postgres -- psql -XAtc "${sql}" ${database}`;
    const steps: readonly Step[] = [
      { code: SERVER },
      { code: fileOf("/etc/autoborg/config.toml", config) },
      { code: "autoborg init" },
      { code: typed(block("sh", "check-config --probe")).replace(/$/m, " || true") },
      { code: "autoborg run" },
      { code: ask("DELETE FROM goods", "shop") },
      { code: typed(block("sh", "list --database pg/shop")) },
      { code: ask("SELECT name FROM goods", "shop_new") },
      { code: "grep -x 'a spoon' /root/shop.sql" },
      // Nobody is there to be asked.
      { code: typed(block("sh", "--overwrite")).replace("--overwrite", "--overwrite --yes") },
      { code: ask("SELECT name FROM goods", "shop") },
      { code: typed(block("sh", "roles.sql")) },
      { code: fileOf("/etc/autoborg/config.toml", ldap) + fileOf("/root/dump", hook) + SLAPCAT },
      { code: typed(block("sh", "/etc/autoborg/hooks/dump ldap")) },
      {
        code: "autoborg run; autoborg restore --database ldap --to /root/x.ldif; cat /root/x.ldif",
      },
      { code: "! /etc/autoborg/hooks/dump other" },
    ];
    const done = await typeAll(steps);
    for (const [index, { code, output }] of done.entries()) {
      assert.equal(code, 0, `${steps[index]?.code}\n${output}`);
    }
    assert.equal(done.length, steps.length);
    const outputs = done.map(({ output }) => output);
    assert.match(outputs[3] ?? "", /^database pg +ok +version .*"postgres", "shop"$/m);
    assert.match(outputs[6] ?? "", /pg\/shop/);
    assert.equal(outputs[7], "a spoon\n");
    assert.equal(outputs[10], "a spoon\n");
    assert.match(outputs[14] ?? "", /^dn: dc=example$/m);
  },
});

function fileOf(path: string, content: string): string {
  return `install -m 0600 -D /dev/null ${path}\nbase64 -d >${path} <<'END'\n${
    btoa(content)
  }\nEND\n`;
}

const BINARIES = newest();

function newest(): string {
  try {
    const root = "/usr/lib/postgresql";
    const versions = [...Deno.readDirSync(root)].map(({ name }) => name).toSorted().reverse();
    const found = firstThere(versions.map((version) => `${root}/${version}/bin/initdb`));
    return found?.replace(/\/initdb$/, "") ?? "";
  } catch {
    return "";
  }
}

/** A server with one database. */
const SERVER = `
install -d -o postgres -g postgres /run/postgresql /var/lib/postgresql
install -d -m 0700 /etc/autoborg
echo 'battery staple' >/etc/autoborg/disk.passphrase
chmod 0600 /etc/autoborg/disk.passphrase
cd /
as_postgres() { runuser -u postgres -- "$@"; }
as_postgres ${BINARIES}/initdb --auth=peer --no-sync -D /var/lib/postgresql/data >/dev/null
as_postgres ${BINARIES}/pg_ctl -w -D /var/lib/postgresql/data \\
  -o "-c listen_addresses='' -k /run/postgresql" -l /var/lib/postgresql/log start >/dev/null
as_postgres createdb shop
as_postgres psql -Xqc "CREATE TABLE goods (name text); INSERT INTO goods VALUES ('a spoon')" shop
`;

/** A program that is not on every machine, as far as the hook needs it. */
const SLAPCAT = `
install -d /var/lib/bin
printf '#!/bin/sh\\necho "dn: dc=example"\\n' >/var/lib/bin/slapcat
chmod 0755 /var/lib/bin/slapcat
sed -i '2a PATH=/var/lib/bin:$PATH' /root/dump
`;
