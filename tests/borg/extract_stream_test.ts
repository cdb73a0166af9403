import assert from "node:assert/strict";
import { extractStream } from "../../lib/borg/extract_stream.ts";
import { AppError } from "../../lib/errors.ts";
import { TARGET } from "../backup/plans.ts";

Deno.test("extractStream() leaves no time limit running when Borg can't be started", {
  sanitizeOps: true,
}, () => {
  const access = {
    inherited: {},
    startStream: () => {
      throw new AppError('Cannot start "borg": it is not in PATH');
    },
    signal: new AbortController().signal,
  };
  assert.throws(
    () => extractStream(access, { repository: TARGET, archive: "web-1" }),
    /Cannot start "borg"/,
  );
});
