/**
 * The database dump of the guide to hooks, with a real PostgreSQL: what is typed there brings a
 * table back that is gone.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readPage } from "../pages.ts";
import { which } from "./program.ts";
import { NO_STRANGER, type Step, typeAll } from "./stranger.ts";

const BINARIES = serverBinaries();
const NOT_RUN = BINARIES === undefined
  ? "PostgreSQL is not installed"
  : Deno.uid() !== 0
  ? "not root"
  : NO_STRANGER;

function serverBinaries(): string | undefined {
  const versions = "/usr/lib/postgresql";
  try {
    const [newest] = [...Deno.readDirSync(versions)].map(({ name }) => name).toSorted().reverse();
    const directory = `${versions}/${newest}/bin`;
    return which("initdb", directory) === undefined ? undefined : directory;
  } catch {
    return undefined;
  }
}

Deno.test({
  name: `docs/how-to/hooks.md dumps a database and restores it${
    NOT_RUN === undefined ? "" : ` (not run: ${NOT_RUN})`
  }`,
  ignore: NOT_RUN !== undefined,
  fn: async () => {
    const { fences } = readPage("docs/how-to/hooks.md");
    const code = (language: string, index: number) =>
      fences.filter((fence) => fence.language === language)[index]?.code ?? "";
    const steps: readonly Step[] = [
      { code: DATABASE },
      { code: fileOf("/root/before-snapshot", code("bash", 0)) },
      { code: fileOf("/etc/autoborg/config.toml", code("toml", 0)) },
      { code: "autoborg init" },
      { code: code("sh", 0) },
      { code: "cd /; runuser -u postgres -- dropdb shop" },
      { code: code("sh", 1) },
      { code: "cd /; runuser -u postgres -- psql -XAtc 'SELECT name FROM goods' shop" },
    ];
    const typed = await typeAll(steps);
    for (const [index, { code, output }] of typed.entries()) {
      assert.equal(code, 0, `${steps[index]?.code}\n${output}`);
    }
    assert.equal(typed.at(-1)?.output, "a spoon\n");
    assert.equal(typed.length, steps.length);
  },
});

function fileOf(path: string, content: string): string {
  return `install -D /dev/null ${path}\nbase64 -d >${path} <<'END'\n${btoa(content)}\nEND\n`;
}

/** A server with one database. */
const DATABASE = `
install -d -o postgres -g postgres /run/postgresql /var/lib/postgresql
install -d -m 0700 /etc/autoborg
echo 'correct horse' >/etc/autoborg/disk.passphrase
chmod 0600 /etc/autoborg/disk.passphrase
cd /
as_postgres() { runuser -u postgres -- "$@"; }
as_postgres ${BINARIES}/initdb --auth=peer --no-sync -D /var/lib/postgresql/data >/dev/null
as_postgres ${BINARIES}/pg_ctl -w -D /var/lib/postgresql/data \\
  -o "-c listen_addresses='' -k /run/postgresql" -l /var/lib/postgresql/log start >/dev/null
as_postgres createdb shop
as_postgres psql -Xqc "CREATE TABLE goods (name text); INSERT INTO goods VALUES ('a spoon')" shop
`;
