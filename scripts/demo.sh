#!/usr/bin/env bash
# Shows the main job on this checkout's own files: two encrypted repositories in a scratch folder,
# two runs, one file restored and compared. It leaves no trace outside of that folder.
#
#   scripts/demo.sh [FOLDER]    FOLDER: new, empty, or that of an earlier demo; else a temporary one
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=scripts/tools.sh
. "$checkout/scripts/tools.sh"

say() { printf '%s\n' "$*"; }
title() { printf '\n== %s\n' "$*"; }
fail() {
  printf 'demo: %s\n' "$*" >&2
  exit 1
}

[[ $# -le 1 && ${1:-} != -* ]] || fail "usage: scripts/demo.sh [FOLDER]"
if [[ $# -eq 1 ]]; then
  scratch=$(realpath -m -- "$1")
  case $scratch/ in
    "$checkout"/*) fail "expected a folder outside of $checkout, which is what is backed up" ;;
  esac
  if [[ -e $scratch && ! -e $scratch/demo.toml && -n $(ls -A -- "$scratch") ]]; then
    fail "expected a new or empty folder, or that of an earlier demo, found other files in $scratch"
  fi
  mkdir -p -- "$scratch"
else
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/autoborg-demo-XXXXXX")
fi
[[ $scratch != *::* && $scratch != *$'\n'* ]] ||
  fail "expected a path without \"::\" and line breaks, found $scratch"
chmod 0700 "$scratch"
trap 'status=$?; ((status == 0)) || say "The demo failed; its files are in $scratch" >&2' EXIT

need borg deno
umask 077
mkdir -p "$scratch"/{logs,state,temp,borg}
# What the caller has set for other repositories does not hold here.
unset "${!BORG_@}"
# Borg's caches and its memory of known repositories.
export BORG_BASE_DIR=$scratch/borg
cd "$checkout"

autoborg() { deno run --quiet --no-prompt -P main.ts "$@" --config "$scratch/demo.toml"; }

title "The configuration: config.example.toml with what must differ here"
# Takes one piece of the example's text and puts another in its place.
replace() {
  [[ $config == *"$1"* ]] || fail "config.example.toml has no such text: $1"
  config=${config/"$1"/"$2"}
}
quoted() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}
config=$(<config.example.toml)
replace '#:schema ./autoborg.schema.json' '# Made by scripts/demo.sh from config.example.toml.'
replace 'name = "myhost"' 'name = "demo"'
replace 'url = "/mnt/backup/borg"' 'url = "./disk.borg"'
replace 'passphrase = "change me"' $'passphrase_file = "disk.passphrase"\nsame_disk = true'
replace '["/etc", "/home", "/root"]' "[$(quoted "$checkout")]"
replace '#directory = "/var/log/autoborg"' 'directory = "./logs"'
replace '#temp_dir = "/run/autoborg"' 'temp_dir = "./temp"'
replace '#state_dir = "/var/lib/autoborg"' 'state_dir = "./state"'
replace '#[[repositories]]' '[[repositories]]'
replace '#label = "offsite"' 'label = "offsite"'
replace '#url = "ssh://backup@offsite.example.org:22/./myhost"' \
  $'url = "./offsite.borg"\npassphrase_file = "offsite.passphrase"\nsame_disk = true'
printf '%s\n' "$config" >"$scratch/demo.toml"
diff --unchanged-line-format='' --old-line-format='- %L' --new-line-format='+ %L' \
  config.example.toml "$scratch/demo.toml" || true
for label in disk offsite; do
  [[ -s $scratch/$label.passphrase ]] ||
    head -c 24 /dev/urandom | base64 >"$scratch/$label.passphrase"
done
autoborg check-config >"$scratch/check-config.txt" ||
  fail "the configuration is not valid"

title "autoborg init: two encrypted repositories"
autoborg init >"$scratch/init.txt" || { cat "$scratch/init.txt" >&2; fail "init failed"; }
grep -E '^(disk|offsite): (created|.*exists already)' "$scratch/init.txt"
say "Where the keys are, and how to keep a copy of them, is in $scratch/init.txt"

# The main job, as "deno task backup" starts it; what it says is shown, and kept for the figures.
backup() {
  # Progress lines are for those who watch a long run.
  deno task --quiet backup --config "$scratch/demo.toml" --progress none 2>&1 |
    tee "$scratch/run-$1.txt" || fail "run $1 did not end with 0"
}
title "autoborg run, for the first time"
backup 1
title "autoborg run, for the second time"
backup 2

title "What the second run added to the repositories"
# The figures of a create: files, their size, and what was new in the repository. A line of a run:
# disk     create   ok after 1.2 s: 602 files, 1.2 GiB, 3.4 MiB new (2 added, 1 modified)
figures() {
  sed -nE "s/^$2 +create .*: ([0-9,]+ files?), ([^,]+), ([^,]+) new .*/\1\t\2\t\3/p" \
    "$scratch/run-$1.txt"
}
bytes() { tr -d ' B' <<<"$1" | numfmt --from=auto; }
for label in disk offsite; do
  IFS=$'\t' read -r _ _ first < <(figures 1 "$label") || fail "run 1 has no figures of $label"
  IFS=$'\t' read -r files size second < <(figures 2 "$label") || fail "run 2 has none of $label"
  say "$label: $second new of $files, $size; the first run: $first new"
  (($(bytes "$second") * 5 < $(bytes "$size"))) || fail "expected far less new data in $label"
done

title "One file restored with borg, and compared"
for label in disk offsite; do
  # In the environment: every user can read the arguments of a process.
  BORG_PASSPHRASE=$(<"$scratch/$label.passphrase")
  export BORG_PASSPHRASE
  repository=$scratch/$label.borg
  archive=$(borg list --last 1 --short "$repository")
  [[ -n $archive ]] || fail "there is no archive in $repository"
  target=$scratch/restored-$label
  rm -rf "$target"
  mkdir "$target"
  file=${checkout#/}/config.example.toml
  (cd "$target" && borg extract "$repository::$archive" "$file")
  unset BORG_PASSPHRASE
  cmp "/$file" "$target/$file" || fail "the restored file differs"
  say "$label: config.example.toml from $archive is the same"
done

title "Everything is as it should be"
say "Configuration  $scratch/demo.toml"
say "Passphrases    $scratch/disk.passphrase, $scratch/offsite.passphrase"
say "Repositories   $scratch/disk.borg, $scratch/offsite.borg"
say "Restored       $scratch/restored-disk, $scratch/restored-offsite"
say "Logs           $scratch/logs"
say "Once more      scripts/demo.sh $(printf '%q' "$scratch")"
say "Remove it all  rm -rf $(printf '%q' "$scratch")"
