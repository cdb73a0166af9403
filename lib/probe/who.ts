/**
 * Looks who we are.
 *
 * @module
 */
import { callerNumber } from "../files/caller.ts";
import { ownCommand } from "../text/own_command.ts";
import { type Finding, ok, subject, warning } from "./finding.ts";

const USER = subject("user");

/** Says whether root is at work. */
export function probeUser(): Promise<Finding> {
  return Promise.resolve(judgeUser(callerNumber()));
}

/**
 * Says what a user may expect.
 *
 * @param uid the user's number; `undefined` when it has none
 */
export function judgeUser(uid: number | undefined): Finding {
  if (uid === 0) return ok(USER, "root");
  if (uid === undefined) {
    return warning(
      USER,
      "cannot find out who runs autoborg: this system has no numbers of users",
      "Run autoborg on Linux, as root",
    );
  }
  return warning(
    USER,
    `not root, but user ${uid}: files of others may be unreadable, and snapshots of ZFS can't be ` +
      "mounted",
    "Ask as the user that the timer starts autoborg as: sudo " +
      ownCommand("check-config", "--probe"),
  );
}
