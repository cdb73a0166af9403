/**
 * All faults, by their kind.
 *
 * @module
 */
import type { Fault } from "./fault.ts";
import { faults as clock } from "./kinds/clock.ts";
import { faults as deaths } from "./kinds/deaths.ts";
import { faults as directories } from "./kinds/directories.ts";
import { faults as dumps } from "./kinds/dumps.ts";
import { faults as history } from "./kinds/history.ts";
import { faults as hooks } from "./kinds/hooks.ts";
import { faults as internal } from "./kinds/internal.ts";
import { faults as log } from "./kinds/log.ts";
import { faults as mail } from "./kinds/mail.ts";
import { faults as metrics } from "./kinds/metrics.ts";
import { faults as notify } from "./kinds/notify.ts";
import { faults as page } from "./kinds/page.ts";
import { faults as ping } from "./kinds/ping.ts";
import { faults as programs } from "./kinds/programs.ts";
import { faults as refusals } from "./kinds/refusals.ts";
import { faults as repositories } from "./kinds/repositories.ts";
import { faults as services } from "./kinds/services.ts";
import { faults as signals } from "./kinds/signals.ts";
import { faults as sources } from "./kinds/sources.ts";
import { faults as state } from "./kinds/state.ts";
import { faults as terminal } from "./kinds/terminal.ts";

/** The tables; a kind is the name of its file. */
export const kinds: Readonly<Record<string, readonly Fault[]>> = {
  clock,
  deaths,
  directories,
  dumps,
  history,
  hooks,
  internal,
  log,
  mail,
  metrics,
  notify,
  page,
  ping,
  programs,
  refusals,
  repositories,
  services,
  signals,
  sources,
  state,
  terminal,
};
