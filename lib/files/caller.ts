/**
 * Who runs autoborg, and whose a file is: root's, our own, or another user's.
 *
 * @module
 */

/**
 * Says who runs autoborg.
 *
 * @returns the user's number; `undefined` where users have none
 */
export function callerNumber(): number | undefined {
  return Deno.uid() ?? undefined;
}

/**
 * Says whether a file belongs to neither root nor the user who runs autoborg.
 *
 * @returns the number of its owner; `undefined` when no other user can change the file as its owner
 */
export function foreignOwner({ uid }: Pick<Deno.FileInfo, "uid">): number | undefined {
  return uid === null || uid === 0 || uid === callerNumber() ? undefined : uid;
}
