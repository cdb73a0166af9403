import { type Alarm, OTHER_MACHINE } from "../alarm.ts";

/**
 * Tells that a history was made on another machine: it came with a copy of that machine, which may go on
 * backing up under the same name, or this machine took the place of the other one, or was renamed.
 *
 * @param before the identity that the machine had when nothing looked wrong; "" or `undefined`: not known
 * @param now its identity now, by `machineIdentity`; "": not known
 */
export function otherMachineAlarm(before: string | undefined, now: string): Alarm | undefined {
  if (!before || now === "" || before === now) return undefined;
  const [was = "", is = ""] = [before, now].map((identity) => identity.split(" ")[0]);
  const seen = was === is
    ? `the machine id of "${is}" (/etc/machine-id) is not the one of earlier runs`
    : `this machine is "${is}", and earlier runs were made on "${was}"`;
  return {
    kind: "archives-foreign",
    subject: OTHER_MACHINE,
    severity: "warning",
    message: `${seen}: it may be a copy of that machine`,
    hint: `If "${was}" still backs up here as well, give each of them its own name in the ` +
      "configuration. Or this machine was renamed, or took the place of the other one",
  };
}
