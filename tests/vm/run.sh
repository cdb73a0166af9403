#!/usr/bin/env bash
# Runs the scenarios of tests/vm/scenarios on real OpenZFS: packs this checkout and Deno, boots the
# virtual machine once, prints a line per scenario and "N passed, N failed, N skipped". An argument
# picks scenarios: those of the group "staging", "program" or "long" (half an hour, before a release; not in
# CI), or those whose names match it, a regular expression. Scenarios that need a compiled program are skipped
# where none can be made. AUTOBORG_VM_KEEP=DIR keeps the shared directory with all
# output; AUTOBORG_VM_DATASETS is the number of datasets of the one that measures. After
# AUTOBORG_VM_BUDGET seconds no further scenario begins: the others are printed as skipped. The same
# holds from AUTOBORG_VM_END on, in seconds since 1970; a boot counts as two minutes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../.." && pwd)
# How many seconds are left for scenarios; nothing where there is no end.
left() { [[ -z ${AUTOBORG_VM_END:-} ]] || echo $((AUTOBORG_VM_END - $(date +%s) - 120)); }
end_when_late() {
  local rest
  rest=$(left)
  if [[ -n $rest ]] && ((rest <= 0)); then
    echo "skipped          all scenarios${1:+ of \"$1\"}: the time for them was over before they began"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
  fi
}
end_when_late "${1:-}"
"$here/build" >&2
share=${AUTOBORG_VM_KEEP:-$(mktemp -d)}
mkdir -p "$share/checkout"
[[ -n ${AUTOBORG_VM_KEEP:-} ]] || trap 'rm -rf "$share"' EXIT

cd "$checkout"
# Everything that is imported must be in Deno's cache: the machine has no network.
deno cache --quiet main.ts tests/vm/guest.ts tests/vm/driver.ts
cp -r deno.json deno.lock main.ts lib docs "$share/checkout/"
mkdir -p "$share/checkout/tests"
cp -r tests/vm tests/pages.ts "$share/checkout/tests/"
binary=$(deno eval 'console.log(Deno.execPath())')
cmp -s "$binary" "$share/deno" || cp -L "$binary" "$share/deno"
cache=$(deno info --json | sed -n 's/^ *"denoDir": "\(.*\)",*$/\1/p')
# As one file: the machine takes minutes for thousands of small ones. It spells nothing.
tar -cf "$share/deno-dir.tar" -C "$cache" --exclude='*cspell*' npm
# One executable, or the reason why there is none; the same way as scripts/test.sh.
tool=$checkout/../shared/compiled/build
[[ -n ${AUTOBORG_COMPILER:-} || ! -x $tool ]] || export AUTOBORG_COMPILER=$tool
rm -f "$share/autoborg" "$share/why-not-compiled"
if ! deno run --quiet -A scripts/compile.ts --output "$share/autoborg" >"$share/compile.log" 2>&1; then
  sed -n '/./{s/\x1b\[[0-9;]*m//g;p;q}' "$share/compile.log" >"$share/why-not-compiled"
fi
# The same program as two versions of a package, for an upgrade.
rm -rf "$share/packages"
if [[ -f $share/autoborg ]]; then
  for version in 9.0.0 9.0.1; do
    scripts/package.sh --binary "$share/autoborg" --output "$share/packages" --version "$version" >&2
  done
fi
# A file system for a disk that comes and goes; the machine itself can make none.
rm -f "$share/disk.ext4"
mke2fs -q -F -t ext4 -L backupdisk "$share/disk.ext4" 192M
printf '%s' "${1:-}" >"$share/filter"
printf '%s' "${AUTOBORG_VM_DATASETS:-50}" >"$share/datasets"
end_when_late "${1:-}"
budget=${AUTOBORG_VM_BUDGET:-} rest=$(left)
[[ -z $rest ]] || ((${budget:-$rest} < rest)) || budget=$rest
printf '%s' "$budget" >"$share/budget"

cat >"$share/run.sh" <<'GUEST'
set -eu
mkdir -p /opt/autoborg && cp -r /share/checkout/. /opt/autoborg/
cp /share/deno /usr/local/bin/deno && chmod 0755 /usr/local/bin/deno
[ ! -f /share/autoborg ] || install -m 0755 /share/autoborg /opt/autoborg/autoborg
mkdir -p /opt/deno-dir && tar -xf /share/deno-dir.tar -C /opt/deno-dir
export DENO_DIR=/opt/deno-dir DENO_NO_UPDATE_CHECK=1 NO_COLOR=1
# An emulator translates what a compiler writes at each start anew: without one a start takes a third
# less. Units get it as well.
export DENO_V8_FLAGS=--jitless
mkdir -p /etc/systemd/system.conf.d
printf '[Manager]\nDefaultEnvironment=DENO_V8_FLAGS=--jitless\n' >/etc/systemd/system.conf.d/emulated.conf
systemctl daemon-reexec
# Borg's self-test at each start takes seconds here, and says nothing of autoborg.
sed -i '1a import os; os.environ["BORG_SELFTEST"] = "disabled"' /usr/bin/borg
AUTOBORG_VM_DATASETS=$(cat /share/datasets)
AUTOBORG_VM_BUDGET=$(cat /share/budget)
export AUTOBORG_VM_DATASETS AUTOBORG_VM_BUDGET
cd /opt/autoborg
exec deno run -A --no-check --cached-only tests/vm/guest.ts "$(cat /share/filter)"
GUEST
"$here/boot" "$share"
