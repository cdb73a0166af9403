import assert from "node:assert/strict";
import { MailServer } from "../report/mail/mail_server.ts";
import { Place, repository, snapshot } from "./place.ts";
import { runToEnd, searchPath } from "./program.ts";

/**
 * Borg, without the authentication of manifest and archive: what Borg before 1.0.9 wrote, and what
 * someone without the key may write. It runs in the Python that the real Borg runs in.
 */
const FORGER = `
import sys
import borg.crypto.key as key
from borg.helpers import msgpack

def unauthenticated(self, metadata_dict, context=b"manifest", **_):
    return msgpack.packb(metadata_dict)

key.KeyBase.pack_and_authenticate_metadata = unauthenticated
from borg.archiver import main

sys.argv[0] = "borg"
main()
`;
/** Borg says it in these words, with line feeds in other places. */
const WARNING = /Manifest is unauthenticated, but it is required for this repository/;

/** The Python of the installed Borg; a Borg that is one executable has none. */
async function pythonOfBorg(): Promise<string | undefined> {
  for (const directory of searchPath().split(":")) {
    try {
      const script = await Deno.readTextFile(`${directory}/borg`);
      const python = /^#!(\S*python\S*)$/m.exec(script)?.[1];
      if (python !== undefined) return python;
    } catch {
      // Not in this directory, or no text.
    }
  }
  return undefined;
}

const python = await pythonOfBorg();

/** A test with a repository that holds one good archive, and one that was forged. */
function forgeryTest(
  name: string,
  test: (place: Place, server: MailServer) => Promise<void>,
): void {
  Deno.test({
    name: python === undefined ? `${name} (not run: Borg is no Python script here)` : name,
    ignore: python === undefined,
    async fn() {
      await using server = await MailServer.start();
      await using place = await Place.make({
        repositories: [repository("first"), repository("second")],
        retention: { keep_last: 1 },
        mail: {
          server: "localhost",
          port: server.port,
          security: "none",
          from_address: "backup@example.org",
          recipients: ["root@example.org"],
          when: "problems",
        },
      });
      await place.init();
      await place.expect(0, "run", "--skip=check,compact");
      const script = await place.write("forger.py", FORGER);
      const archive = `${place.at("first.borg")}::web-2026-11-22T04:00:00Z-0123abcd`;
      const env = { ...place.env, BORG_PASSPHRASE: "geheim of first" };
      const forging = [python ?? "", script, "create", archive, "source"];
      const { code, stderr } = await runToEnd(forging, { env, cwd: place.directory });
      assert.equal(code, 0, stderr);
      await test(place, server);
    },
  });
}

forgeryTest(
  "run reports a forged manifest, and neither prunes nor compacts",
  async (place, server) => {
    const before = snapshot(place.at("first.borg/data"));
    const { stderr } = await place.expect(2, "run");
    const config = place.at("config.toml");
    const look = `autoborg borg --config ${config} first -- check --archives-only --verbose ::`;
    assert.match(stderr, /first +create +failed/);
    assert.match(
      stderr,
      /error: the repository's manifest, its list of archives, is not authenticated/,
    );
    assert.match(stderr, WARNING);
    assert.match(stderr, /first +prune +skipped: create failed/);
    assert.match(stderr, /first +compact +skipped: create failed/);
    assert.match(stderr, /second ok$/m);

    assert.ok(stderr.includes(look), stderr);
    assert.deepEqual(snapshot(place.at("first.borg/data")), before, "nothing was written");
    // Whoever reads of it, reads the same command.
    assert.ok((await place.log()).includes(look), "the log");
    const { stdout: history } = await place.expect(0, "history", "--json", "--last=1");
    assert.ok(history.includes(look), history);
    const [mail] = server.received;
    assert.ok(mail?.text.includes(look), "the mail");
    assert.match(mail?.text ?? "", WARNING);

    // The command can be pasted; it names the archives and changes nothing.
    const words = look.split(" ").slice(4);
    const pasted = await place.expect(1, "borg", ...words);
    assert.match(pasted.stderr, /Found archive web-2026-11-22T04:00:00Z-0123abcd/);
    assert.deepEqual(snapshot(place.at("first.borg/data")), before, "nothing was written");
  },
);

forgeryTest("run does not prune when the check finds a forged manifest", async (place) => {
  const { stderr } = await place.expect(2, "run", "--skip=create,verify");
  assert.match(stderr, /first +check +failed/);
  assert.match(
    stderr,
    /error: the repository's manifest, its list of archives, is not authenticated/,
  );
  assert.doesNotMatch(stderr, /the check found damage/);
  // The list can't be read either.
  assert.match(stderr, /first +prune +skipped: inspect failed/);
  assert.match(stderr, /first +compact +skipped: inspect failed/);
});

forgeryTest("list, find and restore report a forged manifest as run does", async (place) => {
  for (const words of [["list"], ["find", "one.txt"], ["restore", "source", "--to", "back"]]) {
    const [verb = "", ...args] = words;
    const { stderr } = await place.expect(2, verb, ...args, "--repo=first");
    assert.match(
      stderr,
      /the repository's manifest, its list of archives, is not authenticated/,
      verb,
    );
    assert.match(stderr, WARNING, verb);
    assert.ok(stderr.includes(`--config ${place.at("config.toml")} first -- check `), stderr);
  }
});

Deno.test("run names the archives that check finds not authenticated, and does not prune", async () => {
  await using place = await Place.make({ retention: { keep_last: 1 } });
  await place.init();
  // Borg finds them since 1.2.6, so its words and its exit code stand in for it.
  const said = [
    "Archive TAM authentication issue for archive web-old: Archive 'web-old' is unauthenticated, " +
    "but it is required for this repository.",
    "This archive will be *removed* from the manifest! It will be deleted.",
    "Archive consistency check complete, problems found.",
  ].map((message) =>
    JSON.stringify({ type: "log_message", levelname: "ERROR", name: "borg.archive", message })
  );
  await place.write(
    "programs/borg",
    `#!/bin/sh\nPATH=\${PATH#*:}\n[ "$1" = check ] || exec borg "$@"\ncat >&2 <<'END'\n` +
      `${said.join("\n")}\nEND\nexit 1\n`,
    0o700,
  );
  place.env.PATH = `${place.at("programs")}:${place.env.PATH}`;
  await place.expect(2, "run");
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /error: the archive "web-old" is not authenticated: it is forged/);
  assert.match(stderr, /Nothing was deleted/);
  assert.ok(
    stderr.includes(
      `autoborg borg --config ${place.at("config.toml")} first -- list --consider-checkpoints ` +
        "--format '{name} {time} tam:{tam}{NL}' ::",
    ),
    stderr,
  );
  assert.doesNotMatch(stderr, /the check found damage/);
  assert.match(stderr, /prune +skipped: check failed/);
  assert.match(stderr, /compact +skipped: check failed/);
  assert.equal((await place.archives("first")).length, 2, "nothing was pruned");
});
