import assert from "node:assert/strict";
import { judgeSsh, judgeVersion, judgeZfs } from "../../lib/probe/programs.ts";
import { probeUser } from "../../lib/probe/user.ts";
import type { ZfsCommandResult } from "../../lib/zfs/command.ts";

Deno.test("judgeVersion() knows Borg 1.2 and 1.4, and no other", () => {
  for (const version of ["1.2.4", "1.2.0", "1.4.0", "1.4.1.dev3+g1234", "1.2.4\n"]) {
    assert.equal(judgeVersion(`borg ${version}`).state, "ok", version);
  }
  for (const version of ["1.1.16", "1.3.0", "2.0.0b14", "0.29.0", "10.2.1", "1.20.1"]) {
    const finding = judgeVersion(`borg ${version}`);
    assert.equal(finding.state, "failed", version);
    assert.ok(finding.message.includes(`Borg ${version} is not supported`));
    assert.match(JSON.stringify(finding), /"hint":"Install Borg 1/);
  }
  assert.equal(judgeVersion("borg.exe 1.4.0").state, "ok");
});

Deno.test("judgeVersion() names known defects of a version quietly", () => {
  const finding = judgeVersion("borg 1.2.9");
  assert.equal(finding.state, "ok");
  assert.equal(
    finding.message,
    "version 1.2.9; later releases fix CVE-2026-62268, borg#9854, which your distribution may have " +
      "fixed in this one",
  );
  assert.equal(judgeVersion("borg 1.4.5").message, "version 1.4.5");
});

Deno.test("judgeVersion() does not take another program for Borg", () => {
  for (const said of ["", "resistance is futile", "backup 1.2.4", "1.2.4"]) {
    assert.equal(judgeVersion(said).state, "failed", said);
  }
});

Deno.test("judgeSsh() finds the version, however Borg hands it on", () => {
  const said = "OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19 27 Jan 2026";
  for (const line of [said, `Remote: ${said}`]) {
    assert.equal(judgeSsh(["something", line]).message, "OpenSSH_9.2p1");
  }
  assert.deepEqual(judgeSsh(["Connection closed"]).state, "ok");
});

Deno.test("judgeSsh() does not blame ssh for a version that comes too late", () => {
  const late = judgeSsh([], [], { over: 10_000 });
  assert.equal(late.state, "skipped");
  assert.equal(late.message, "no version within 10 s; the repositories show whether it works");
  assert.equal(judgeSsh(["OpenSSH_9.2p1 Debian"], [], { over: 10_000 }).state, "ok");
});

Deno.test("judgeSsh() says that there is no ssh", () => {
  const trace = "Traceback\n  ...\nFileNotFoundError: [Errno 2] No such file or directory: 'ssh'\n";
  assert.equal(judgeSsh([trace]).message, "not installed");
});

Deno.test("judgeSsh() warns of an agent that the service will not have", () => {
  const finding = judgeSsh(["OpenSSH_9.2p1 Debian"], ["offsite"]);
  assert.equal(finding.state, "warning");
  assert.match(
    finding.message,
    /^OpenSSH_9\.2p1; an SSH agent is available.*: offsite may work now/,
  );
  assert.match(JSON.stringify(finding), /Set ssh_key/);
});

Deno.test("probeUser() warns everybody but root", () => {
  assert.equal(probeUser(0).state, "ok");
  assert.match(probeUser(1000).message, /user 1000/);
  assert.equal(probeUser(1000).state, "warning");
  assert.match(probeUser(undefined).message, /cannot find out who runs autoborg/);
});

function zfs(code: number, stdout: string, stderr = ""): ZfsCommandResult {
  return { succeeded: code === 0, end: { kind: "exited", code }, stdout, stderr };
}

Deno.test("judgeZfs() reads both versions", () => {
  const finding = judgeZfs(zfs(0, "zfs-2.3.9-1\nzfs-kmod-2.3.9-1"));
  assert.equal(finding.state, "ok");
  assert.equal(finding.message, "version 2.3.9-1, kernel module 2.3.9-1");
});

Deno.test("judgeZfs() says that the kernel module is not loaded", () => {
  const loaded =
    "The ZFS modules are not loaded.\nTry running 'modprobe zfs' as root to load them.";
  const half = zfs(1, "zfs-2.1.11-1", "zfs_version_kernel() failed: No such file or directory");
  const refused = "The ZFS modules cannot be auto-loaded.\nTry running 'modprobe zfs' as root to " +
    "manually load them.";
  for (const result of [half, zfs(1, "", loaded), zfs(1, "", refused), zfs(0, "zfs-2.1.11-1")]) {
    const finding = judgeZfs(result);
    assert.equal(finding.message, "the ZFS kernel module is not loaded");
    assert.match(JSON.stringify(finding), /modprobe zfs/);
  }
});

Deno.test("judgeZfs() tells a program that is not there from one that hangs", () => {
  const absent = { kind: "not-started", reason: "it is not installed" } as const;
  const nothing = { succeeded: false, stdout: "", stderr: "" };
  assert.equal(judgeZfs({ ...nothing, end: absent }).message, "not installed");
  const hung = judgeZfs({ ...nothing, end: { kind: "timed-out", code: 143 } });
  assert.match(hung.message, /no answer within the time limit/);
});
