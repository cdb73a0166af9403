/**
 * What no text may recommend without saying how to look first, and what is lost.
 *
 * @module
 */

/** What destroys, or accepts what may be an attack. */
const DANGERS: readonly RegExp[] = [
  /--repair\b/,
  /--force\b/,
  /--(?:archives-|disable-)?tam\b/,
  /--cache-only\b/,
  /--accept-(?:shrink|size)\b/,
  /\bbreak-lock\b/,
  /\brm (?:-\w+ )?[\w/"'$.*-]/,
  /\bzfs (?:destroy|rollback)\b/,
  /\bzpool (?:destroy|labelclear|create)\b/,
  /(?:--|borg) (?:delete|recreate)\b/,
  /\bchmod (?:-R )?0?777\b/,
  /\bStrictHostKeyChecking\b/i,
  /\b(?:remov|delet|replac)\w+ [^.]*\bknown_hosts\b/i,
  /\bssh-keygen (?:-f \S+ )?-R\b/,
  /\bchown root\b/,
  /\b(?:say|answer) yes\b/,
  /\bfewer archives\b/i,
  /(?<!not |n't |never |nothing |nobody |how to )\b(?:remove|delete|destroy|erase|wipe|discard|unlink) (?:it|them|the|this|that|these|those|all|your|by hand|everything)\b/i,
];
/** What looks first. */
const LOOK = /\b(?:look|looks|compare|check|read it first|dry-run)\b/i;
/** What says what is destroyed, or accepted. */
const CONSEQUENCE =
  /\b(?:delet\w+|destroy\w*|damage\w*|los[et]s?|lost|undone|gone|only record|accept\w*|trust\w*|could change|someone|for good)\b/i;

/**
 * Says why a text must not be shown to people.
 *
 * @param text a hint, a message, a section of a page
 * @returns what is missing in it; empty when it may be shown
 */
export function faultsOf(text: string): readonly string[] {
  const danger = DANGERS.find((pattern) => pattern.test(text));
  if (danger === undefined) return [];
  return [
    ...(LOOK.test(text) ? [] : [`${danger} without how to look first`]),
    ...(CONSEQUENCE.test(text) ? [] : [`${danger} without what it destroys or accepts`]),
  ];
}
