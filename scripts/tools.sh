#!/usr/bin/env bash
# Finds the programs that the other scripts need, and installs what is missing: borg and ssh from
# Debian, deno from npm. Quiet, and safe to run again.
#
#   scripts/tools.sh borg sshd deno      installs, and prints where each program is
#   . scripts/tools.sh; need borg deno   the same from a script; PATH then leads to all of them
#
# AUTOBORG_DENO is the version of deno to install when there is none, such as "latest".

DENO_VERSION=${AUTOBORG_DENO:-2.9.6}
DENO_OLDEST=2.7.0

# Ordinary users often have no sbin in PATH, and sshd is there.
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export DENO_NO_UPDATE_CHECK=1
# Programs that are started with a home directory of their own find the same downloads.
export DENO_DIR="${DENO_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/deno}"
# Certificates that the administrator of this machine has added count for downloads, too.
export DENO_TLS_CA_STORE="${DENO_TLS_CA_STORE:-system}"
if [[ -z ${NODE_EXTRA_CA_CERTS:-} && -r /etc/ssl/certs/ca-certificates.crt ]]; then
  export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
fi

# Makes sure that programs are there: borg, deno, ssh, sshd; the others for some tests.
need() {
  local program packages=() servers=() deno=no prometheus=no
  for program in "$@"; do
    case $program in
      deno) deno=yes ;;
      borg) command -v borg >/dev/null || packages+=(borgbackup) ;;
      ssh) command -v ssh >/dev/null || packages+=(openssh-client) ;;
      sshd) command -v sshd >/dev/null || packages+=(openssh-server) ;;
      zsh | fish | mandoc | strace) command -v "$program" >/dev/null || packages+=("$program") ;;
      prometheus | promtool) prometheus=yes ;;
      # Not in PATH: Debian keeps the servers of all versions apart.
      postgres) compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || servers+=(postgresql) ;;
      mariadbd) command -v mariadbd >/dev/null || servers+=(mariadb-server mariadb-client) ;;
      dockerd) command -v dockerd >/dev/null || servers+=(docker.io) ;;
      podman) command -v podman >/dev/null || servers+=(podman) ;;
      *)
        tools_fail "expected borg, deno, ssh, sshd, zsh, fish, mandoc, strace, prometheus, promtool," \
          "postgres, mariadbd, dockerd or podman, found \"$program\""
        ;;
    esac
  done
  if ((${#packages[@]} > 0)); then tools_apt "${packages[@]}"; fi
  if ((${#servers[@]} > 0)); then tools_servers "${servers[@]}"; fi
  if [[ $deno == yes ]]; then tools_deno; fi
  if [[ $prometheus == yes ]]; then tools_prometheus; fi
  # An sshd that root starts demands this directory, which Debian's service makes otherwise.
  if [[ " $* " == *" sshd "* && $EUID -eq 0 ]]; then install -d -m 0755 /run/sshd; fi
}

tools_fail() {
  echo "tools: $*" >&2
  exit 2
}

# Runs a command; what it prints is shown only when it fails.
tools_quietly() {
  local log
  log=$(mktemp)
  if "$@" </dev/null >"$log" 2>&1; then
    rm -f "$log"
    return 0
  fi
  cat "$log" >&2
  rm -f "$log"
  return 1
}

tools_apt() {
  local as_root=() options=(-qq -o DPkg::Lock::Timeout=120)
  command -v apt-get >/dev/null || tools_fail "install $* first: there is no apt-get here"
  if [[ $EUID -ne 0 ]]; then
    command -v sudo >/dev/null || tools_fail "ask root to install $*: there is no sudo here"
    as_root=(sudo)
    # Nobody is there to type a password.
    [[ -t 0 ]] || as_root+=(-n)
    [[ ! -t 0 ]] || sudo -v
  fi
  as_root+=(env DEBIAN_FRONTEND=noninteractive)
  echo "tools: installing $* with apt-get" >&2
  # An update that fails need not matter: the package lists may be good enough.
  tools_quietly "${as_root[@]}" apt-get "${options[@]}" update || true
  tools_quietly "${as_root[@]}" apt-get "${options[@]}" install --yes --no-install-recommends "$@" ||
    tools_fail "apt-get could not install $*"
}

# Installs servers that the tests start themselves: the services of the packages stay off.
tools_servers() {
  local policy=/usr/sbin/policy-rc.d as_root=() code=0
  [[ $EUID -eq 0 ]] || as_root=(sudo -n)
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null || return 2
    "${as_root[@]}" chmod 0755 "$policy"
    (tools_apt "$@") || code=$?
    "${as_root[@]}" rm -f "$policy"
    return "$code"
  fi
  tools_apt "$@"
}

# The programs of Debian's package without the package, which would start a service of its own and
# keep it: only unpacked, into the directory of our tools. It needs no root.
tools_prometheus() {
  local home=${XDG_CACHE_HOME:-$HOME/.cache}/autoborg-tools/prometheus directory
  if command -v prometheus >/dev/null && command -v promtool >/dev/null; then return 0; fi
  if [[ ! -x $home/promtool ]]; then
    command -v apt-get >/dev/null || tools_fail "install prometheus first: there is no apt-get here"
    echo "tools: unpacking Debian's package prometheus into $home" >&2
    directory=$(mktemp -d)
    # As in tools_apt: the package lists may be good enough. Without root they can't be renewed.
    [[ $EUID -ne 0 ]] || tools_quietly apt-get -qq -o DPkg::Lock::Timeout=120 update || true
    (
      cd "$directory"
      tools_quietly apt-get -qq -o APT::Sandbox::User=root download prometheus &&
        dpkg-deb --extract prometheus_*.deb tree
    ) || { rm -rf "$directory" && tools_fail "apt-get could not download prometheus"; }
    mkdir -p "$home"
    install -m 0755 "$directory"/tree/usr/bin/prometheus "$home/"
    # The one that is looked for comes last.
    install -m 0755 "$directory"/tree/usr/bin/promtool "$home/"
    rm -rf "$directory"
  fi
  export PATH="$home:$PATH"
}

# Whether a deno runs and is new enough.
tools_deno_fits() {
  local version
  version=$("$1" --version 2>/dev/null | sed -n '1s/^deno \([0-9.]*\).*/\1/p') || return 1
  [[ -n $version ]] && printf '%s\n' "$DENO_OLDEST" "$version" | sort --check=quiet --version-sort
}

tools_deno() {
  local home=${XDG_CACHE_HOME:-$HOME/.cache}/autoborg-tools registry
  local deno=$home/node_modules/deno/deno
  # Deno reads npm's settings in the home directory, but not those of the whole machine.
  if [[ -z ${NPM_CONFIG_REGISTRY:-} ]] && command -v npm >/dev/null; then
    registry=$(npm config get registry 2>/dev/null) || registry=
    [[ $registry != http* ]] || export NPM_CONFIG_REGISTRY=$registry
  fi
  if command -v deno >/dev/null && tools_deno_fits "$(command -v deno)"; then return 0; fi
  if ! tools_deno_fits "$deno"; then
    command -v npm >/dev/null ||
      tools_fail "install node and npm, or deno $DENO_OLDEST or newer, first"
    echo "tools: installing deno $DENO_VERSION with npm into $home" >&2
    mkdir -p "$home"
    tools_quietly flock "$home" npm install --prefix "$home" --no-audit --no-fund \
      --no-update-notifier --loglevel=error "deno@$DENO_VERSION" ||
      tools_fail "npm could not install deno"
    # When npm runs no install scripts, the first call puts the binary in its place.
    "$home/node_modules/.bin/deno" --version >/dev/null 2>&1 || true
    tools_deno_fits "$deno" || tools_fail "the deno in $home does not run"
  fi
  export PATH="${deno%/*}:$PATH"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  set -euo pipefail
  need "$@"
  for program in "$@"; do
    command -v "$program" || compgen -G "/usr/lib/postgresql/*/bin/$program"
  done
fi
