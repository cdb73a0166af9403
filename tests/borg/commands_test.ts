import assert from "node:assert/strict";
import fc from "fast-check";
import {
  checkArguments,
  compactArguments,
  createArguments,
  type CreateRequest,
  forgetCacheArguments,
  initArguments,
  pruneArguments,
} from "../../lib/borg/commands.ts";
import { Secret } from "../../lib/text/secret.ts";
import { repositoryWith } from "./repositories.ts";

const REQUEST: CreateRequest = {
  archive: "web-2026-11-22T04:00:00Z-0123abcd",
  paths: ["etc", "-dash"],
  exclude: [],
  excludeIfPresent: [],
  excludeCaches: false,
  oneFileSystem: false,
  compression: "zstd,3",
  comment: "",
  listAdded: true,
};

Deno.test("createArguments() asks for what the run listens to", () => {
  assert.deepEqual(createArguments(repositoryWith(), REQUEST), [
    "create",
    "--log-json",
    "--progress",
    "--lock-wait=600",
    "--json",
    "--list",
    "--filter=AMCE",
    "--compression=zstd,3",
    "--",
    "/mnt/disk/borg::web-2026-11-22T04:00:00Z-0123abcd",
    "etc",
    "-dash",
  ]);
});

Deno.test("createArguments() passes on everything that is configured", () => {
  const repository = repositoryWith({ remoteBorg: "/opt/borg", uploadRateLimit: 2 * 1_048_576 });
  const args = createArguments(repository, {
    ...REQUEST,
    exclude: ["-x", "sh:**/a b"],
    excludeIfPresent: [".nobackup"],
    excludeCaches: true,
    oneFileSystem: true,
  });
  for (
    const option of [
      "--remote-path=/opt/borg",
      "--upload-ratelimit=2048",
      "--exclude=-x",
      "--exclude=sh:**/a b",
      "--exclude-if-present=.nobackup",
      "--exclude-caches",
      "--one-file-system",
    ]
  ) {
    assert.ok(args.indexOf(option) > 0 && args.indexOf(option) < args.indexOf("--"), option);
  }
});

Deno.test("createArguments() never asks for an upload without limit when there is one", () => {
  const args = createArguments(repositoryWith({ uploadRateLimit: 1 }), REQUEST);
  assert.ok(args.includes("--upload-ratelimit=1"), "0 would mean no limit to Borg");
});

Deno.test("checkArguments() verifies all data only when it shall", () => {
  assert.ok(!checkArguments(repositoryWith(), false).includes("--verify-data"));
  assert.ok(checkArguments(repositoryWith(), true).includes("--verify-data"));
});

Deno.test("pruneArguments() gives nothing to run when no retention is set", () => {
  assert.equal(pruneArguments(repositoryWith(), "web", {}), undefined);
  assert.equal(pruneArguments(repositoryWith(), "web", { keepDaily: 0, keepLast: 0 }), undefined);
});

Deno.test("pruneArguments() passes on what is kept", () => {
  const HOUR = 3_600_000;
  const kept = (args: readonly string[] | undefined) =>
    args?.filter((arg) => arg.startsWith("--keep"));
  assert.deepEqual(
    kept(pruneArguments(repositoryWith(), "web", {
      keepLast: 3,
      keepWithin: 48 * HOUR,
      keepMinutely: 60,
      keepHourly: 24,
      keepDaily: 7,
      keepWeekly: 4,
      keepMonthly: 12,
      keep13weekly: 8,
      keepYearly: -1,
    })),
    [
      "--keep-within=2d",
      "--keep-last=3",
      "--keep-minutely=60",
      "--keep-hourly=24",
      "--keep-daily=7",
      "--keep-weekly=4",
      "--keep-monthly=12",
      "--keep-13weekly=8",
      "--keep-yearly=-1",
    ],
  );
  const hours = pruneArguments(repositoryWith(), "web", { keepWithin: 36 * HOUR });
  assert.deepEqual(kept(hours), ["--keep-within=36H"]);
});

Deno.test("every command waits for the lock as long as the repository says", () => {
  const repository = repositoryWith({ lockWait: 1_500 });
  for (
    const args of [
      createArguments(repository, REQUEST),
      checkArguments(repository, false),
      pruneArguments(repository, "web", { keepLast: 1 }) ?? [],
      compactArguments(repository),
      initArguments(repository),
    ]
  ) {
    assert.ok(args.includes("--lock-wait=2"));
    assert.ok(args.includes("--log-json") && args.includes("--progress"));
    assert.ok(args.at(-1)?.startsWith("/mnt/disk/borg") || args.includes("etc"));
  }
});

Deno.test("no command line holds a secret", () => {
  const secret = fc.string({ minLength: 12, unit: "grapheme" });
  fc.assert(fc.property(secret, fc.boolean(), (value, asCommand) => {
    const repository = repositoryWith({
      key: asCommand
        ? { kind: "command", command: new Secret(value) }
        : { kind: "passphrase", passphrase: new Secret(value) },
    });
    const lines = [
      createArguments(repository, REQUEST),
      checkArguments(repository, true),
      pruneArguments(repository, "web", { keepLast: 1 }) ?? [],
      compactArguments(repository),
      initArguments(repository),
    ];
    for (const arg of lines.flat()) assert.ok(!arg.includes(value));
  }));
});

Deno.test("forgetCacheArguments() deletes the cache alone", () => {
  const args = forgetCacheArguments(repositoryWith());
  assert.equal(args[0], "delete");
  assert.deepEqual(args.slice(-3), ["--cache-only", "--", "/mnt/disk/borg"]);
});
