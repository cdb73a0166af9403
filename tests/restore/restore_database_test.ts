import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { Stopped } from "../../lib/borg/borg_queries.ts";
import type { BorgRepository } from "../../lib/borg/repository.ts";
import type { ArrivingDump, RestoreTarget } from "../../lib/databases/restore_target.ts";
import { startStreamed } from "../../lib/process/streamed_program.ts";
import { restoreDump } from "../../lib/restore/restore_database.ts";
import { repositoryWith } from "../borg/repositories.ts";
import { searchPath } from "../e2e/program.ts";

const PATH = searchPath();
const DUMP = "-- Dumped from database version 15.4\nCOPY t (n) FROM stdin;\n1\n\\.\n".repeat(5_000);

/** A place for the things that a target takes. */
class MemoryTarget implements RestoreTarget {
  readonly shown = 'the database "shop"';
  readonly taken: string[] = [];
  /** What fails when a dump comes. */
  refusal: Error | undefined;

  existing(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  requireUnused(): Promise<void> {
    return Promise.resolve();
  }

  check(): Promise<void> {
    return this.refusal === undefined ? Promise.resolve() : Promise.reject(this.refusal);
  }

  async take({ bytes }: ArrivingDump): Promise<readonly string[]> {
    const pieces: Uint8Array[] = [];
    for await (const piece of bytes) pieces.push(piece);
    this.taken.push(await new Blob(pieces.map((piece) => piece.slice())).text());
    return ["a note"];
  }
}

/** Two real repositories, and what reads them. */
class Scene implements AsyncDisposable {
  readonly stop = new AbortController();
  readonly target = new MemoryTarget();
  readonly failures: string[] = [];
  readonly sizes: number[] = [];

  private constructor(readonly directory: string) {}

  static async make(): Promise<Scene> {
    const scene = new Scene(await Deno.makeTempDir({ prefix: "autoborg-restore-" }));
    for (const label of ["one", "two"]) await scene.borg("", "init", "-e", "none", scene.at(label));
    return scene;
  }

  at(name: string): string {
    return join(this.directory, name);
  }

  repository(label: string): BorgRepository {
    return repositoryWith({
      label,
      url: this.at(label),
      encryption: "none",
      key: { kind: "none" },
    });
  }

  /** Makes the archive in a repository. */
  async dump(label: string, text: string): Promise<void> {
    await this.borg(text, "create", "--stdin-name", "shop.sql", `${this.at(label)}::dump`, "-");
  }

  async borg(stdin: string, ...args: readonly string[]): Promise<void> {
    await using program = startStreamed({
      program: "borg",
      args,
      stdin,
      env: {
        PATH,
        BORG_BASE_DIR: this.at("base"),
        BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes",
      },
    });
    const { end, stderr } = await program.ended;
    assert.deepEqual(end, { kind: "exited", code: 0 }, stderr.lines.join("\n"));
  }

  restore(known?: string, labels: readonly string[] = ["one", "two"]) {
    const inherited = { PATH, BORG_BASE_DIR: this.at("base") };
    const access = { inherited, startStream: startStreamed, signal: this.stop.signal };
    return restoreDump(access, {
      archive: "dump",
      repositories: labels.map((label) => this.repository(label)),
      target: this.target,
      replaces: false,
      ...(known === undefined ? {} : { known: { size: known.length, sha256: sha256Of(known) } }),
    }, {
      onFailure: ({ label }, { message }) => void this.failures.push(`${label}: ${message}`),
      onBytes: (_, bytes) => void this.sizes.push(bytes),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

Deno.test("restoreDump() gives the target what is in the archive, and proves it", async () => {
  await using scene = await Scene.make();
  await scene.dump("one", DUMP);
  const restored = await scene.restore(DUMP, ["one"]);
  const { repository, ...rest } = restored;
  const size = DUMP.length;
  assert.equal(repository.label, "one");
  assert.deepEqual(rest, { size, sha256: sha256Of(DUMP), isProven: true, notes: ["a note"] });
  assert.deepEqual(scene.target.taken, [DUMP]);
  assert.equal(scene.sizes.at(-1), size);
  const { isProven } = await scene.restore(undefined, ["one"]);
  assert.equal(isProven, false, "nothing is known of it");
});

Deno.test("restoreDump() takes the next repository when one holds another dump", async () => {
  await using scene = await Scene.make();
  await scene.dump("one", `${DUMP}DROP TABLE t;`);
  await scene.dump("two", DUMP);
  const { repository } = await scene.restore(DUMP);
  assert.equal(repository.label, "two");
  assert.deepEqual(scene.target.taken, [DUMP], "the other one never came to its end");
  assert.match(
    scene.failures.join("\n"),
    /^one: the dump in the archive is not the one that was made/,
  );
});

Deno.test("restoreDump() restores nothing from an empty archive, or from none", async () => {
  await using scene = await Scene.make();
  await scene.dump("one", "");
  await assert.rejects(scene.restore(), /Cannot read the archive from any of "one", "two"/);
  assert.deepEqual(scene.target.taken, []);
  assert.match(scene.failures.join("\n"), /one: there is nothing in the archive\ntwo: /);
});

Deno.test("restoreDump() passes on what the target says, and asks no other repository", async () => {
  await using scene = await Scene.make();
  await scene.dump("one", DUMP);
  await scene.dump("two", DUMP);
  scene.target.refusal = new Error("older than the dump");
  await assert.rejects(scene.restore(), /older than the dump/);
  assert.deepEqual(scene.failures, []);
});

Deno.test("restoreDump() ends when it is stopped", async () => {
  await using scene = await Scene.make();
  await scene.dump("one", DUMP);
  scene.target.check = () => {
    scene.stop.abort();
    return Promise.reject(new Error("stopped"));
  };
  await assert.rejects(scene.restore(), Stopped);
});
