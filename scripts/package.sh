#!/usr/bin/env bash
# Makes a Debian package of a compiled program: the binary, systemd units, completions, manual pages,
# the example configuration and the documents. Needs dpkg-deb, which is installed if it is missing.
#
#   scripts/package.sh [--binary FILE] [--output DIR] [--version VERSION]
#     --binary    the compiled program, for x86-64 or 64-bit ARM; default: dist/autoborg
#     --output    directory of autoborg_VERSION_ARCHITECTURE.deb; default: dist
#     --version   version of the package; default: that of deno.json
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=scripts/tools.sh
. "$checkout/scripts/tools.sh"

fail() {
  echo "package: $*" >&2
  exit 2
}

binary=$checkout/dist/autoborg output=$checkout/dist version=''
while (($# > 0)); do
  (($# > 1)) || fail "expected a value after \"$1\""
  case $1 in
    --binary) binary=$(realpath "$2") ;;
    --output) output=$(realpath -m "$2") ;;
    --version) version=$2 ;;
    *) fail "expected --binary, --output or --version, found \"$1\"" ;;
  esac
  shift 2
done
[[ -f $binary ]] || fail "expected a compiled program at \"$binary\", found none: run \"deno task compile\" first"

# The machine that an ELF file is for is the number at its byte 18.
case $(od -An -tu2 -j18 -N2 "$binary" | tr -d ' ') in
  62) architecture=amd64 ;;
  183) architecture=arm64 ;;
  *) fail "expected an executable for x86-64 or 64-bit ARM, found something else: \"$binary\"" ;;
esac

cd "$checkout"
need deno
command -v dpkg-deb >/dev/null || tools_apt dpkg
[[ -n $version ]] || version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' deno.json)
# dpkg takes 1.0-rc.1 for newer than 1.0, and 1.0~rc.1 for older.
version=${version/-/\~}
# The same commit makes the same package.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

root=$(mktemp -d "${TMPDIR:-/tmp}/autoborg-package-XXXXXX")
trap 'rm -rf "$root"' EXIT
chmod 0755 "$root"

put() { install -D --mode="$1" "$2" "$root/$3"; }

put 0755 "$binary" usr/bin/autoborg

# What the program prints is the same on every architecture, so it is asked from source: a program
# for another machine can't be started here.
autoborg() { deno run --quiet --no-prompt -P main.ts "$@"; }
completions() { autoborg completions "$1" | install -D --mode=0644 /dev/stdin "$root/$2"; }
completions bash usr/share/bash-completion/completions/autoborg
completions zsh usr/share/zsh/vendor-completions/_autoborg
completions fish usr/share/fish/vendor_completions.d/autoborg.fish

install -d "$root/usr/lib/systemd/system"
deno run --quiet --allow-read --allow-write scripts/default_units.ts "$root/usr/lib/systemd/system"

deno run --quiet --allow-read --allow-write --allow-env=SOURCE_DATE_EPOCH scripts/man_page.ts "$root/manual"
for page in "$root"/manual/*; do
  section=${page##*.}
  install -D --mode=0644 <(gzip --no-name --best --stdout "$page") \
    "$root/usr/share/man/man$section/${page##*/}.gz"
done
rm -r "$root/manual"

# For editors, at a path that configurations can name.
schema=usr/share/autoborg/autoborg.schema.json
put 0644 autoborg.schema.json "$schema"

documents=usr/share/doc/autoborg
put 0644 LICENSE "$documents/copyright"
# Where they are in the source, so that they find each other.
while read -r file; do put 0644 "$file" "$documents/$file"; done < <(
  find ./*.md LICENSE config.example.toml autoborg.schema.json docs contrib -type f
)
sed -i "s|^#:schema .*|#:schema /$schema|" "$root/$documents/config.example.toml"
install -D --mode=0644 <(gzip --no-name --best --stdout CHANGELOG.md) "$root/$documents/changelog.gz"
install -d "$root/$documents/examples"
ln -s ../config.example.toml "$root/$documents/examples/config.example.toml"

# The configuration and its secrets are for root alone.
install -d --mode=0700 "$root/etc/autoborg" "$root/etc/autoborg/hooks"

install -d "$root/DEBIAN"
size=$(du --summarize --apparent-size --block-size=1K "$root" | cut -f1)
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@SIZE@/$size/" \
  packaging/debian/control.in >"$root/DEBIAN/control"
for script in postinst prerm postrm; do put 0755 "packaging/debian/$script" "DEBIAN/$script"; done
(cd "$root" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
chmod 0644 "$root/DEBIAN/md5sums" "$root/DEBIAN/control"

mkdir -p "$output"
package=$output/autoborg_${version}_$architecture.deb
find "$root" -newermt "@$SOURCE_DATE_EPOCH" -print0 |
  xargs -0 --no-run-if-empty touch --no-dereference --date="@$SOURCE_DATE_EPOCH"
# xz would save a fifth of the size and take ten times as long. dpkg reads zstd since Debian 12.
dpkg-deb --root-owner-group -Zzstd -z9 --build "$root" "$package" >/dev/null
echo "$package: $(($(stat --format=%s "$package") / 1048576)) MiB"
