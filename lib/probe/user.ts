/** Tells whether root runs autoborg. Pure. @module */
import { rootCommand } from "../text/own_command.ts";
import { type Finding, ok, subject, warning } from "./finding.ts";

const USER = subject("user");

/** What to expect from a run of this user; `undefined` when the system has no user numbers. */
export function probeUser(uid: number | undefined): Finding {
  if (uid === 0) return ok(USER, "root");
  if (uid === undefined) {
    return warning(
      USER,
      "cannot find out who runs autoborg: this system has no user ids",
      "Run autoborg on Linux, as root",
    );
  }
  return warning(
    USER,
    `not root, but user ${uid}: files of other users may be unreadable, and ZFS snapshots ` +
      "cannot be mounted",
    `Test as the user that the timer runs autoborg as: ${rootCommand("check-config", "--probe")}`,
  );
}
