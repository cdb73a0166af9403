/**
 * How a value was probably meant, as the end of a message: behind "expected …, found …". It repeats the
 * value, so it is asked only for those that may be shown. Pure.
 * @module
 */
import type { z } from "zod";
import { nearest } from "../text/nearest.ts";
import { asTable, type KeyPath } from "./config_problem.ts";

/** Words for the units of durations. */
const UNITS: readonly (readonly [RegExp, number, string])[] = [
  [/^(?:s|secs?|seconds?|sekunden?)$/i, 1, "s"],
  [/^(?:m|mins?|minutes?|minuten?)$/i, 1, "m"],
  [/^(?:h|hrs?|hours?|stunden?)$/i, 1, "h"],
  [/^(?:d|days?|tage?)$/i, 1, "d"],
  [/^(?:w|weeks?|wochen?)$/i, 1, "w"],
  [/^(?:months?|monate?)$/i, 30, "d"],
  [/^(?:y|years?|jahre?)$/i, 365, "d"],
];

/** Other words for those that a key has. */
const WORDS: Readonly<Record<string, readonly (readonly [pattern: RegExp, word: string])[]>> = {
  security: [[/^(?:ssl|smtps|ssl\/tls|on|true)$/i, "tls"], [/^(?:plain|off|false)$/i, "none"]],
  when: [[/^(?:on_?|only_?)?(?:errors?|fail|failed|failures?|problem|warnings?)$/i, "problems"]],
  level: [[/^(?:errors?|warn|critical)$/i, "warning"], [/^(?:trace|verbose|all)$/i, "debug"]],
  engine: [[/^docker[\W_]?compose$/i, "docker"]],
};

/** Messengers that have no kind of their own. */
const OTHER_SERVICES: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/^mattermost$/i, 'write "slack", whose format Mattermost takes'],
  [/^discord$/i, 'write "slack", and "/slack" at the end of the url'],
  [/^(?:e-?mail|smtp)$/i, "mails have a table of their own, [mail]"],
];

/** How often something is done, in a word. */
const OFTEN: Readonly<Record<string, string>> = {
  hourly: "1h",
  daily: "1d",
  weekly: "7d",
  monthly: "30d",
  yearly: "365d",
};

/** What dumps a kind of databases that has no kind here. */
const OTHER_DATABASES = 'write kind = "command", and /etc/autoborg/hooks/dump writes the dump';

/** Says how to write it; empty: nobody knows. */
export function adviceFor(value: unknown, issue: z.core.$ZodIssue, path: KeyPath): string {
  const meant = meantBy(value, issue, path);
  return meant === undefined ? "" : `; ${meant}`;
}

function meantBy(value: unknown, issue: z.core.$ZodIssue, path: KeyPath): string | undefined {
  const { message } = issue;
  if (issue.code === "invalid_type") return ofAnotherType(value, issue.expected, message, path);
  if (typeof value !== "string") return undefined;
  if (/^a (?:duration|size)/.test(message)) {
    const isMonths = path.at(-1) === "keep_within" && /^(?:[1-9]|1\d|2[0-4])m$/.test(value);
    // Borg counts months in "m", and everything else here minutes.
    if (isMonths) return `for months ${written(durationIn(value.replace("m", " months")))}`;
    const quantity = /^a size/.test(message) ? sizeIn(value) : durationIn(value);
    return quantity === value ? undefined : written(quantity);
  }
  if (issue.code === "invalid_value") {
    const words = issue.values.filter((one) => typeof one === "string");
    const key = String(path.at(-1));
    const other = WORDS[key]?.find(([pattern]) => pattern.test(value))?.[1];
    const near = other ?? nearest(value.toLowerCase(), words);
    if (path[0] === "notify" && key === "kind" && near === undefined) {
      return OTHER_SERVICES.find(([pattern]) => pattern.test(value))?.[1] ??
        'for a service that has no kind: write "webhook"';
    }
    const isOfDatabases = path[0] === "databases" && key === "kind";
    return near === undefined && isOfDatabases ? OTHER_DATABASES : written(near);
  }
  if (/^one of Borg's compressions/.test(message)) {
    return written(/^(\w+)[:=\s-](\d+)$/.exec(value)?.slice(1).join(","));
  }
  if (/^a mail address/.test(message)) return written(/<([^<>\s]+@[^<>\s]+)>$/.exec(value)?.[1]);
  if (/^an SSH option/.test(message)) return sshOption(value);
  if (/^a host name/.test(message)) return hostAlone(value);
  if (/^the full name of a unit/.test(message)) return written(unitIn(value));
  if (/^a dataset/.test(message)) return datasetIn(value);
  return undefined;
}

function datasetIn(text: string): string | undefined {
  if (text.endsWith("/*")) return `${written(text.slice(0, -2))} and set recursive = true`;
  const bare = text.replace(/^\/+|\/+$|@.*$/g, "");
  return /^[^\s@#%*/]+(?:\/[^@#%*/]+)*$/.test(bare) ? written(bare) : undefined;
}

function ofAnotherType(
  value: unknown,
  expected: string,
  message: string,
  path: KeyPath,
): string | undefined {
  if (expected === "boolean") {
    if (value === 0 || value === 1) return `write ${value === 1}`;
    const word = typeof value === "string" ? value.toLowerCase() : "";
    if (word === "true" || word === "false") return "leave out the quotes";
    const said = { yes: true, on: true, no: false, off: false }[word];
    return said === undefined ? undefined : `write ${said}, without quotes`;
  }
  if (expected === "array") {
    // Strings stand in a list between brackets, tables below a header in two of them.
    if (typeof value === "string") {
      return `write it in brackets: [${
        partsOf(value).map((part) => JSON.stringify(part)).join(", ")
      }]`;
    }
    return asTable(value) === undefined || !/tables/.test(message)
      ? undefined
      : `write [[${path[0]}]], with two brackets, above each of them`;
  }
  if (expected === "object") return tableInstead(value, /\(\[([\w.]+)\]\)/.exec(message)?.[1]);
  if (typeof value === "string" && /^-?\d+$/.test(value)) return "leave out the quotes";
  if (typeof value === "string") return /^(\d+)\s*%$/.exec(value)?.[1]?.replace(/^/, "write ");
  return undefined;
}

/** What stands below the header of a table that something else was written for. */
function tableInstead(value: unknown, table = ""): string | undefined {
  if (Array.isArray(value)) {
    if (table === "sources") return "write it as directories in [sources]";
    return value.some((one) => asTable(one) !== undefined)
      ? `write [${table}], with one bracket on each side`
      : undefined;
  }
  if (typeof value !== "boolean") return undefined;
  if (/^(?:repositories\.)?(?:check|compact)$|^change_guard$/.test(table)) {
    return `write enabled = ${value} in [${table}]`;
  }
  const isVerify = /^(?:repositories\.)?verify$/.test(table) && !value;
  return isVerify ? `write files = 0 and cycle = "0s" in [${table}]` : undefined;
}

/** Several paths or mail addresses in one string; anything else may have commas of its own. */
function partsOf(value: string): readonly string[] {
  const parts = value.split(",").map((part) => part.trim());
  return parts.every((part) => /^\/|^[^\s@]+@[^\s@]+$/.test(part)) ? parts : [value];
}

function written(text: string | undefined): string | undefined {
  return text === undefined || text === "" ? undefined : `write ${JSON.stringify(text)}`;
}

function durationIn(text: string): string | undefined {
  const often = OFTEN[text.trim().toLowerCase()];
  if (often !== undefined) return often;
  const [, count = "", part, word = ""] =
    /^(\d{1,6})(?:[.,](\d))?\s*([a-z]+)$/i.exec(text.trim()) ?? [];
  const [, factor = 1, unit = ""] = UNITS.find(([pattern]) => pattern.test(word)) ?? [];
  if (unit === "") return undefined;
  if (part === undefined) return `${Number(count) * factor}${unit}`;
  const [below, times] = BELOW[unit] ?? [];
  const tenths = (Number(count) * 10 + Number(part)) * factor * (times ?? 0);
  return below === undefined || tenths % 10 > 0 ? undefined : `${tenths / 10}${below}`;
}

/** The unit below one, and how many of it there are. */
const BELOW: Readonly<Record<string, readonly [unit: string, count: number]>> = {
  m: ["s", 60],
  h: ["m", 60],
  d: ["h", 24],
  w: ["h", 168],
};

function sizeIn(text: string): string | undefined {
  const [, count = "", part, unit = "", rest = ""] =
    /^(\d{1,9})(?:[.,](\d))?\s*(k|m|g|t)(i?b?|bit)(?:\/s|ps)?$/i.exec(text.trim()) ?? [];
  if (count === "") return undefined;
  const letters = ["", "K", "M", "G", "T"];
  const at = letters.indexOf(unit.toUpperCase());
  const isBits = /^bit$/i.test(rest);
  const binary = /^i/i.test(rest) ? "i" : "";
  if (part === undefined && !isBits) return `${count}${letters[at]}${binary}B`;
  const below = letters[at - 1] ?? "";
  const tenths = (Number(count) * 10 + Number(part ?? 0)) * (binary === "" ? 1_000 : 1_024);
  const amount = Math.floor(tenths / (isBits ? 80 : 10));
  return `${amount}${below}${below === "" ? "" : binary}B`;
}

function sshOption(text: string): string | undefined {
  const [, flag, value = ""] = /^-([pil])\s*(\S+)$/.exec(text) ?? [];
  if (flag === "p") return written(`Port=${value}`);
  if (flag === "i") return "set ssh_key to the file instead";
  if (flag === "l") return written(`User=${value}`);
  return written(/^(?:-o\s*)?([A-Z]\w+)[=\s]+([^\s=]+)$/.exec(text)?.slice(1).join("="));
}

/** With the suffix that `systemctl` adds by itself, and with an instance. */
function unitIn(text: string): string | undefined {
  const [, name = "", at = "", instance = "", suffix] =
    /^([\w:.\\][\w:.\\-]*?)(?:(@)([\w:.\\-]*?))?(\.service)?$/.exec(text) ?? [];
  if (name === "" || /\.(?:mount|automount|slice|scope|swap|device)$/.test(text)) return undefined;
  if (suffix !== undefined && at === "") return undefined;
  return `${name}${at === "" ? "" : `@${instance === "" ? "NAME" : instance}`}.service`;
}

function hostAlone(text: string): string | undefined {
  const [, host = "", port] = /^(?:\w+:\/\/)?([\w.-]+)(?::(\d{1,5}))?\/?$/.exec(text) ?? [];
  if (host === "" || host === text) return undefined;
  return port === undefined ? written(host) : `${written(host)} and port = ${port}`;
}
