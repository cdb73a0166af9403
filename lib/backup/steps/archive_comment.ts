/**
 * What is stored with each archive, to tell which machine made it: host names are often the same.
 *
 * @param machineId what tells this machine apart; "": not known
 * @returns such as "autoborg machine 0123456789abcdef"; "": nothing
 */
export function archiveComment(machineId: string): string {
  return machineId === "" ? "" : `autoborg machine ${machineId}`;
}
