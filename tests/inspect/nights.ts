/**
 * Two years of nights of machines as administrators know them, for judging a detector. What happens
 * here was written down from what such machines do, not from what is easy to tell from an attack.
 *
 * @module
 */
import { Chance } from "./chance.ts";
import type { Nights } from "./judgement.ts";
import { type Attack, Machine, type Night } from "./machine.ts";

/** Nights of a profile. */
export const TWO_YEARS = 730;

const KB = 1_000;
const MB = 1_000 * KB;
const GB = 1_000 * MB;

/** What happens on a machine in a day, before its backup in the night. */
export interface Profile {
  readonly name: string;
  /** Makes the machine and returns what a day does to it. */
  begin(chance: Chance): { readonly machine: Machine; live(day: Day): void };
}

/** A day of the two years. */
export interface Day {
  /** 0 is the day of the first, full backup. */
  readonly number: number;
  /** 1 is Monday, 7 is Sunday. */
  readonly weekday: number;
  readonly dayOfMonth: number;
  readonly isLastOfMonth: boolean;
  /** 1 to 12. */
  readonly month: number;
  /** Nobody works or everybody is away. */
  readonly isHoliday: boolean;
}

/** Lets a machine live for two years; the same life for the same seed. */
export function lifeOf(profile: Profile, seed: number): Nights<Attack> {
  const { machine, live } = profile.begin(new Chance(seed));
  const nights: Night[] = [machine.backUp()];
  for (let number = 1; number < TWO_YEARS; number += 1) {
    live(dayOf(number));
    nights.push(machine.backUp());
  }
  return {
    figures: nights.map(({ figures }) => figures),
    attacked: (at, attack) => {
      const night = nights[at];
      if (night === undefined) throw new Error(`there is no night ${at}`);
      return night.attacked(attack);
    },
  };
}

function dayOf(number: number): Day {
  const date = new Date(Date.UTC(2027, 2, 15 + number));
  const month = date.getUTCMonth() + 1;
  const dayOfMonth = date.getUTCDate();
  const tomorrow = new Date(Date.UTC(2027, 2, 16 + number));
  return {
    number,
    weekday: (date.getUTCDay() + 6) % 7 + 1,
    dayOfMonth,
    month,
    isLastOfMonth: tomorrow.getUTCDate() === 1,
    isHoliday: (month === 12 && dayOfMonth >= 24) || (month === 1 && dayOfMonth <= 2) ||
      (month === 8 && dayOfMonth <= 14),
  };
}

/** A family's server: photos, films, documents, mail, a cloud, and the system itself. */
const homeServer: Profile = {
  name: "home server",
  begin(chance) {
    const machine = new Machine(chance, {
      system: [140_000, 25 * KB, 0.45],
      photos: [60_000, 5 * MB, 0.99],
      films: [400, 1.1 * GB, 1],
      documents: [18_000, 400 * KB, 0.8],
      mail: [80_000, 35 * KB, 0.6],
      cloud: [25_000, 20 * KB, 0.35],
      databases: [220, 12 * MB, 0.3],
      dumps: [7, 900 * MB, 1, 0.02],
      logs: [160, 900 * KB, 0.12],
    });
    const live = (day: Day) => {
      machine.modify("logs", chance.whole(25, 45), 0.15);
      machine.modify("databases", chance.whole(30, 80), 0.05);
      machine.replace("dumps", 1, 1);
      if (chance.happens(0.12)) machine.replace("system", chance.whole(100, 2_500), 0.8);
      if (day.weekday === 7) machine.move("logs", chance.whole(20, 60));
      if (day.dayOfMonth === 12) machine.replace("system", chance.whole(7_000, 24_000), 0.35);
      if (day.number % 43 === 20) machine.replace("cloud", 24_000, 0.15);
      if (!day.isHoliday) liveAtHome(machine, chance, day);
      if (day.number % 183 === 100) machine.add("photos", chance.whole(800, 3_000));
      if (day.number === 205) machine.begin("old disk", [21_000, 2.4 * MB, 0.9]);
      if (day.number === 290) machine.move("photos", 22_000);
      if (day.number === 340) machine.modify("photos", 700, 0.6);
      if (day.number === 410) machine.replace("system", 118_000, 0.85);
      if (day.number === 520) machine.touch("photos");
      if (day.number === 611) machine.remove("films", 120);
      if (day.number === 333 || day.number === 640) machine.loseCache();
    };
    return { machine, live };
  },
};

function liveAtHome(machine: Machine, chance: Chance, day: Day): void {
  machine.add("mail", chance.whole(10, 90));
  machine.move("mail", chance.whole(5, 120));
  machine.remove("mail", chance.whole(0, 60));
  machine.modify("documents", chance.whole(0, 12), 0.9);
  machine.add("documents", chance.whole(0, 8));
  if (chance.happens(0.3)) machine.add("films", chance.whole(1, 3));
  if (day.weekday >= 6) machine.add("photos", Math.round(60 * chance.around(1.2)));
}

/** A server that everybody in an office of eighty works on; its system is not in the backup. */
const officeServer: Profile = {
  name: "office file server",
  begin(chance) {
    const machine = new Machine(chance, {
      documents: [380_000, 1.3 * MB, 0.85],
      drawings: [42_000, 9 * MB, 0.6],
      scans: [150_000, 700 * KB, 0.97],
      mailboxes: [140, 4 * GB, 0.7],
      accounts: [2_600, 5 * MB, 0.3],
      profiles: [90_000, 60 * KB, 0.5],
    });
    const live = (day: Day) => {
      machine.replace("profiles", chance.whole(200, 600), 0.5);
      if (day.weekday <= 5 && !day.isHoliday) workInOffice(machine, chance, day);
      if (day.dayOfMonth === 1 && day.month % 3 === 1) machine.move("documents", 15_000);
      if (day.dayOfMonth === 5 && day.month === 1) machine.copy("accounts", 1_200);
      if (day.number === 190) machine.begin("new department", [34_000, 1.5 * MB, 0.85]);
      if (day.number === 260) machine.modify("documents", 1_400, 0.5);
      if (day.number === 350) machine.touch("documents");
      if (day.number === 430) machine.replace("profiles", 60_000, 0.5);
      if (day.number === 505) machine.remove("scans", 40_000);
      if (day.number === 555 || day.number === 700) machine.loseCache();
    };
    return { machine, live };
  },
};

function workInOffice(machine: Machine, chance: Chance, day: Day): void {
  const busy = (day.isLastOfMonth || day.dayOfMonth <= 3 ? 2.5 : 1) * chance.around(0.25);
  machine.modify("documents", Math.round(900 * busy), 0.7);
  machine.add("documents", Math.round(350 * busy));
  machine.remove("documents", Math.round(120 * busy));
  machine.modify("drawings", Math.round(160 * busy), 0.5);
  machine.add("drawings", Math.round(40 * busy));
  machine.add("scans", Math.round(220 * busy));
  machine.modify("mailboxes", chance.whole(50, 80), 0.015);
  machine.modify("accounts", Math.round(Math.min(2_000, 90 * busy)), 0.1);
  machine.modify("profiles", chance.whole(2_000, 4_000), 0.3);
  if (day.isLastOfMonth) machine.replace("accounts", 700, 0.6);
  if (day.weekday === 5) machine.move("documents", chance.whole(0, 2_500));
}

/** A PostgreSQL and MariaDB host: files of data, a log of transactions, dumps each night and week. */
const databaseHost: Profile = {
  name: "database host",
  begin(chance) {
    const machine = new Machine(chance, {
      data: [2_400, 25 * MB, 0.35],
      transactions: [1_050, 16 * MB, 0.3, 0],
      dumps: [14, 6 * GB, 1, 0.02],
      tables: [900, 8 * MB, 1],
      system: [4_000, 30 * KB, 0.4],
    });
    const live = (day: Day) => {
      const quiet = day.isHoliday || day.weekday >= 6 ? 0.5 : 1;
      const segments = Math.round(150 * quiet * chance.around(0.3));
      machine.modify(
        "data",
        Math.round(430 * quiet * chance.around(0.12)),
        0.06 * chance.around(0.4),
      );
      machine.replace("transactions", Math.min(segments, 800), 1);
      machine.replace("dumps", 1, 1);
      if (day.weekday === 7) machine.replace("tables", 900, 1);
      if (chance.happens(0.1)) machine.replace("system", chance.whole(20, 400), 0.9);
      if (day.dayOfMonth === 1) machine.add("data", chance.whole(10, 40));
      if (day.weekday === 7 && day.dayOfMonth <= 7) machine.replace("data", 1_300, 0.9);
      if (day.number === 220) machine.begin("new database", [800, 62 * MB, 0.35]);
      if (day.number === 420) machine.replace("data", machine.count("data") - 40, 0.95);
      if (day.number === 480) machine.touch("data");
      if (day.number === 150 || day.number === 590) machine.loseCache();
    };
    return { machine, live };
  },
};

/** A small rented server with the websites of a few clubs: the system is half of what there is. */
const webServer: Profile = {
  name: "small web server",
  begin(chance) {
    const machine = new Machine(chance, {
      system: [110_000, 32 * KB, 0.42],
      sites: [42_000, 18 * KB, 0.33],
      uploads: [24_000, 130 * KB, 0.98],
      databases: [420, 2 * MB, 0.28],
      containers: [26_000, 30 * KB, 0.42],
      mail: [9_000, 40 * KB, 0.6],
      logs: [90, 1.5 * MB, 0.1],
    });
    const live = (day: Day) => {
      machine.modify("logs", chance.whole(20, 40), 0.2);
      machine.modify("databases", chance.whole(60, 140), 0.15);
      machine.modify("sites", chance.whole(0, 15), 0.9);
      machine.add("uploads", Math.round(12 * chance.around(1)));
      machine.add("mail", chance.whole(2, 40));
      machine.move("mail", chance.whole(0, 40));
      if (chance.happens(0.15)) machine.replace("system", chance.whole(50, 3_000), 0.8);
      if (day.weekday === 7) machine.move("logs", 40);
      if (day.dayOfMonth === 10) machine.replace("system", chance.whole(8_000, 23_000), 0.4);
      if (day.number % 31 === 17) machine.replace("containers", 24_000, 0.7);
      if (day.number % 37 === 9) machine.replace("sites", chance.whole(3_000, 12_000), 0.4);
      if (day.number === 210) machine.begin("archive", [16_000, 3.1 * MB, 0.95]);
      if (day.number === 400) machine.replace("system", 96_000, 0.85);
      if (day.number === 470) machine.replace("uploads", 5_000, 0);
      if (day.number === 300 || day.number === 620) machine.loseCache();
    };
    return { machine, live };
  },
};

/** All profiles. */
export const PROFILES: readonly Profile[] = [homeServer, officeServer, databaseHost, webServer];
