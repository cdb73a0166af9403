/**
 * Two years of nights of trees made by chance, file by file: sizes with a heavy tail, directories of
 * different size, habits with periods of their own. Unlike `nights.ts` nothing here was thought of by
 * somebody who has such a machine; it shows what happens to what nobody thought of.
 *
 * @module
 */
import type { NightFigures } from "../../lib/inspect/unusual_change.ts";
import { Chance } from "./chance.ts";
import type { Nights } from "./judgement.ts";
import { TWO_YEARS } from "./nights.ts";
import { type File, Tree } from "./tree.ts";

/** Which files are encrypted first. */
export type Order = "any" | "by directory" | "smallest" | "largest" | "newest";

/** What ransomware does to a tree in one night. */
export interface TreeAttack {
  readonly share: number;
  readonly order: Order;
  readonly renames?: boolean;
}

/** Something that is done again and again, or once. */
interface Habit {
  readonly every: number;
  readonly first: number;
  act(tree: Tree, day: number): void;
}

/** Makes a tree by chance and lets it live; the same one for the same seed. */
export function treeNights(seed: number): Nights<TreeAttack> {
  const chance = new Chance(seed);
  const tree = new Tree(chance);
  const habits = habitsOf(chance, tree);
  const weekdays = Array.from({ length: 7 }, () => chance.happens(0.3) ? 0 : chance.around(0.5));
  const activity = 0.004 * chance.around(0.8);
  const figures: NightFigures[] = [];
  const states: { readonly files: readonly File[]; readonly seed: number }[] = [];
  let away = 0;
  for (let day = 0; day < TWO_YEARS; day += 1) {
    if (chance.happens(0.008)) away = chance.whole(5, 21);
    away -= 1;
    const busy = away > 0 ? 0 : (weekdays[day % 7] ?? 1) * activity * chance.around(0.7);
    if (day > 0) tree.work(busy, day);
    for (const { every, first, act } of habits) if ((day - first) % every === 0) act(tree, day);
    figures.push(tree.backUp(chance.happens(0.003)));
    states.push({ files: [...tree.files], seed: Math.floor(chance.next() * 2 ** 31) });
  }
  const victims = new Map<string, readonly File[]>();
  return {
    figures,
    attacked: (night, attack) => {
      const [state, tonight] = [states[night], figures[night]];
      if (state === undefined || tonight === undefined) {
        throw new Error(`there is no night ${night}`);
      }
      const key = `${night} ${attack.order}`;
      const inOrder = victims.get(key) ??
        ordered(state.files, attack.order, new Chance(state.seed));
      victims.set(key, inOrder);
      return encrypted(tonight, inOrder, attack);
    },
  };
}

/** What the owners of a tree do with whole directories, regularly or once in two years. */
function habitsOf(chance: Chance, { directories }: Tree): Habit[] {
  const directory = () => chance.whole(0, directories - 1);
  const acts: readonly ((own: number) => Habit["act"])[] = [
    (own) => (tree, day) => tree.rewrite(own, 0.4, day),
    (own) => (tree, day) => tree.rewrite(own, 0.8, day),
    (own) => (tree, day) => tree.turnOver(own, 0.1, day),
    (own) => (tree, day) => tree.turnOver(own, 1, day),
    (own) => (tree) => tree.mirror(own),
    () => (tree) => tree.rename(directory()),
    () => (tree) => tree.touch(directory()),
  ];
  const regular = [1, 7, 28, 30, 31, 91].filter(() => chance.happens(0.6)).map((every): Habit => ({
    every,
    first: chance.whole(1, every),
    act: chance.pick(acts)(directory()),
  }));
  const once = (act: Habit["act"]): Habit => ({
    every: TWO_YEARS,
    first: chance.whole(40, TWO_YEARS - 1),
    act,
  });
  return [
    ...regular,
    once((tree, day) => tree.import(0.4, day)),
    once((tree, day) => tree.import(0.1, day)),
    once((tree) => tree.remove(0.15)),
    once((tree, day) => tree.rewrite(directory(), 0.6, day)),
    once((tree) => Array.from({ length: 9 }, directory).forEach((one) => tree.rename(one))),
  ];
}

/** What the night's figures are when files are encrypted before the backup. */
function encrypted(
  night: NightFigures,
  files: readonly File[],
  { share, renames = false }: TreeAttack,
): NightFigures {
  const count = Math.round(share * files.length);
  const victims = files.slice(0, count);
  const sum = (of: (file: File) => number) =>
    Math.round(victims.reduce((total, file) => total + of(file), 0));
  const untouched = 1 - Math.min(1, (night.added + night.modified) / night.now.files);
  const inflation = sum(({ size, ratio }) => size * (1 - ratio));
  return {
    ...night,
    added: night.added + (renames ? count : 0),
    modified: night.modified + (renames ? 0 : Math.round(count * untouched)),
    newSize: night.newSize + sum(({ size }) => size),
    now: { ...night.now, compressedSize: night.now.compressedSize + inflation },
  };
}

function ordered(files: readonly File[], order: Order, chance: Chance): readonly File[] {
  if (order === "smallest") return files.toSorted((one, other) => one.size - other.size);
  if (order === "largest") return files.toSorted((one, other) => other.size - one.size);
  if (order === "newest") return files.toSorted((one, other) => other.day - one.day);
  const random = files.map((file) => ({ file, place: chance.next() }))
    .toSorted((one, other) => one.place - other.place).map(({ file }) => file);
  if (order === "any") return random;
  const first = random[0]?.directory ?? 0;
  const distance = ({ directory }: File) => (directory - first + 10_000) % 10_000;
  return random.toSorted((one, other) => distance(one) - distance(other));
}
