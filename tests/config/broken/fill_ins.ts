/**
 * Files with notes of `autoborg migrate` that nobody has replaced by a value yet.
 *
 * @module
 */
import { type Broken, DISK, HEAD } from "./file.ts";

const NOTE = '"FILL IN: line 41: geheim"';
const SAYS = 'expected a value, found a note to replace ("FILL IN: …")';

/** Files with notes, also where any string would be valid. */
export const FILL_INS: readonly Broken[] = [
  {
    name: "has notes where any string would be valid",
    text: HEAD +
      DISK.replace(/passphrase = .*/, `passphrase = ${NOTE}\nremote_borg = ${NOTE}\nurl = ${NOTE}`)
        .replace(/url = "\/.*\n/, "") +
      `[mail]\nserver = "a"\nrecipients = ["a@b"]\nfrom_address = "a@b"\nfrom_name = ${NOTE}\n`,
    says: [
      `5:14: repositories[0].passphrase: ${SAYS}`,
      `6:15: repositories[0].remote_borg: ${SAYS}`,
      `7:7: repositories[0].url: ${SAYS}`,
      `12:13: mail.from_name: ${SAYS}`,
    ],
  },
  {
    name: "has notes where no string is valid, and in a list",
    text: `name = "host"\nrepositories = ${NOTE}\n[sources]\ndirectories = ["/etc",\n ${NOTE}]\n` +
      `[zfs]\ndatasets = ${NOTE}\n[retention]\nkeep_daily = ${NOTE}\n`,
    says: [
      `2:16: repositories: ${SAYS}`,
      `5:2: sources.directories[1]: ${SAYS}`,
      `7:12: zfs.datasets: ${SAYS}`,
      `9:14: retention.keep_daily: ${SAYS}`,
    ],
  },
  {
    name: "has a note below a key that is unknown",
    text: `${HEAD}${DISK}[nonsense]\nkey = " FILL IN: x"\n`,
    says: ["…: nonsense: unknown key…", `…: nonsense.key: ${SAYS}`],
  },
];
