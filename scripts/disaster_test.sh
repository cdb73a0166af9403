#!/usr/bin/env bash
# Follows docs/how-to/disaster.md word by word: makes a machine with backups, loses it all but for the
# repository, the key and the passphrase, and runs the commands of the page on a machine that has no
# state of the old one. Everything is below a temporary folder; no other place is written to.
#
#   scripts/disaster_test.sh [keyfile-blake2|repokey-blake2]
#
# AUTOBORG_BIN names a compiled binary that is used instead of the source.
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=scripts/tools.sh
. "$checkout/scripts/tools.sh"

encryption=${1:-keyfile-blake2}
guide=$checkout/docs/how-to/disaster.md
say() { printf '%s\n' "$*"; }
fail() {
  printf 'disaster_test: %s\n' "$*" >&2
  exit 1
}

need borg deno
scratch=$(mktemp -d "${TMPDIR:-/tmp}/autoborg-disaster-XXXXXX")
trap 'chmod -R u+rwX "$scratch"; rm -rf "$scratch"' EXIT
umask 022
mkdir -p "$scratch"/{bin,etc/autoborg,home,mnt/backup,mnt/new,root,old/user,new/user,pristine}

# The paths of the page, below the temporary folder.
here() { sed -E "s#(^|[\" >=])/(etc|home|mnt|root)\b#\1$scratch/\2#g"; }

if [[ -n ${AUTOBORG_BIN:-} ]]; then
  printf '#!/bin/sh\nexec %q "$@"\n' "$AUTOBORG_BIN" >"$scratch/bin/autoborg"
else
  printf '#!/bin/sh\nexec deno run --quiet --no-prompt -P --config=%q %q "$@"\n' \
    "$checkout/deno.json" "$checkout/main.ts" >"$scratch/bin/autoborg"
fi
chmod +x "$scratch/bin/autoborg"

# Runs a command with nothing of our environment, on the old machine or on the new one.
on() {
  local machine=$1
  shift
  env -i PATH="$scratch/bin:$PATH" HOME="$scratch/$machine/user" DENO_DIR="$DENO_DIR" \
    DENO_NO_UPDATE_CHECK=1 AUTOBORG_CONFIG="$scratch/etc/autoborg/config.toml" "$@"
}

# The page's configuration; only places that a test must not use are others, all on one disk.
configuration() {
  awk '/^```toml$/ { on = 1; next } /^```$/ { on = 0 } on' "$guide" | here |
    sed 's/^label = "disk"$/&\nsame_disk = true/'
  printf '\n[paths]\ntemp_dir = "%s/temp"\nstate_dir = "%s/state"\n' "$scratch/$1" "$scratch/$1"
  printf '\n[logs]\ndirectory = "%s/logs"\n' "$scratch/$1"
}

say "== The old machine makes a backup ($encryption)"
mkdir -p "$scratch/home/anna/sub dir" "$scratch/etc/ssh"
head -c 300000 /dev/urandom >"$scratch/home/anna/photo.jpg"
printf 'a letter\n' >"$scratch/home/anna/sub dir/letter.txt"
ln "$scratch/home/anna/photo.jpg" "$scratch/home/anna/same photo.jpg"
ln -s ../photo.jpg "$scratch/home/anna/sub dir/link"
printf 'Port 22\n' >"$scratch/etc/ssh/sshd_config"
chmod 0600 "$scratch/etc/ssh/sshd_config"
chmod 2750 "$scratch/home/anna/sub dir"
passphrase="correct horse $RANDOM battery staple"
printf '%s\n' "$passphrase" >"$scratch/etc/autoborg/disk.passphrase"
chmod 0600 "$scratch/etc/autoborg/disk.passphrase"
configuration old |
  sed "s/^label = \"disk\"\$/&\nencryption = \"$encryption\"/; s#/mnt/backup/borg#/mnt/old-place/borg#" \
    >"$scratch/etc/autoborg/config.toml"
mkdir "$scratch/mnt/old-place"
on old autoborg init >/dev/null
on old autoborg borg disk -- key export :: "$scratch/root/disk.key"
on old autoborg run --progress none
cp -a "$scratch/etc" "$scratch/home" "$scratch/pristine/"

say "== The machine is gone; repository, key and passphrase are left"
mv "$scratch/mnt/old-place/borg" "$scratch/mnt/backup/borg"
rm -rf "${scratch:?}"/{etc,home,mnt/old-place,old}
[[ ! -e $scratch/etc ]] || fail "the old machine is still there"
mkdir -p "$scratch/home"

# One block of commands of the page after the other.
blocks=$(grep -c '^```sh$' "$guide")
for ((block = 1; block <= blocks; block++)); do
  commands=$(awk -v want="$block" '
    /^```sh$/ { count++; on = count == want; next } /^```$/ { on = 0 } on' "$guide")
  say "== Step $block: ${commands//$'\n'/; }"
  code=0
  on new bash -euo pipefail -c "$(here <<<"$commands")" <<<"$passphrase" || code=$?
  # The archives of the old machine are there, and nobody has accepted them yet.
  expected=0
  [[ $commands != "autoborg run" ]] || expected=1
  [[ $code -eq $expected ]] || fail "step $block of the page ended with $code, expected $expected"
  # The page's second block of commands is preceded by the configuration.
  [[ $block -ne 1 ]] || configuration new >"$scratch/etc/autoborg/config.toml"
done

say "== What came back is what was there"
inventory() { (cd "$1" && find etc home -printf '%p %M %u %g %s %T@ %l\n' | sort); }
same() {
  diff <(inventory "$scratch/pristine") <(inventory "$1$scratch") || fail "not the same in $1"
  diff -r "$scratch/pristine/etc" "$1$scratch/etc" || fail "not the same content in $1"
  diff -r "$scratch/pristine/home" "$1$scratch/home" || fail "not the same content in $1"
}
same "$scratch/mnt/new"
cmp "$scratch/pristine/etc/autoborg/config.toml" "$scratch/root/old$scratch/etc/autoborg/config.toml"
grep -q "letter.txt" "$scratch/root/what-would-be-restored" || fail "the rehearsal lists nothing"
archives=$(on new autoborg list --json | grep -c '"runId"')
[[ $archives -eq 2 ]] || fail "expected 2 archives in the repository, found $archives"
on new autoborg run --progress none || fail "the new machine does not go on where the old one ended"
say "The guide works"
