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
    const quantity = /^a size/.test(message) ? sizeIn(value) : durationIn(value);
    return quantity === value ? undefined : written(quantity);
  }
  if (issue.code === "invalid_value") {
    const words = issue.values.filter((one) => typeof one === "string");
    const near = nearest(value.toLowerCase(), words);
    const isOfDatabases = path[0] === "databases" && path.at(-1) === "kind";
    return near === undefined && isOfDatabases ? OTHER_DATABASES : written(near);
  }
  if (/^one of Borg's compressions/.test(message)) {
    return written(/^(\w+)[:=\s-](\d+)$/.exec(value)?.slice(1).join(","));
  }
  if (/^a mail address/.test(message)) return written(/<([^<>\s]+@[^<>\s]+)>$/.exec(value)?.[1]);
  if (/^an SSH option/.test(message)) return sshOption(value);
  if (/^a host name/.test(message)) return hostAlone(value);
  if (/^the full name of a unit/.test(message)) return written(unitIn(value));
  if (/^a dataset/.test(message) && value.endsWith("/*")) {
    return `${written(value.slice(0, -2))} and set recursive = true`;
  }
  return undefined;
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
  if (typeof value === "string" && /^-?\d+$/.test(value)) return "leave out the quotes";
  return undefined;
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
  const [, count = "", word = ""] = /^(\d{1,6})\s*([a-z]+)$/i.exec(text.trim()) ?? [];
  const [, factor = 1, unit] = UNITS.find(([pattern]) => pattern.test(word)) ?? [];
  return unit === undefined ? undefined : `${Number(count) * factor}${unit}`;
}

function sizeIn(text: string): string | undefined {
  const [, count = "", unit = ""] = /^(\d{1,9})\s*(k|m|g|t)(?:i?b)?$/i.exec(text.trim()) ?? [];
  return count === "" ? undefined : `${count}${unit.toUpperCase()}${/ib$/i.test(text) ? "i" : ""}B`;
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
