/**
 * The images of the containers in docs/how-to/containers.md, made in the machine: no registry can be
 * reached. They hold a script; the programs are the machine's own, which every container sees.
 *
 * @module
 */
import { sh } from "./machine.ts";

/** Lets every container see the machine's programs, and saves Podman work in a slow machine. */
const SETTINGS = `[containers]
volumes = ["/usr:/usr:ro"]
log_driver = "k8s-file"
[engine]
events_logger = "none"
[network]
firewall_driver = "none"
`;

/**
 * One image for all, as Podman needs seconds for each. As a wiki it says in a file whether it runs. As
 * MariaDB it does what the official image does: the first start makes a database whose root has the
 * password of a file. As anything else it runs until it is stopped.
 */
const START = `#!/bin/sh
set -e
if [ -n "$MARIADB_ROOT_PASSWORD_FILE" ]; then
  mkdir -p /run/mysqld
  chown mysql /run/mysqld
  if [ ! -d /var/lib/mysql/mysql ]; then
    chown mysql /var/lib/mysql
    mariadb-install-db --user=mysql --skip-test-db --auth-root-authentication-method=normal >/dev/null
    password=$(cat "$MARIADB_ROOT_PASSWORD_FILE")
    cat >/run/mysqld/first.sql <<END
ALTER USER root@localhost IDENTIFIED BY '$password';
CREATE USER root@'%' IDENTIFIED BY '$password';
GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;
END
    set -- --init-file=/run/mysqld/first.sql
  fi
  exec mariadbd --user=mysql "$@"
fi
say() { ! [ -d /data ] || echo "$1" >/data/state; }
trap 'say stopped; exit 0' TERM
say running
while :; do sleep 1 & wait $!; done
`;

/** Small, for Borg in a slow machine, and without a key for TLS, which takes a minute to make there. */
const MARIADB_SETTINGS = `[client]
ssl = OFF
[mariadbd]
ssl = OFF
datadir = /var/lib/mysql
event_scheduler = ON
innodb_log_file_size = 4M
innodb_undo_tablespaces = 0
`;

/** Why there can be no containers; `undefined` when there can. */
export const WHY_NO_CONTAINERS: string | undefined = whyNot();

function whyNot(): string | undefined {
  try {
    Deno.lstatSync("/usr/bin/podman");
    return undefined;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return "the disk was made before it had Podman: remove ~/.cache/autoborg-vm to make it anew";
  }
}

/** The number of MariaDB's user in its image. */
export const DATABASE_USER = 999;

/**
 * Makes an image.
 *
 * @param names what it is called
 */
export async function makeImage(...names: readonly [string, ...string[]]): Promise<void> {
  await Deno.mkdir("/etc/containers/containers.conf.d", { recursive: true });
  await Deno.writeTextFile("/etc/containers/containers.conf.d/vm.conf", SETTINGS);
  const root = await Deno.makeTempDir({ dir: "/var/tmp" });
  const archive = `${root}.tar`;
  await Deno.chmod(root, 0o755);
  for (const directory of ["etc", "run", "tmp", "usr", "var"]) {
    await Deno.mkdir(`${root}/${directory}`);
  }
  await Deno.chmod(`${root}/tmp`, 0o1777);
  for (const directory of ["bin", "lib", "lib64", "sbin"]) {
    await Deno.symlink(`usr/${directory}`, `${root}/${directory}`);
  }
  const users = `root:x:0:0::/:/bin/sh\nmysql:x:${DATABASE_USER}:${DATABASE_USER}::/:/bin/sh\n`;
  await Deno.writeTextFile(`${root}/etc/passwd`, users);
  await Deno.writeTextFile(`${root}/etc/group`, `root:x:0:\nmysql:x:${DATABASE_USER}:\n`);
  await Deno.writeTextFile(`${root}/etc/my.cnf`, MARIADB_SETTINGS);
  await Deno.writeTextFile(`${root}/start`, START, { mode: 0o755 });
  await sh("tar", "--directory", root, "--create", "--file", archive, ".");
  const command = ["--change", 'CMD ["/start"]'];
  const image = await sh("podman", "import", "--quiet", ...command, archive, names[0]);
  await sh("podman", "tag", image, ...names);
  await sh("rm", "-rf", root, archive);
}
