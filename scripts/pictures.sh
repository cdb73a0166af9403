#!/usr/bin/env bash
# Remakes docs/pictures: three weeks of real backups with the real Borg in a temporary folder,
# the clock set to a night each time; a mail that a real server took; screenshots by Chromium.
# Takes a few minutes. Needs root (to set the host name), faketime and chromium:
#
#   apt-get install faketime chromium
#   scripts/pictures.sh
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/tools.sh
. scripts/tools.sh
need borg deno
for program in faketime chromium script unshare; do
  command -v "$program" >/dev/null || {
    echo "pictures: $program is not installed" >&2
    exit 2
  }
done
exec deno run --quiet --no-prompt -A scripts/pictures.ts
