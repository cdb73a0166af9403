/**
 * Reads the traces that a run left, each by itself, without the code that wrote them.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { simpleParser } from "mailparser";
import { exists, type Place } from "../e2e/place.ts";
import { logNames } from "./log_names.ts";
import { NAME, type Scene } from "./scene.ts";

/** What one trace says. */
export interface Said {
  /** `ok`, `warning` or `failed`. */
  readonly state: string;
  /** The run that it is about, as far as it says so. */
  readonly runId: string | undefined;
  readonly text: string;
}

/** A row of the history that concerns a run. */
export function historySays(place: Place): Said | undefined {
  const path = place.at("state/history.db");
  if (!exists(path)) return undefined;
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const row = database.prepare(
      "SELECT id, state, problems FROM runs WHERE name = ? ORDER BY rowid DESC LIMIT 1",
    ).get(NAME);
    if (row === undefined) return undefined;
    return { state: String(row.state), runId: String(row.id), text: String(row.problems) };
  } catch {
    return undefined;
  } finally {
    database.close();
  }
}

/** The state in the newest log. */
export function logSays(place: Place): Said | undefined {
  const name = logNames(place).at(-1);
  if (name === undefined) return undefined;
  const text = Deno.readTextFileSync(place.at("logs", name));
  const states = [...text.matchAll(/^\d\S+ +\w+ +(ok|warning|FAILED) after /gm)];
  const word = states.at(-1)?.[1];
  if (word === undefined) return undefined;
  return { state: word.toLowerCase(), runId: /-([0-9a-f]{8})\.log$/.exec(name)?.[1], text };
}

/** The report: the last one that came in, or else the newest one that waits. */
export async function reportSays(scene: Scene, received: number): Promise<Said | undefined> {
  const mail = scene.mails.received.slice(received).at(-1);
  if (mail !== undefined) return reportOf(mail.subject, mail.text);
  const spool = scene.place.at("state/mail");
  if (!exists(spool)) return undefined;
  const name = [...Deno.readDirSync(spool)].map((entry) => entry.name)
    .filter((one) => one.startsWith(`${NAME}-`) && one.endsWith(".eml")).toSorted().at(-1);
  if (name === undefined) return undefined;
  const { subject = "", text = "" } = await simpleParser(Deno.readTextFileSync(`${spool}/${name}`));
  return reportOf(subject, text);
}

function reportOf(subject: string, text: string): Said {
  return {
    state: /^\[(\w+)\]/.exec(subject)?.[1]?.toLowerCase() ?? "",
    runId: /\brun:? +([0-9a-f]{8})\b/i.exec(text)?.[1],
    text: `${subject}\n${text}`,
  };
}

/** The state in the metrics, which are of the last run that wrote them. */
export function metricsSay(place: Place): Said | undefined {
  const path = place.at("metrics/autoborg.prom");
  if (!exists(path)) return undefined;
  const text = Deno.readTextFileSync(path);
  const state = /^autoborg_last_run_state\{.*state="(\w+)"\} 1$/m.exec(text)?.[1];
  return state === undefined ? undefined : { state, runId: undefined, text };
}
