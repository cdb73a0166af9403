import assert from "node:assert/strict";
import { connectionClosed } from "../../lib/borg/connection_failure.ts";
import { explainFailure } from "../../lib/borg/failure.ts";
import { isAboutFile } from "../../lib/borg/quoted_names.ts";
import { error, repositoryWith } from "./repositories.ts";

const NAMES = [
  "No space left on device",
  "Read-only file system",
  "Permission denied",
  "[Errno 28] No space left on device",
  "it's [Errno 30]",
  'a "quoted" Permission denied (',
  "Connection refused",
];

Deno.test("explainFailure() takes no file's name for the reason of a failure", () => {
  for (const name of NAMES) {
    const quoted = name.includes("'") ? JSON.stringify(`/srv/${name}`) : `'/srv/${name}'`;
    const last = [
      `/srv/${name}: file changed while we backed it up`,
      `/srv/${name}: open: [Errno 13] Permission denied: ${quoted}`,
      `/srv/${name}: [Errno 28] No space left on device`,
      "something new",
    ];
    const failure = explainFailure(repositoryWith(), { errors: [], last });
    assert.equal(failure.message, "something new");
    const io = `OSError: [Errno 5] Input/output error: ${quoted}`;
    const ioMessage = `a disk or its connection is faulty: ${io}`;
    assert.equal(explainFailure(repositoryWith(), { errors: [], last: [io] }).message, ioMessage);
  }
});

Deno.test("explainFailure() finds the reason behind a repository's name that reads like one", () => {
  for (const name of NAMES) {
    const url = `/srv/${name}/borg`;
    const text = (reason: string) =>
      `Failed to create/acquire the lock ${url}/lock.exclusive (${reason}: '${url}/lock').`;
    const explain = (reason: string) =>
      explainFailure(repositoryWith({ url }), error("LockFailed", text(reason))).message;
    assert.match(
      explain("[Errno 28] No space left on device"),
      /^the file system of the repository.* is full/,
    );
    assert.match(explain("[Errno 30] Read-only file system"), /read-only file system$/);
    assert.match(explain("[Errno 13] Permission denied"), /^permission denied/);
    assert.match(explain("[Errno 11] Resource temporarily unavailable"), /locked/);
  }
});

Deno.test("connectionClosed() takes no key's name for the reason of a failure", () => {
  for (const name of NAMES) {
    const sshKey = `/root/.ssh/${name}`;
    const repository = repositoryWith({ url: "ssh://server/./borg", sshKey });
    const last = [
      `Remote: Warning: Identity file ${sshKey} not accessible: No such file or directory.`,
      `Remote: Load key "${sshKey}": something new`,
      "Remote: Connection closed by 192.0.2.1 port 22",
    ];
    const { message } = connectionClosed(repository, { errors: [], last });
    assert.match(message, /^the connection was closed by the server: Connection closed/);
  }
});

Deno.test("isAboutFile() knows a warning about a file from the end of a traceback", () => {
  assert.ok(isAboutFile("/a: b: open: [Errno 13] Permission denied: 'b'"));
  assert.ok(isAboutFile("a\nb: file changed while we backed it up"));
  assert.ok(!isAboutFile("PermissionError: [Errno 13] Permission denied: '/r/data'"));
  assert.ok(!isAboutFile("Remote: OSError: [Errno 28] No space left on device"));
});
