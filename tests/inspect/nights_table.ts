/**
 * Prints how often the alarm for unusual changes cries over two years of generated nights, and how
 * many attacks it finds in the same night.
 *
 *     deno task nights
 *
 * @module
 */
import { plainTable } from "../../lib/text/plain_table.ts";
import { falseAlarms, type Nights, SHARES, tryAttack } from "./judgement.ts";
import { lifeOf, PROFILES } from "./nights.ts";
import { treeNights } from "./tree_nights.ts";

const SEEDS = [1, 2, 3, 4, 5];
const TREES = [1, 2, 3, 4, 5, 6, 7, 8];

const rows = PROFILES.flatMap((profile) => {
  const lives = SEEDS.map((seed) => lifeOf(profile, seed));
  return [
    row(profile.name, lives, (share) => ({ share })),
    row(`${profile.name}, new names`, lives, (share) => ({ share, renames: true })),
  ];
});
const trees = TREES.map((seed) => treeNights(seed));
const orders = ["any", "by directory", "newest", "largest", "smallest"] as const;
for (const order of orders) {
  rows.push(row(`trees by chance, ${order}`, trees, (share) => ({ share, order })));
}
const head = ["nights", "false alarms", ...SHARES.map((share) => `${100 * share} %`)];
Deno.stdout.writeSync(new TextEncoder().encode(`${plainTable(head, rows).join("\n")}\n`));

/** A row of the table: false alarms in each two years, then the percentage of attacks found. */
function row<Attack>(
  name: string,
  lives: readonly Nights<Attack>[],
  attackOf: (share: number) => Attack,
): string[] {
  const cries = lives.map((life) => falseAlarms(life).length).join(" ");
  const found = SHARES.map((share) => {
    const tries = lives.map((life) => tryAttack(life, attackOf(share)));
    const sum = tries.reduce((total, one) => total + one.found, 0);
    const all = tries.reduce((total, one) => total + one.found + one.missed.length, 0);
    return `${(100 * sum / all).toFixed(1).replace(/\.0$/, "")} %`;
  });
  return [name, cries, ...found];
}
