/**
 * Looks who we are.
 *
 * @module
 */
import { type Finding, ok, subject, warning } from "./finding.ts";

const USER = subject("user");

/**
 * Says whether root is at work. The permission set does not let us ask, but a file that we make
 * tells.
 */
export async function probeUser(): Promise<Finding> {
  const file = await Deno.makeTempFile({ prefix: "autoborg-probe-" });
  try {
    return judgeUser((await Deno.stat(file)).uid ?? 0);
  } finally {
    await Deno.remove(file);
  }
}

/**
 * Says what a user may expect.
 *
 * @param uid the user's number
 */
export function judgeUser(uid: number): Finding {
  if (uid === 0) return ok(USER, "root");
  return warning(
    USER,
    `not root, but user ${uid}: files of others may be unreadable, and snapshots of ZFS can't be ` +
      "mounted",
    "Ask as the user that the timer starts autoborg as: sudo autoborg check-config --probe",
  );
}
