/** The table `[quiesce]`. @module */
import { duration, flag, list, oneOf, table, text } from "./values.ts";

/** Kinds of units that can be stopped and started again without anything else changing for good. */
const UNIT_KINDS = "service|socket|target|timer|path";

/**
 * The name of a unit: no pattern, which `systemctl stop` would expand, no template and no option.
 * What systemd allows in it: systemd.unit(5).
 */
const UNIT = new RegExp(
  `^(?=.{1,255}$)[A-Za-z0-9:_.\\\\][A-Za-z0-9:_.\\\\-]*(?:@[A-Za-z0-9:_.\\\\@-]+)?\\.(?:${UNIT_KINDS})$`,
);

/** Services that are stopped while the snapshots are taken. */
export const quiesce = table("quiesce", {
  units: list(
    "names of units",
    text('the full name of a unit, such as "nextcloud.service" or "app@shop.service"', UNIT),
  ).default([]).describe(
    "Units of systemd to stop right before the snapshot, in this order, after the containers; " +
      "they are started again right after it, in reverse order. One that does not run is left alone.",
  ),
  containers: list(
    "names of containers",
    text('the name of a container, such as "shop-web"', /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/),
  ).default([]).describe(
    "Containers to stop right before the snapshot, in this order, before the units; they are " +
      "started again right after it, in reverse order. One that does not run is left alone.",
  ),
  engine: oneOf("docker", "podman").optional()
    .describe("What runs the containers; required with containers."),
  mode: oneOf("stop", "pause").default("stop").describe(
    "How containers are made quiet: stopped, so that they write all they have, or paused in the " +
      "middle of what they do. Units are always stopped.",
  ),
  required: flag().default(false).describe(
    "Fail the run before the snapshot if something can't be stopped; otherwise it is a warning " +
      "and the snapshot is taken all the same.",
  ),
  allow_long_pause: flag().default(false).describe(
    "Also stop them when nothing is read from a snapshot: they then stay stopped until all " +
      "repositories have their archives.",
  ),
  timeout: duration((duration) => duration > 0, 'a duration of more than "0s", such as "1m"')
    .prefault("1m").describe("How long to wait for each of them to stop."),
}).prefault({}).describe("Services that are stopped while the snapshots are taken.");
