import assert from "node:assert/strict";
import {
  aboveAutomounts,
  type BorgVariables,
  writableDirectories,
} from "../../lib/systemd/writable.ts";
import { SETTINGS } from "./settings.ts";

const paths = (directories: readonly { readonly path: string }[]) => directories.map((d) => d.path);

Deno.test("writableDirectories() lists what a run writes to, and nothing else", () => {
  assert.deepEqual(writableDirectories({ ...SETTINGS, metricsTextfile: "/srv/m/x.prom" }, {}), [
    { path: "/var/lib/autoborg", mode: "0700" },
    { path: "/run/autoborg", mode: "0700" },
    { path: "/var/log/autoborg", mode: "0750" },
    { path: "/root/.cache/borg", mode: "0700" },
    { path: "/root/.config/borg", mode: "0700" },
    { path: "/mnt/disk/borg" },
    { path: "/srv/m" },
    { path: "/var/cache/autoborg", mode: "0700" },
    { path: "/tmp" },
    { path: "/var/tmp" },
    { path: "/run" },
  ]);
});

Deno.test("writableDirectories() follows Borg's variables", () => {
  const borg = { BORG_BASE_DIR: "/b", BORG_CACHE_DIR: "/c", BORG_SECURITY_DIR: "/s" };
  const found = paths(writableDirectories({ ...SETTINGS, repositories: [] }, borg));
  assert.deepEqual(found.slice(3, 6), ["/c", "/b/.config/borg", "/s"]);
  const xdg = { XDG_CACHE_HOME: "/x", XDG_CONFIG_HOME: "/y" };
  const of = (variables: BorgVariables) =>
    paths(writableDirectories({ ...SETTINGS, repositories: [] }, variables)).slice(3, 5);
  assert.deepEqual(of(xdg), ["/x/borg", "/y/borg"]);
  assert.deepEqual(of({ ...xdg, BORG_BASE_DIR: "/b" }), ["/b/.cache/borg", "/b/.config/borg"]);
  assert.deepEqual(of({ ...xdg, BORG_CONFIG_DIR: "/c" }), ["/x/borg", "/c"]);
});

Deno.test("writableDirectories() lets ssh write host keys only where it would", () => {
  const known = (...sshOptions: string[]) => {
    const repositories = [{ url: "ssh://b@h/./x", sshOptions }];
    return paths(writableDirectories({ ...SETTINGS, repositories }, {})).slice(5, -4);
  };
  assert.deepEqual(known(), ["/root/.ssh"]);
  assert.deepEqual(known("Port=22", "StrictHostKeyChecking=accept-new"), ["/root/.ssh"]);
  assert.deepEqual(known("UserKnownHostsFile=/srv/hosts"), []);
  const accepts = "stricthostkeychecking=accept-new";
  assert.deepEqual(known("UserKnownHostsFile=/srv/h ~/k/h", accepts), ["/srv", "/root/k"]);
  assert.deepEqual(known("UserKnownHostsFile=/dev/null", accepts), []);
});

Deno.test("writableDirectories() names a directory once, and makes it if anybody would", () => {
  const both = { ...SETTINGS, stateDirectory: "/srv/a", logsDirectory: "/srv/a" };
  const found = writableDirectories(both, {}).filter(({ path }) => path === "/srv/a");
  assert.deepEqual(found, [{ path: "/srv/a", mode: "0700" }]);
});

Deno.test("aboveAutomounts() names the directory above an automount point instead", () => {
  const disks = ["/mnt/disk/borg", "/mnt/disk", "/mnt/diskette", "/auto/a/b/borg"];
  const found = aboveAutomounts(disks.map((path) => ({ path, mode: "0700" })), [
    "/mnt/disk",
    "/auto/a/b",
    "/auto/a",
    "/",
  ]);
  assert.deepEqual(found, [
    { path: "/mnt" },
    { path: "/mnt/diskette", mode: "0700" },
    { path: "/auto" },
  ]);
});
