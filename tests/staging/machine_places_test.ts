import assert from "node:assert/strict";
import { findMachinePlaces } from "../../lib/staging/machine_places.ts";
import type { RunZfsCommand } from "../../lib/zfs/command.ts";

/** A machine with a mount table and pools of its own; the directories are made below a root. */
class Machine implements AsyncDisposable {
  readonly root = Deno.makeTempDirSync();
  readonly commands: string[] = [];
  readonly mounts: string[] = [];
  datasets = "";

  readonly run: RunZfsCommand = ({ program, args }) => {
    this.commands.push([program, ...args].join(" "));
    const stdout = program === "mount" ? `${this.mounts.join("\n")}\n` : this.datasets;
    const end = { kind: "exited", code: 0 } as const;
    return Promise.resolve({ succeeded: true, end, stdout, stderr: "" });
  };

  async make(...files: readonly string[]): Promise<void> {
    for (const file of files) {
      await Deno.mkdir(`${this.root}/${file.replace(/[^/]*$/, "")}`, { recursive: true });
      if (!file.endsWith("/")) await Deno.writeTextFile(`${this.root}/${file}`, "");
    }
  }

  async find(repositories: readonly string[] = []) {
    const request = { tempDir: "/run/autoborg", repositories, root: this.root };
    const { fileSystems, directories } = await findMachinePlaces(
      { run: this.run, files: Deno },
      request,
    );
    return {
      fileSystems: fileSystems.map(({ name }) => name),
      directories: directories.map(({ kind, path }) => `${kind} ${path}`),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Deno.remove(this.root, { recursive: true });
  }
}

Deno.test("findMachinePlaces() finds homes, databases and volumes that have something in them", async () => {
  await using machine = new Machine();
  await machine.make("root/.profile", "home/anna/letter", "home/empty/", "home/system/x");
  await machine.make("var/lib/mysql/ibdata1", "var/lib/postgresql/");
  await machine.make("var/lib/docker/volumes/metadata.db", "var/lib/containers/storage/volumes/a/");
  await machine.make("etc/passwd");
  await Deno.writeTextFile(
    `${machine.root}/etc/passwd`,
    [
      "root:x:0:0:root:/root:/bin/bash",
      "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin",
      "anna:x:1000:1000:Anna:/home/anna:/bin/zsh",
      "empty:x:1001:1001::/home/empty:/bin/sh",
      "system:x:1002:1002::/home/system:/usr/sbin/nologin",
      "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
      "broken",
    ].join("\n"),
  );
  const { directories } = await machine.find();
  assert.deepEqual(directories, [
    "home /root",
    "home /home/anna",
    "database /var/lib/mysql",
    "volumes /var/lib/containers/storage/volumes",
  ]);
});

Deno.test("findMachinePlaces() counts neither pseudo file systems nor those of other machines", async () => {
  await using machine = new Machine();
  machine.mounts.push(
    "proc on /proc type proc (rw)",
    "/dev/vda1 on / type ext4 (rw)",
    "tmpfs on /dev/shm type tmpfs (rw)",
    "server:/data on /usr type nfs4 (rw)",
    "overlay on /var/lib/docker/overlay2/x/merged type overlay (rw)",
  );
  assert.deepEqual((await machine.find()).fileSystems, ["/"]);
  assert.deepEqual(machine.commands, ["mount"]);
});

Deno.test("findMachinePlaces() does not count the file system of a repository", async () => {
  await using machine = new Machine();
  machine.mounts.push("/dev/vda1 on / type ext4 (rw)");
  assert.deepEqual((await machine.find(["/etc"])).fileSystems, []);
});

Deno.test("findMachinePlaces() finds datasets that are not mounted, but none without data", async () => {
  await using machine = new Machine();
  machine.mounts.push("tank on / type zfs (rw,xattr)");
  machine.datasets = "tank\t98304\ntank/vm\t2000000000\ntank/old\t5000000\n";
  assert.deepEqual((await machine.find()).fileSystems, ["tank/vm", "tank/old"]);
  assert.match(machine.commands[1] ?? "", /^zfs list -Hp -r -t filesystem,volume .* tank$/);
});

Deno.test("findMachinePlaces() finds nothing where nothing answers", async () => {
  const run: RunZfsCommand = () =>
    Promise.resolve({
      succeeded: false,
      end: { kind: "timed-out", code: 143 },
      stdout: "",
      stderr: "",
    });
  const request = { tempDir: "/run/autoborg", repositories: [], root: "/nowhere" };
  const found = await findMachinePlaces({ run, files: Deno }, request);
  assert.deepEqual(found, { fileSystems: [], directories: [] });
});
