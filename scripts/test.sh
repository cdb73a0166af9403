#!/usr/bin/env bash
# Installs what is missing, then checks and tests everything. The last line says how it went:
# "N passed, N failed". The exit code is 0 only when nothing failed.
#
#   scripts/test.sh [--compiled] [--vm]
#     --compiled   the end-to-end tests with a compiled binary instead of the source
#     --vm         the tests with real OpenZFS in a virtual machine too (root, long)
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=scripts/tools.sh
. "$checkout/scripts/tools.sh"

compiled=no vm=no
for option in "$@"; do
  case $option in
    --compiled) compiled=yes ;;
    --vm) vm=yes ;;
    *)
      echo "test: expected --compiled or --vm, found \"$option\"" >&2
      exit 64
      ;;
  esac
done

passed=0 failed=0 skipped=0 current='' binary='' machine=''
logs=$(mktemp -d "${TMPDIR:-/tmp}/autoborg-test-XXXXXX")

summary() {
  local status=$?
  trap - EXIT
  # Stopped in the middle of something: that has not passed.
  [[ -z $current ]] || failed=$((failed + 1))
  ((status == 0 || failed > 0)) || failed=1
  [[ -z $binary ]] || rm -f "$binary"
  [[ -z $machine ]] || kill "$machine" 2>/dev/null || true
  if ((failed == 0)); then rm -rf "$logs"; else echo "The full output is in $logs"; fi
  printf '%d passed, %d failed%s\n' "$passed" "$failed" \
    "$( ((skipped == 0)) || printf ', %d skipped' "$skipped")"
  exit $((failed > 0))
}
trap summary EXIT
trap 'echo "Stopped: $current" >&2; exit 1' INT TERM HUP

# Adds the numbers of every summary in a log: those of "deno test" ("ok | 5 passed (2 steps) |
# 0 failed | 1 ignored (12ms)") and our own ("5 passed, 0 failed"). Says whether there were any.
count() {
  local numbers
  numbers=$(sed -nE \
    -e 's/^(ok|FAILED) \| ([0-9]+) passed[^|]*\| ([0-9]+) failed([^|]*\| ([0-9]+) ignored)?.*/\2 \3 0\5/p' \
    -e 's/^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$/\1 \2 0\4/p' "$1")
  [[ -n $numbers ]] || return 1
  local p f s
  while read -r p f s; do
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + 10#$s))
  done <<<"$numbers"
}

# Runs one part. With "counted" its log tells how many tests there were.
#   part NAME counted|check COMMAND...
part() {
  local name=$1 kind=$2 log before=$failed started=$SECONDS result=ok counted=yes status=0
  shift 2
  current=$name
  log=$logs/${name//[^a-z0-9]/-}.log
  "$@" </dev/null >"$log.raw" 2>&1 || status=$?
  # Without the colours.
  sed 's/\x1b\[[0-9;]*m//g' "$log.raw" >"$log"
  rm "$log.raw"
  if [[ $kind == counted ]]; then count "$log" || counted=no; fi
  if [[ $counted == no && $status -eq 0 ]]; then
    echo "expected a summary of tests, found none" >>"$log"
    status=1
  fi
  # What ends badly without a test that failed, such as code that does not compile, counts as one.
  if ((status != 0 && failed == before)); then failed=$((failed + 1)); fi
  if ((failed > before)); then
    result="FAILED (exit code $status)"
    show_failures "$log"
  fi
  printf '%-24s %s, %d s\n' "$name" "$result" $((SECONDS - started))
  current=''
}

# The figures of the report, which says "| All files | branches | functions | lines |".
covered() {
  sed -nE 's/^\| All files +\| *([0-9.]+) \|.*\| *([0-9.]+) \|$/\2 % of the lines and \1 % of the branches in lib/p' \
    "$logs/coverage.log"
}

# The failures alone, if they are marked; else the end of it.
show_failures() {
  if grep -q '^ FAILURES' "$1"; then
    sed -n '/^ ERRORS/,/^ FAILURES/p' "$1" | sed '$d' | sed '150{s/.*/[...]/;q}'
    sed -n '/^ FAILURES/,$p' "$1"
  else
    grep -v '^Check ' "$1" | tail -n 100
  fi | sed '/^Stack backtrace:$/,$d'
}

# One executable, with the permission set of deno.json. Where the runtime that "deno compile" needs
# can't be downloaded, a tool beside the checkout may know another way.
compile() {
  local tool=$checkout/../shared/compiled/build
  [[ -n ${AUTOBORG_COMPILER:-} || ! -x $tool ]] || export AUTOBORG_COMPILER=$tool
  deno run --quiet -A scripts/compile.ts --output "$1"
}

# A machine is emulated and uses one core: two of them work beside the other parts, each with half of
# the scenarios. Their disk takes ten minutes to make when it is not there yet, mostly waiting for
# downloads.
vm_tests() {
  if [[ ! -f tests/vm/run.sh ]]; then
    echo "expected tests/vm/run.sh, which runs the tests in a virtual machine; it is missing"
    return 1
  fi
  # Whatever goes wrong with it is told by the tests, which look whether it is there.
  local limit=() left
  if [[ -n ${AUTOBORG_VM_END:-} ]]; then
    left=$((AUTOBORG_VM_END - $(date +%s)))
    # 0 would be no limit.
    limit=(timeout --kill-after=10s "$((left > 0 ? left : 1))")
  fi
  nice "${limit[@]}" bash tests/vm/build >"$logs/disk" 2>&1 || cat "$logs/disk"
  bash tests/vm/run.sh staging >"$logs/staging" 2>&1 &
  local staging=$! status=0
  bash tests/vm/run.sh program || status=$?
  wait "$staging" || status=$?
  cat "$logs/staging"
  return "$status"
}

# Waits for what vm_tests does in the background, and says what it said.
vm_result() {
  local status=0
  wait "$machine" || status=$?
  machine=''
  cat "$logs/machine"
  return "$status"
}

current='installing what is missing'
cd "$checkout"
need borg ssh sshd deno
# Without these, the tests of completion, the manual and servers of databases say that they were not run.
(need zsh fish mandoc strace) || true
(need postgres mariadbd) || true
(need dockerd podman) || true
# Those of the alert rules; the second time is for PATH.
if (need prometheus promtool); then need prometheus promtool; fi
current=''
# What the caller has set for backups of their own does not hold here.
unset AUTOBORG_BIN AUTOBORG_CONFIG CREDENTIALS_DIRECTORY "${!BORG_@}"

# The end-to-end tests wait for servers and signals a good deal: one more at a time than cores.
export DENO_JOBS=${DENO_JOBS:-$(($(nproc) + 1))}

part 'dependencies' check deno install --quiet --frozen
if [[ $vm == yes ]]; then
  vm_tests >"$logs/machine" 2>&1 </dev/null &
  machine=$!
fi
part 'types, lint, format' check deno task --quiet check
part 'spelling' check deno task --quiet spell
part 'unit tests' counted deno task --quiet test --clean --coverage --coverage-raw-data-only
part 'coverage' check deno task --quiet coverage:report
covered
part 'faults' counted deno task --quiet test:faults
# The faults have shown by then that the source runs; what people get is the binary.
if [[ $compiled == no ]]; then
  part 'end-to-end tests' counted deno task --quiet test:e2e
else
  binary=$(mktemp "${TMPDIR:-/tmp}/autoborg-binary-XXXXXX")
  before=$failed
  part 'compile' check compile "$binary"
  if ((failed == before)); then
    AUTOBORG_BIN=$binary part 'end-to-end, compiled' counted deno task --quiet test:e2e
  fi
fi
if [[ $vm == yes ]]; then part 'virtual machine' counted vm_result; fi
