/**
 * Files whose services can't be stopped for a snapshot.
 *
 * @module
 */
import { type Broken, end } from "./file.ts";

/** A table of services with these lines; they begin in line 8. */
function quiesce(name: string, text: string, ...says: string[]): Broken {
  return end(name, `[quiesce]\n${text}`, ...says);
}

/** Files whose services can't be stopped for a snapshot. */
export const QUIESCE: readonly Broken[] = [
  quiesce(
    "names a unit to stop without its suffix",
    'units = ["nextcloud", "app@shop", "cron.d"]',
    '8:10: quiesce.units[0]: expected the full name of a unit, such as…, found "nextcloud"; write "nextcloud.service"',
    '8:23: quiesce.units[1]: expected the full name of a unit…, found "app@shop"; write "app@shop.service"',
    '8:35: quiesce.units[2]: expected the full name of a unit…, found "cron.d"; write "cron.d.service"',
  ),
  quiesce(
    "names a template to stop",
    'units = ["app@.service"]',
    '8:10: quiesce.units[0]: expected the full name of a unit…, found "app@.service"; write "app@NAME.service"',
  ),
  quiesce(
    "names units that systemctl would take for an option, a pattern and a mount",
    'units = ["-H.service", "*.service", "srv.mount"]',
    '8:10: quiesce.units[0]: expected the full name of a unit…, found "-H.service"',
    '8:24: quiesce.units[1]: expected the full name of a unit…, found "*.service"',
    '8:37: quiesce.units[2]: expected the full name of a unit…, found "srv.mount"',
  ),
  quiesce(
    "stops a unit and a container twice",
    'units = ["a.service", "b.service", "a.service"]\ncontainers = ["web", "web"]\nengine = "podman"',
    '8:36: quiesce.units[2]: expected each unit only once, found "a.service" twice in this li…',
    '9:22: quiesce.containers[1]: expected each container only once, found "web" twice in this…',
  ),
  quiesce(
    "stops autoborg itself",
    'units = ["autoborg.service", "autoborg@web.timer"]',
    '8:10: quiesce.units[0]: expected a unit other than autoborg\'s own…, found "autoborg.service"',
    '8:30: quiesce.units[1]: expected a unit other than autoborg\'s own…, found "autoborg@web.timer"',
  ),
  quiesce(
    "stops containers of no engine",
    'containers = ["web"]',
    '8:14: quiesce.containers: expected engine = "docker" or engine = "podman" beside it, found…',
  ),
  quiesce(
    "stops containers of an engine that nobody knows",
    'containers = ["web"]\nengine = "Podman"\nmode = "freeze"',
    '9:10: quiesce.engine: expected one of "docker", "podman", found "Podman"; write "podman"',
    '10:8: quiesce.mode: expected one of "stop", "pause", found "freeze"',
  ),
  quiesce(
    "stops containers whose names are options or paths",
    'containers = ["--all", "a/b"]\nengine = "docker"',
    '8:15: quiesce.containers[0]: expected the name of a container…, found "--all"',
    '8:24: quiesce.containers[1]: expected the name of a container…, found "a/b"',
  ),
  quiesce(
    "waits no time for a service",
    'units = ["a.service"]\ntimeout = "0s"',
    '9:11: quiesce.timeout: expected a duration of more than "0s"…, found "0s"',
  ),
  end(
    "would stop services during the whole backup",
    '[zfs]\nsnapshot_directories = false\n[quiesce]\nunits = ["a.service"]',
    "10:9: quiesce.units: expected something that is read from a snapshot…; if that is acceptable, set allow_long_pause = true",
  ),
];
