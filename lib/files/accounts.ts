/** The users of this machine, as /etc/passwd has them. @module */
import { readSmallText } from "./small_file.ts";

/** A user of this machine. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  /** Its main group. */
  readonly gid: number;
  readonly home: string;
}

/**
 * Finds a user of this machine by its name or number.
 *
 * @param passwd the file with the users
 * @returns `undefined` when there is none, or when it can't be told
 */
export async function findAccount(
  user: string | number,
  passwd = "/etc/passwd",
): Promise<Account | undefined> {
  let text: string;
  try {
    text = await readSmallText(passwd);
  } catch {
    return undefined;
  }
  const fields = text.split("\n").map((line) => line.split(":")).find(([name, , uid]) =>
    typeof user === "number" ? uid === String(user) : name === user
  );
  const [name = "", , uid = "", gid = "", , home = "/"] = fields ?? [];
  if (!/^\d+$/.test(uid) || !/^\d+$/.test(gid)) return undefined;
  return { name, uid: Number(uid), gid: Number(gid), home };
}
