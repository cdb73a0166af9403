#!/usr/bin/env bash
# Prints what CHANGELOG.md says about one version, for the page of a release.
#
#   scripts/changelog_section.sh VERSION
set -euo pipefail

changelog=$(dirname "${BASH_SOURCE[0]}")/../CHANGELOG.md
version=${1:?usage: changelog_section.sh VERSION}

section=$(awk -v heading="## [$version]" '
  index($0, "## ") == 1 { inside = index($0, heading) == 1; next }
  inside
' "$changelog")
if [[ -z ${section//[[:space:]]/} ]]; then
  echo "changelog_section: expected a section \"## [$version]\" in CHANGELOG.md, found none" >&2
  exit 2
fi
printf '%s\n' "$section" | sed -e '/./,$!d'
