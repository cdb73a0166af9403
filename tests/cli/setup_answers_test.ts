import assert from "node:assert/strict";
import { checkFlags, missingFlags, refuseContradictions } from "../../lib/cli/setup_answers.ts";
import { Place } from "../config/files.ts";

const FLAGS = {
  color: false,
  overwrite: false,
  keep: false,
  generatePassphrase: false,
  sameDisk: false,
};

const noZfs = () =>
  Promise.resolve({
    succeeded: false,
    end: { kind: "exited", code: 1 } as const,
    stdout: "",
    stderr: "cannot open 'tank': no such pool",
  });

Deno.test("checkFlags() refuses what would be refused if it were typed", async () => {
  using place = new Place();
  const file = place.write("file", "no key\n");
  const key = place.write("open", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END ", 0o644);
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ name: "a b" }, /^Cannot use --name "a b": expected a name/],
    [{ name: "web/srv" }, /^Cannot use --name "web\/srv": expected a name/],
    [{ label: "a b" }, /^Cannot use --label/],
    [
      { repo: "borg" },
      /^Cannot use --repo "borg": expected an absolute path, such as "\/borg", or "ssh:/,
    ],
    [{ repo: "sftp://host/x" }, /^Cannot use --repo "sftp:.*": expected "ssh:/],
    [{ repo: "ssh://me:geheim@host/x" }, /^Cannot use --repo "ssh:\/\/\*\*\*@host\/x": .*password/],
    [{ repo: `${place.directory}/no/borg` }, /no" to exist: mount the disk, or create/],
    [{ repo: place.directory }, /expected an empty directory or a repository, found other files/],
    [{ directory: ["/etc", "~"] }, /^Cannot use --directory "~": expected an absolute path/],
    [{ directory: ["etc"] }, /expected an absolute path, such as "\/.*\/etc"$/],
    [{ directory: [`${place.directory}/none`] }, /: it does not exist$/],
    [{ directory: [file] }, /: expected a directory, found a file$/],
    [{ dataset: ["/tank"] }, /^Cannot use --dataset "\/tank": expected the name of a dataset/],
    [{ dataset: ["tank/data"] }, /^Cannot use --dataset "tank\/data": it does not exist$/],
    [{ sshKey: "id" }, /^Cannot use --ssh-key "id": expected an absolute path/],
    [{ sshKey: `${place.directory}/none` }, /^Cannot use --ssh-key ".*": it does not exist$/],
    [{ sshKey: file }, /: expected a private key, such as/],
    [{ sshKey: key }, /: other users can read it, and ssh ignores such a key: chmod 600 \//],
    [{ passphraseFile: `${place.directory}/none` }, /^Cannot use --passphrase-file .* not exist$/],
  ];
  for (const [flags, message] of wrong) {
    await assert.rejects(
      checkFlags({ ...FLAGS, ...flags }, noZfs),
      { name: "UsageError", message },
    );
  }
});

Deno.test("refuseContradictions() refuses steps without what they need, and answers that differ", () => {
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ init: false, run: true }, /^Cannot use --run with --no-init: a backup needs a repository/],
    [{ run: false, verify: true }, /^Cannot use --verify with --no-run/],
    [{ init: false, verify: true }, /^Cannot use --verify with --no-init/],
    [{ generatePassphrase: true, passphraseFile: "/x" }, /^Cannot use --generate-passphrase and/],
    [{ keep: true, overwrite: true }, /^Cannot use --keep and --overwrite together/],
    [{ sshKey: "/id", repo: "/mnt/borg" }, /^Cannot use --ssh-key: .* is on this machine$/],
  ];
  for (const [flags, message] of wrong) {
    assert.throws(
      () => refuseContradictions({ ...FLAGS, ...flags }),
      { name: "UsageError", message },
    );
  }
  refuseContradictions({ ...FLAGS, init: true, run: true, verify: true });
  refuseContradictions({ ...FLAGS, sshKey: "/id", repo: "ssh://host:x/y" });
});

Deno.test("missingFlags() names every question that no flag answers", () => {
  const steps = ["--run or --no-run", "--verify or --no-verify", "--timer or --no-timer"];
  const flags = { ...FLAGS, name: "web", dataset: ["tank"], init: false };
  assert.deepEqual(missingFlags(flags, false), [
    "--repo",
    "--generate-passphrase or --passphrase-file",
    ...steps,
  ]);
  assert.deepEqual(missingFlags(flags, true), steps);
});
