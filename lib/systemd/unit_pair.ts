/** The service and the timer of a configuration, and those that a package brings along. @module */
import type { ServiceSettings } from "../config/service_settings.ts";
import { type ConfigPlace, type Credential, type ServiceRequest, serviceUnit } from "./service.ts";
import {
  DEFAULT_CALENDAR,
  DEFAULT_SPLAY,
  STATUS_CALENDAR,
  type TimerRequest,
  timerUnit,
} from "./timer_unit.ts";
import { marked, type UnitFile } from "./unit_file.ts";
import { aboveAutomounts, type BorgVariables, writableDirectories } from "./writable.ts";

/** What the units of a configuration are made of. */
export interface UnitsRequest {
  readonly settings: ServiceSettings;
  /** The program, absolute. */
  readonly binary: string;
  readonly isDefaultConfig: boolean;
  /** Tells several configurations apart; `undefined`: there is only one. */
  readonly instance: string | undefined;
  readonly calendar: string;
  /** Milliseconds; {@linkcode DEFAULT_SPLAY} when left out. */
  readonly splay?: number;
  readonly borg: BorgVariables;
  /** The credentials that the configuration wants. */
  readonly credentials: readonly Credential[];
  /** The mount points of all automounts. */
  readonly automounts: readonly string[];
}

/**
 * Makes the units of a configuration.
 *
 * @throws {AppError} when a path can't be written into a unit
 */
export function unitsOf(request: UnitsRequest): readonly UnitFile[] {
  const { settings, borg } = request;
  const base = request.instance === undefined ? "autoborg" : `autoborg@${request.instance}`;
  const { name, path, usesNetwork, passphraseCommand, repositories } = settings;
  const isRemote = repositories.some(({ url }) => !url.startsWith("/"));
  const service: ServiceRequest = {
    description: `autoborg: backup of ${name}`,
    binary: request.binary,
    config: request.isDefaultConfig ? undefined : { kind: "path", path },
    network: isRemote || usesNetwork || passphraseCommand,
    zfs: settings.zfs,
    servers: settings.hasServers,
    quiesce: settings.quiesce,
    writable: aboveAutomounts(writableDirectories(settings, borg), request.automounts),
    borg,
    credentials: request.credentials,
    possibleCredentials: settings.possibleCredentials,
    passphraseCommand,
  };
  const timer: TimerRequest = {
    description: `autoborg: timer for the backup of ${name}`,
    service: `${base}.service`,
    calendar: request.calendar,
    splay: request.splay ?? DEFAULT_SPLAY,
  };
  return settings.hasAudience ? watched(base, name, service, timer) : pair(base, service, timer);
}

/**
 * Makes units that fit every configuration, for a package: `autoborg.service` reads the default
 * configuration, `autoborg@NAME.service` reads `/etc/autoborg/NAME.toml`. As they can't know where
 * the repositories are, they leave more writable than {@linkcode unitsOf}.
 */
export function defaultUnits(binary: string): readonly UnitFile[] {
  const plain = unitsOfAny(binary, "autoborg", undefined);
  const template = unitsOfAny(binary, "autoborg@", { kind: "instance" });
  return [...plain, ...template];
}

function unitsOfAny(
  binary: string,
  base: string,
  config: ConfigPlace | undefined,
): readonly UnitFile[] {
  const what = config === undefined ? "" : " of %i";
  return watched(base, config === undefined ? "this machine" : "%i", {
    description: `autoborg: backup${what}`,
    binary,
    config,
    network: true,
    zfs: true,
    servers: true,
    quiesce: "any",
    writable: undefined,
    borg: {},
    credentials: [],
    possibleCredentials: [],
    passphraseCommand: false,
  }, {
    description: `autoborg: timer for the backup of ${
      config === undefined ? "this machine" : "%i"
    }`,
    service: `${base}${config === undefined ? "" : "%i"}.service`,
    calendar: DEFAULT_CALENDAR,
    splay: DEFAULT_SPLAY,
  });
}

/** The units of the run, and those that tell people of what no run can say. */
function watched(
  base: string,
  name: string,
  service: ServiceRequest,
  timer: TimerRequest,
): readonly UnitFile[] {
  const watch = base.replace("autoborg", "autoborg-status");
  // Files of a template end with "@"; a unit of it names its instance.
  const unit = watch.endsWith("@") ? `${watch}%i.service` : `${watch}.service`;
  return [
    ...pair(base, { ...service, onFailure: unit }, timer),
    ...pair(watch, {
      ...service,
      quiesce: undefined,
      description: `autoborg: notification when backups of ${name} are too old`,
      verb: ["status", "--notify"],
    }, {
      description: `autoborg: timer that checks whether backups of ${name} are too old`,
      service: unit,
      calendar: STATUS_CALENDAR,
      splay: DEFAULT_SPLAY,
    }),
  ];
}

function pair(base: string, service: ServiceRequest, timer: TimerRequest): readonly UnitFile[] {
  return [
    marked(`${base}.service`, serviceUnit(service)),
    marked(`${base}.timer`, timerUnit(timer)),
  ];
}
