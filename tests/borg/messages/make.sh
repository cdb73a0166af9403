#!/usr/bin/env bash
# Makes the outputs of Borg and ssh below tests/borg/messages anew, with the Borg that PATH leads to:
#
#   unshare --mount --uts --net --pid --fork bash tests/borg/messages/make.sh DIRECTORY [PART]
#
# As root, in namespaces of its own: it mounts over /etc, /root, /mnt and /srv, and starts an sshd.
# PART makes only the situations whose name has it. What a file must be explained as (its lines
# "kind", "message" and "hint") is kept when it is there already.
set -uo pipefail

OUT=$(realpath "$1")
PART=${2:-}
exec 9>&1

# --- a machine of its own -----------------------------------------------------------------------
mount --make-rprivate /
mount -t proc proc /proc
hostname server
ip link set lo up
# A network whose other machines don't answer.
ip link add veth0 type veth peer name veth1 && ip addr add 192.0.2.1/24 dev veth0 &&
  ip link set veth0 up && ip link set veth1 up
KEEP=$(mktemp -d)
mount -t tmpfs tmpfs "$KEEP"
mkdir "$KEEP/out" "$KEEP/up" "$KEEP/work"
mount --bind "$OUT" "$KEEP/out"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$KEEP/up,workdir=$KEEP/work" /etc
for place in /root /mnt /srv /home; do mount -t tmpfs tmpfs "$place"; done
install -d -m 0755 /run/sshd /mnt/disk /srv/borg /home/borg /home/src
printf '127.0.0.1 localhost server\n127.0.0.1 backup.example.org\n192.0.2.77 away.example.org\n' >/etc/hosts
printf '203.0.113.9 far.example.org\n' >>/etc/hosts
printf 'hosts: files\npasswd: files\ngroup: files\nshadow: files\n' >/etc/nsswitch.conf
echo 'borg:x:2000:2000::/home/borg:/bin/bash' >>/etc/passwd
echo 'borg:x:2000:' >>/etc/group
echo 'borg:*:19000:0:99999:7:::' >>/etc/shadow
rm -f /etc/nologin

export HOME=/root LANG=C.UTF-8 LC_ALL=C.UTF-8 BORG_EXIT_CODES=modern
export PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
SSH_OPTIONS="-oConnectTimeout=30 -oServerAliveInterval=30 -oServerAliveCountMax=10"
answers() {
  export BORG_PASSPHRASE='correct horse' BORG_DISPLAY_PASSPHRASE=no
  export BORG_RELOCATED_REPO_ACCESS_IS_OK=no BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=no
  export BORG_CHECK_I_KNOW_WHAT_I_AM_DOING=NO BORG_DELETE_I_KNOW_WHAT_I_AM_DOING=NO
  export BORG_RSH="ssh -oBatchMode=yes $SSH_OPTIONS"
  unset BORG_PASSCOMMAND
}
answers
VERSION=$(borg --version | cut -d' ' -f2)
SSH_VERSION=$(ssh -V 2>&1 | cut -d, -f1)
FLAGS=(--log-json --progress --debug-topic=borg.crypto.key --lock-wait=1)

# --- writing a file -----------------------------------------------------------------------------
NAME=
HOW=
URL=/mnt/disk/borg
wanted() {
  NAME=$1 HOW=$2 URL=${3:-/mnt/disk/borg}
  [[ -z $PART || $NAME == *"$PART"* ]]
}
# Runs Borg as autoborg does and keeps what it writes on standard error.
keep() {
  local code file="$KEEP/out/$NAME.${VERSION%.*}.txt" old raw="$KEEP/raw" attempt
  # Borg may notice the end of ssh before it reads what ssh said; autoborg starts it again then.
  for attempt in 1 2 3 4 5 6; do
    code=0
    timeout -s KILL 120 "$@" </dev/null >/dev/null 2>"$raw" || code=$?
    grep -q ConnectionClosedWithHint "$raw" && ! grep '"Remote:' "$raw" | grep -qv 'Remote: Warning' || break
  done
  old=$(grep -E '^# (ssh key|kind|message|hint): ' "$file" 2>/dev/null)
  {
    echo "# situation: $HOW"
    echo "# made by: Borg $VERSION${REMOTE:+ and $SSH_VERSION}, tests/borg/messages/make.sh"
    echo "# command: $(describe "$@")"
    echo "# repository: $URL"
    echo "# exit: $code"
    [[ -z $old ]] || echo "$old"
    echo
    # The progress of a long time, and the kernel of the machine where this ran, tell nothing.
    grep -v -E '"type": "(archive_progress|progress_percent|file_status)"' "$raw" |
      sed -E 's/(Platform: Linux )[^\\]*(x86_64)/\1server 6.1.0-1-amd64 \2/g; s/(Linux: Unknown Linux)[^\\]*/\1  /g; s#CWD: /tmp[^\\ ]*#CWD: /#g'
  } >"$file"
  printf '%-34s %3s  %s\n' "$NAME" "$code" "$(tail -n1 "$file" | cut -c1-110)" >&9
}
describe() { local words="$*"; echo "${words//--log-json --progress --debug-topic=borg.crypto.key --lock-wait=1 /}"; }
b() { local command=$1; shift; keep borg "$command" "${FLAGS[@]}" "$@"; }
quiet() { borg "$@" >/dev/null 2>&1 </dev/null; }

fresh() { # [encryption]
  umount -l /mnt/disk 2>/dev/null
  rm -rf /mnt/disk /root/.cache /root/.config /root/.ssh/known_hosts
  mkdir -p /mnt/disk /root/.ssh
  answers
  quiet init --encryption="${1:-repokey-blake2}" /mnt/disk/borg
  quiet create /mnt/disk/borg::first /home/src
}
ID() { sed -n 's/^id = //p' "${1:-/mnt/disk/borg}/config"; }
CACHE() { echo "/root/.cache/borg/$(ID "$@")"; }
SECURITY() { echo "/root/.config/borg/security/$(ID "$@")"; }
LIST=(list -- /mnt/disk/borg)
mkdir -p /home/src
head -c 300000 /dev/urandom >/home/src/one
echo two >/home/src/two
head -c 40000000 /dev/urandom >/root/large; mkdir /home/large; mv /root/large /home/large/

# --- the repository -----------------------------------------------------------------------------
REMOTE=
fresh; rm -rf /mnt/disk/borg
wanted no-repository "there is nothing at the URL" && b "${LIST[@]}"
wanted parent-missing "the directory above a new repository is missing" /mnt/disk/none/borg &&
  b init --encryption=repokey-blake2 -- /mnt/disk/none/borg
fresh
wanted repository-exists "a repository is there already" && b init --encryption=repokey-blake2 -- /mnt/disk/borg
mkdir /mnt/disk/photos; touch /mnt/disk/photos/one
wanted something-else-exists "a new repository where other files are" /mnt/disk/photos &&
  b init --encryption=repokey-blake2 -- /mnt/disk/photos
wanted not-a-repository "the URL leads to a directory of other files" /mnt/disk/photos && b list -- /mnt/disk/photos
wanted url-is-file "the URL leads to a file" /mnt/disk/photos/one && b list -- /mnt/disk/photos/one
fresh; : >/mnt/disk/borg/config
wanted config-empty "the repository's config is empty" && b "${LIST[@]}"
fresh; sed -i '/^id/d' /mnt/disk/borg/config
wanted config-without-id "the repository's config has lost its id" && b "${LIST[@]}"
fresh; head -c 300 /dev/urandom >/mnt/disk/borg/config
wanted config-garbage "the repository's config is garbage" && b "${LIST[@]}"
fresh; sed -i 's/^version = 1/version = 3/' /mnt/disk/borg/config
wanted repository-version "the repository has a version that Borg does not know" && b "${LIST[@]}"
fresh; sed -i '/^key/,$d' /mnt/disk/borg/config
wanted key-lost "the repository has lost its key" && b "${LIST[@]}"
fresh; sed -i 's/^key = .*/key = hqlhbGdvcml0aG2m/' /mnt/disk/borg/config
sed -i '/^\t/d' /mnt/disk/borg/config
wanted key-damaged "the key in the repository is cut off" && b "${LIST[@]}"

fresh; export BORG_PASSPHRASE=wrong
wanted wrong-passphrase "wrong passphrase" && b "${LIST[@]}"
unset BORG_PASSPHRASE
wanted no-passphrase "encrypted, and no passphrase is configured" && b "${LIST[@]}"
export BORG_PASSCOMMAND='cat /etc/none'
wanted passcommand-fails "passphrase_command names a file that is missing" && b "${LIST[@]}"
export BORG_PASSCOMMAND=/usr/bin/no-such-program
wanted passcommand-missing "passphrase_command is a program that is missing" && b "${LIST[@]}"
export BORG_PASSCOMMAND='echo "'
wanted passcommand-quotes "passphrase_command has a quote that is not closed" && b "${LIST[@]}"
answers

fresh keyfile-blake2; mv /root/.config/borg/keys /root/keys
wanted keyfile-missing "the key file is not on this machine" && b "${LIST[@]}"
mkdir /root/.config/borg/keys; echo "BORG_KEY $(ID)" >/root/.config/borg/keys/key
wanted keyfile-empty "the key file holds its first line only" && b "${LIST[@]}"
rm -rf /root/keys
fresh none; rm -rf /root/.cache /root/.config
wanted unknown-unencrypted "not encrypted and never seen" && b create -- /mnt/disk/borg::second /home/src
fresh; cp -a /mnt/disk/borg /mnt/disk/older; quiet create /mnt/disk/borg::second /home/src
rm -rf /mnt/disk/borg; mv /mnt/disk/older /mnt/disk/borg
wanted replay "the repository was set back to an older copy" && b create -- /mnt/disk/borg::third /home/src
rm -rf /root/.config/borg/security
wanted replay-cache "set back to an older copy, and only the cache knows" && b create -- /mnt/disk/borg::third /home/src
fresh none; cp -a /mnt/disk/borg /mnt/disk/older; BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes quiet create /mnt/disk/borg::second /home/src
rm -rf /mnt/disk/borg; mv /mnt/disk/older /mnt/disk/borg
BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes
wanted replay-unencrypted "an unencrypted repository was set back" && b create -- /mnt/disk/borg::third /home/src
answers
fresh; cp -a /mnt/disk/borg /mnt/disk/moved
wanted moved "the repository was at another place" /mnt/disk/moved && b create -- /mnt/disk/moved::second /home/src
fresh; id=$(ID); rm -rf /mnt/disk/borg
BORG_BASE_DIR=/tmp/other quiet init --encryption=none /mnt/disk/borg
sed -i "s/^id = .*/id = $id/" /mnt/disk/borg/config
wanted encryption-changed "another repository, unencrypted, with the same id" && b create -- /mnt/disk/borg::second /home/src
fresh
wanted archive-exists "an archive of this name is there" && b create -- /mnt/disk/borg::first /home/src
wanted archive-missing "there is no archive of this name" && b list -- /mnt/disk/borg::none
wanted archive-name "a name that Borg does not take" && b create -- '/mnt/disk/borg::a/b' /home/src
wanted placeholder "a placeholder in a name that Borg does not know" && b create -- '/mnt/disk/borg::{nope}' /home/src

# --- locks --------------------------------------------------------------------------------------
fresh; mkdir /mnt/disk/borg/lock.exclusive; touch "/mnt/disk/borg/lock.exclusive/other.example.org@12345.99-0"
wanted locked "another machine has the lock of the repository" && b "${LIST[@]}"
rm -r /mnt/disk/borg/lock.exclusive
mkdir "$(CACHE)/lock.exclusive"; touch "$(CACHE)/lock.exclusive/other.example.org@12345.99-0"
wanted locked-cache "another process has the lock of the cache" && b create -- /mnt/disk/borg::second /home/src
fresh; echo '{' >/mnt/disk/borg/lock.roster
wanted lock-roster-damaged "lock.roster is cut off" && b create -- /mnt/disk/borg::second /home/src
fresh; mount --bind /mnt/disk /mnt/disk; mount -o remount,bind,ro /mnt/disk
wanted read-only "the disk is mounted read-only" && b create -- /mnt/disk/borg::second /home/src
umount -l /mnt/disk
fresh; chown -R 2000:2000 /mnt/disk; chmod 700 /mnt/disk/borg; install -d -o 3000 /home/other
wanted permission-denied "the repository belongs to another user" &&
  keep setpriv --reuid=3000 --regid=3000 --clear-groups env HOME=/home/other borg list "${FLAGS[@]}" -- /mnt/disk/borg
chmod 755 /mnt/disk/borg; chmod -R a+rX /mnt/disk/borg
wanted permission-denied-lock "the repository can be read and not written" &&
  keep setpriv --reuid=3000 --regid=3000 --clear-groups env HOME=/home/other borg list "${FLAGS[@]}" -- /mnt/disk/borg
chown -R 0:0 /mnt/disk

# --- space --------------------------------------------------------------------------------------
small() { # SIZE
  fresh; cp -a /mnt/disk/borg /root/borg; mount -t tmpfs -o "size=$1" tmpfs /mnt/disk
  mv /root/borg /mnt/disk/borg
}
small 8m
wanted disk-full "the disk becomes full while an archive is made" && b create -- /mnt/disk/borg::second /home/large
small 4m; head -c 10m /dev/zero >/mnt/disk/ballast 2>/dev/null
wanted disk-full-lock "the disk is full, not even a lock can be made" && b create -- /mnt/disk/borg::second /home/large
wanted disk-full-list "the disk is full, and the archives are listed" && b "${LIST[@]}"
umount -l /mnt/disk
fresh; sed -i 's/^additional_free_space = .*/additional_free_space = 9000G/' /mnt/disk/borg/config
wanted free-space "less is free than additional_free_space wants" && b create -- /mnt/disk/borg::second /home/large
fresh; sed -i 's/^storage_quota = .*/storage_quota = 1000000/' /mnt/disk/borg/config
wanted quota "the repository's storage quota is used up" && b create -- /mnt/disk/borg::second /home/large
fresh; mkdir /mnt/small; mount -t tmpfs -o size=512k tmpfs /mnt/small; head -c 1m /dev/zero >/mnt/small/ballast 2>/dev/null
wanted cache-full "the disk of Borg's cache is full" &&
  keep env BORG_CACHE_DIR=/mnt/small/borg borg create "${FLAGS[@]}" -- /mnt/disk/borg::second /home/src
umount /mnt/small; mount -t tmpfs -o ro tmpfs /mnt/small
wanted cache-read-only "Borg's cache is on a read-only file system" &&
  keep env BORG_CACHE_DIR=/mnt/small/borg borg create "${FLAGS[@]}" -- /mnt/disk/borg::second /home/src
wanted security-read-only "Borg's security directory is on a read-only file system" &&
  keep env BORG_SECURITY_DIR=/mnt/small/borg borg create "${FLAGS[@]}" -- /mnt/disk/borg::second /home/src
umount /mnt/small

# --- Borg's own directories ---------------------------------------------------------------------
damage() { # NAME WHERE WHAT HOW
  local file
  fresh
  file=$(eval "echo $2")
  case $3 in
    empty) : >"$file" ;;
    cut) truncate -s 10 "$file" ;;
    garbage) head -c "$(stat -c %s "$file")" /dev/urandom >"$file" ;;
    gone) rm -f "$file" ;;
    directory) rm -f "$file"; mkdir "$file" ;;
  esac
  wanted "$1" "$4" && b create -- /mnt/disk/borg::second /home/src
}
fresh
damage cache-chunks-empty '$(CACHE)/chunks' empty "the cache's chunks is empty, as after a power cut"
damage cache-chunks-cut '$(CACHE)/chunks' cut "the cache's chunks is cut off"
damage cache-chunks-garbage '$(CACHE)/chunks' garbage "the cache's chunks is garbage"
damage cache-chunks-gone '$(CACHE)/chunks' gone "the cache's chunks is missing"
damage cache-config-empty '$(CACHE)/config' empty "the cache's config is empty, as after a power cut"
damage cache-config-cut '$(CACHE)/config' cut "the cache's config is cut off"
damage cache-config-garbage '$(CACHE)/config' garbage "the cache's config is garbage"
damage cache-config-gone '$(CACHE)/config' gone "the cache's config is missing"
damage cache-files-empty '$(CACHE)/files' empty "the cache's files is empty"
damage cache-files-garbage '$(CACHE)/files' garbage "the cache's files is garbage"
damage cache-readme-gone '$(CACHE)/README' gone "the cache's README is missing"
damage cache-config-directory '$(CACHE)/config' directory "the cache's config is a directory"
damage security-timestamp-empty '$(SECURITY)/manifest-timestamp' empty "manifest-timestamp is empty, as after a power cut"
damage security-timestamp-garbage '$(SECURITY)/manifest-timestamp' garbage "manifest-timestamp is garbage"
damage security-location-empty '$(SECURITY)/location' empty "the remembered location is empty"
damage security-location-garbage '$(SECURITY)/location' garbage "the remembered location is garbage"
damage security-key-type-empty '$(SECURITY)/key-type' empty "the remembered key type is empty"
damage security-key-type-garbage '$(SECURITY)/key-type' garbage "the remembered key type is garbage"
damage security-nonce-empty '$(SECURITY)/nonce' empty "the nonce is empty"
damage security-nonce-garbage '$(SECURITY)/nonce' garbage "the nonce is garbage"
fresh; rm -rf /root/.cache; touch /root/.cache
wanted cache-is-file "there is a file where the cache should be" && b create -- /mnt/disk/borg::second /home/src
rm /root/.cache

# --- damage -------------------------------------------------------------------------------------
repo_index() { ls /mnt/disk/borg/index.* | tail -n1; }
segment() { ls -S /mnt/disk/borg/data/0/* | head -n1; }
fresh; : >"$(repo_index)"
wanted index-empty "the repository's index is empty" && b "${LIST[@]}"
fresh; truncate -s 100 "$(repo_index)"
wanted index-cut "the repository's index is cut off" && b create -- /mnt/disk/borg::second /home/src
fresh; : >"$(ls /mnt/disk/borg/hints.*)"
wanted hints-empty "the repository's hints are empty" && b create -- /mnt/disk/borg::second /home/src
fresh; : >"$(ls /mnt/disk/borg/integrity.*)"
wanted integrity-empty "the repository's integrity file is empty" && b "${LIST[@]}"
fresh; rm /mnt/disk/borg/data/0/*
wanted segments-gone "all segments are gone" && b "${LIST[@]}"
fresh; printf 'XXXXXXXX' | dd of="$(segment)" bs=1 seek=2000 conv=notrunc 2>/dev/null
wanted segment-damaged "a segment is damaged, and checked" && b check -- /mnt/disk/borg
wanted segment-damaged-extract "a segment is damaged, and a file is read from it" &&
  (cd /home/large && b extract -- /mnt/disk/borg::first)
rm -rf /home/large/home
fresh; rm "$(segment)"
wanted segment-gone "a segment is missing" && (cd /home/large && b extract -- /mnt/disk/borg::first)
rm -rf /home/large/home
wanted segment-gone-check "a segment is missing, and checked" && b check -- /mnt/disk/borg
fresh; quiet create /mnt/disk/borg::second /home/src
BORG_CHECK_I_KNOW_WHAT_I_AM_DOING=YES borg debug delete-obj /mnt/disk/borg 0000000000000000000000000000000000000000000000000000000000000000 >/dev/null 2>&1 <<<YES
wanted manifest-gone "the manifest is gone" && b "${LIST[@]}"

# --- Borg, Python and the machine ---------------------------------------------------------------
fresh
wanted pattern-regex "a regular expression of an exclude is wrong" && b create '--exclude=re:[a' -- /mnt/disk/borg::second /home/src
wanted compression-unknown "a compression that Borg does not know" && b create --compression=nope -- /mnt/disk/borg::second /home/src
wanted option-unknown "an option that Borg does not know" && b create --no-such-option -- /mnt/disk/borg::second /home/src
wanted url-invalid "a URL that Borg can't read" 'ssh://' && b list -- 'ssh://'
wanted source-missing "no source is there" && b create -- /mnt/disk/borg::third /home/none
mkdir /mnt/point
wanted no-fuse "no FUSE module of Python" && keep borg mount --log-json --lock-wait=1 -- /mnt/disk/borg /mnt/point
wanted python-home "Python does not find itself" && keep env PYTHONHOME=/nonexistent borg list "${FLAGS[@]}" -- /mnt/disk/borg
mkdir -p /mnt/broken/borg; echo 'raise ImportError("No module named msgpack")' >/mnt/broken/msgpack.py
wanted python-module "a module of Python does not load" && keep env PYTHONPATH=/mnt/broken borg list "${FLAGS[@]}" -- /mnt/disk/borg
rm -rf /mnt/broken
wanted no-home "HOME is a place where nobody can write" && keep env HOME=/proc borg list "${FLAGS[@]}" -- /mnt/disk/borg
wanted memory "the memory is not enough" && keep prlimit --as=60000000 borg create "${FLAGS[@]}" -- /mnt/disk/borg::fourth /home/large
wanted file-limit "too few files may be open" && keep prlimit --nofile=6 borg create "${FLAGS[@]}" -- /mnt/disk/borg::fifth /home/large
signal_after() { local signal=$1; shift; "$@" & local pid=$!; sleep 4; kill -"$signal" "$pid" 2>/dev/null; wait "$pid"; }
export -f signal_after
mkdir -p /home/huge; for i in 1 2 3 4 5 6 7 8; do head -c 60000000 /dev/urandom >/home/huge/$i; done
for signal in TERM HUP INT; do
  fresh
  wanted "signal-${signal,,}" "somebody else sends SIG$signal" &&
    keep bash -c "signal_after $signal borg create ${FLAGS[*]} --upload-ratelimit=900 --compression=zlib,9 -- /mnt/disk/borg::fourth /home/huge"
done

# --- what Linux refuses --------------------------------------------------------------------------
fresh; rm /mnt/disk/borg -rf; ln -s loop /mnt/disk/loop
wanted link-loop "the repository is a symbolic link to itself" /mnt/disk/loop && b list -- /mnt/disk/loop
fresh; echo text >/mnt/disk/note
wanted below-file "a part of the repository's path is a file" /mnt/disk/note/borg && b list -- /mnt/disk/note/borg
fresh; wanted file-size "files may not become large" && keep prlimit --fsize=3000000 borg create "${FLAGS[@]}" -- /mnt/disk/borg::second /home/large
fresh; rm -rf /mnt/disk/borg/data
wanted data-gone "the directory of the segments is gone" && b create -- /mnt/disk/borg::second /home/src
fresh; chmod 000 "$(ls -S /mnt/disk/borg/data/0/* | head -n1)"; chmod 777 /mnt/disk/borg
find /mnt/disk/borg ! -path '*/data/0/*' -exec chown 3000:3000 {} +; mkdir -p /home/other; chown 3000:3000 /home/other
wanted segment-denied "one segment belongs to root" && keep setpriv --reuid=3000 --regid=3000 --clear-groups env HOME=/home/other borg create "${FLAGS[@]}" -- /mnt/disk/borg::second /home/src
fresh; wanted no-processes "no more processes may be started" && keep setpriv --reuid=3000 --regid=3000 --clear-groups prlimit --nproc=0 env HOME=/home/other borg list "${FLAGS[@]}" -- "ssh://borg@backup.example.org/srv/borg/repo"

# --- servers ------------------------------------------------------------------------------------
REMOTE=yes
SRV=ssh://borg@backup.example.org/srv/borg/repo
sshd_with() { # OPTION...
  sshd_stop
  local options=(-o UsePAM=no -o PidFile=none -o "ListenAddress=127.0.0.1" -o Port=22 -o StrictModes=yes -o PrintMotd=no)
  /usr/sbin/sshd -D -f /dev/null -h "${HOSTKEY:-/etc/ssh/host_ed25519}" "${options[@]}" "$@" 2>/tmp/sshd.log &
  SSHD=$!
  for _ in $(seq 50); do (exec 3<>/dev/tcp/127.0.0.1/22) 2>/dev/null && break; sleep 0.1; done
}
# All that our sshd has started; this is a process namespace of our own.
descendants() { local child; for child in $(pgrep -P "$1"); do descendants "$child"; echo "$child"; done; }
sshd_stop() {
  [[ -z ${SSHD:-} ]] || { kill -KILL $(descendants "$SSHD") "$SSHD"; wait "$SSHD"; } 2>/dev/null
  SSHD=
}
rm -f /etc/ssh/host_* ; ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/host_ed25519
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/host_other
ssh-keygen -q -t rsa -b 2048 -N '' -f /etc/ssh/host_rsa
server() { # [COMMAND]: a fresh server with a repository
  sshd_stop
  unset HOSTKEY
  rm -rf /root/.ssh /home/borg /srv/borg /root/.cache /root/.config; answers
  rm -f /etc/nologin
  install -d -m 0700 /root/.ssh
  install -d -m 0755 -o 2000 -g 2000 /home/borg /srv/borg
  install -d -m 0700 -o 2000 -g 2000 /home/borg/.ssh
  ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
  install -m 0600 -o 2000 -g 2000 /root/.ssh/id_ed25519.pub /home/borg/.ssh/authorized_keys
  [[ -z ${1:-} ]] || sed -i "s|^|command=\"$1\",restrict |" /home/borg/.ssh/authorized_keys
  echo "backup.example.org $(cut -d' ' -f1,2 /etc/ssh/host_ed25519.pub)" >/root/.ssh/known_hosts
  sshd_with
  [[ -n ${1:-} ]] || { quiet init --encryption=repokey-blake2 "$SRV"; quiet create "$SRV::first" /home/src; }
}
r() { wanted "$1" "$2" "${3:-$SRV}" && b list -- "$URL"; }

server
cat /tmp/sshd.log >&2
borg list "$SRV" >&2
r name-unknown "the server's name can't be resolved" ssh://borg@none.example.org/srv/borg/repo
sshd_stop
r connection-refused "no sshd listens on the server"
r no-route "the server is off" ssh://borg@away.example.org/srv/borg/repo
r network-unreachable "no network leads to the server" ssh://borg@far.example.org/srv/borg/repo
ip route add blackhole 203.0.113.0/24 2>/dev/null
ip route del blackhole 203.0.113.0/24 2>/dev/null
python3 -c '
import socket,time,os
s=socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1",22)); s.listen(5)
open("/tmp/mute.pid","w").write(str(os.getpid()))
while True: c=s.accept(); globals().setdefault("l",[]).append(c)' & sleep 1
export BORG_RSH="ssh -oBatchMode=yes -oConnectTimeout=2"
r banner-timeout "something listens on the port and says nothing"
kill "$(cat /tmp/mute.pid)"; wait $! 2>/dev/null
python3 -c '
import socket,os
s=socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1",22)); s.listen(5)
open("/tmp/mute.pid","w").write(str(os.getpid()))
while True:
  c,_=s.accept(); c.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"); c.close()' & sleep 1
r not-ssh "something other than sshd listens on the port"
kill "$(cat /tmp/mute.pid)"; wait $! 2>/dev/null

server; : >/home/borg/.ssh/authorized_keys
r key-refused "the public key is not on the server"
server; chmod 644 /root/.ssh/id_ed25519
r key-mode "the private key can be read by others"
server; rm /root/.ssh/id_ed25519; export BORG_RSH="ssh -oBatchMode=yes -oIdentitiesOnly=yes -i /root/.ssh/backup_key"
r key-missing "the file of ssh_key is missing"
server; echo nonsense >/root/.ssh/id_ed25519; chmod 600 /root/.ssh/id_ed25519
export BORG_RSH="ssh -oBatchMode=yes -oIdentitiesOnly=yes -i /root/.ssh/id_ed25519"
r key-garbage "the private key is no key"
server; sed -i 's/$/\r/' /root/.ssh/id_ed25519
r key-crlf "the private key has the line ends of Windows"
server; ssh-keygen -q -p -N secret -f /root/.ssh/id_ed25519 >/dev/null; rm /root/.ssh/id_ed25519.pub
r key-passphrase "the private key has a passphrase of its own"
server; export BORG_RSH="ssh -oBatchMode=yes -oIdentitiesOnly=yes -i /root/.ssh/id_ed25519.pub"
r key-is-public "ssh_key is the public half"
server; chmod 777 /home/borg
r server-home-mode "the home directory on the server can be written by all"
server; rm /root/.ssh/known_hosts
r host-key-unknown "the server's host key is not known"
server; HOSTKEY=/etc/ssh/host_other sshd_with
r host-key-changed "the server's host key has changed"
server; echo "@revoked * $(cut -d' ' -f1,2 /etc/ssh/host_ed25519.pub)" >/root/.ssh/known_hosts
r host-key-revoked "the server's host key is revoked"
server; HOSTKEY=/etc/ssh/host_rsa sshd_with -o HostKeyAlgorithms=ssh-rsa
echo "backup.example.org $(cut -d' ' -f1,2 /etc/ssh/host_rsa.pub)" >/root/.ssh/known_hosts
r host-key-type "an old server offers only ssh-rsa"
server; sshd_with -o KexAlgorithms=diffie-hellman-group14-sha1
r kex "an old server has no key exchange in common"
server; sshd_with -o AllowUsers=somebody
r user-not-allowed "AllowUsers does not name the user"
server; sshd_with -o MaxAuthTries=1
for i in 1 2 3; do ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/extra$i; done
export BORG_RSH="ssh -oBatchMode=yes -i /root/.ssh/extra1 -i /root/.ssh/extra2 -i /root/.ssh/extra3"
r too-many-keys "too many keys are tried"
server; sshd_with -o MaxStartups=1:100:1
python3 -c '
import socket, time
held = [socket.create_connection(("127.0.0.1", 22)) for _ in range(3)]
time.sleep(30)' & HOLD=$!
sleep 2
r max-startups "sshd's MaxStartups is reached"
kill "$HOLD" 2>/dev/null
server; echo 'The server is down for maintenance until 18:00' >/etc/nologin
r nologin-file "the server has an /etc/nologin"
rm -f /etc/nologin
server; sed -i 's|/home/borg:/bin/bash|/home/borg:/usr/sbin/nologin|' /etc/passwd
r nologin-shell "the user's shell on the server is nologin"
sed -i 's|/home/borg:/usr/sbin/nologin|/home/borg:/bin/false|' /etc/passwd
r shell-false "the user's shell on the server is false"
sed -i 's|/home/borg:/bin/false|/home/borg:/bin/zsh5|' /etc/passwd
r shell-missing "the user's shell on the server is missing"
sed -i 's|/home/borg:/bin/zsh5|/home/borg:/bin/bash|' /etc/passwd
server; echo 'echo "Welcome to backup.example.org"' >/home/borg/.bashrc
r start-up-file "a start-up file of the shell on the server prints"
server; printf 'echo "Welcome to backup.example.org"\necho "Last login: Sat Nov 28"\n' >/home/borg/.bashrc
wanted start-up-file-create "a start-up file on the server prints, and an archive is made" "$SRV" && b create -- "$SRV::second" /home/src
server; sshd_with -o ForceCommand=internal-sftp
r sftp-only "the account is for sftp alone"
server "echo Command not found. Use 'help' to get a list of available commands."
r other-command "command= in authorized_keys is something that prints"
server "/bin/true"
r command-ends "command= in authorized_keys says nothing and ends"
server "borg serve --restrict-to-path /srv/other"
wanted path-not-allowed "the key may only use another path" "$SRV" && b list -- "$SRV"
server "/usr/local/bin/borg-1.4 serve"
r command-missing "command= in authorized_keys is a program that is missing"
server; wanted remote-borg-missing "remote_borg is a program that is missing" "$SRV" && b list --remote-path=/opt/borg/bin/borg -- "$SRV"
server; wanted remote-borg-directory "remote_borg is a directory" "$SRV" && b list --remote-path=/usr/bin -- "$SRV"
server; sshd_with -o PermitUserEnvironment=no -o "SetEnv=PATH=/nowhere"
r borg-not-in-path "Borg is not in the server's PATH"
server; export BORG_RSH="ssh -oBatchMode=yes -oNoSuchOption=yes"
r ssh-option "ssh does not know an option of ssh_options"
server; export BORG_RSH=/usr/bin/no-such-ssh
r ssh-missing "ssh is not installed"
server; export BORG_RSH="ssh -oBatchMode=yes -oProxyJump=none.example.org"
r jump-host "the host to jump over can't be reached"
server; echo 'Nonsense yes' >/root/.ssh/config
r ssh-config "ssh's own configuration has a mistake"
rm -f /root/.ssh/config
server; rm -rf /srv/borg/repo
r remote-no-repository "there is no repository on the server"
server; chmod 000 /srv/borg/repo
r remote-permission "the user on the server may not read the repository"
server; mkdir /srv/borg/repo/lock.exclusive; touch "/srv/borg/repo/lock.exclusive/other.example.org@12345.99-0"
chown -R 2000:2000 /srv/borg/repo/lock.exclusive
r remote-locked "another machine has the lock on the server"
server; sed -i 's/^storage_quota = .*/storage_quota = 1000000/' /srv/borg/repo/config
wanted remote-quota "the quota on the server is used up" "$SRV" && b create -- "$SRV::second" /home/large
server; mv /srv/borg/repo /root/repo; mount -t tmpfs -o size=8m tmpfs /srv/borg; chown 2000:2000 /srv/borg; mv /root/repo /srv/borg/repo
wanted remote-disk-full "the disk of the server becomes full" "$SRV" && b create -- "$SRV::second" /home/large
umount -l /srv/borg
server; printf 'XXXXXXXX' | dd of="$(ls -S /srv/borg/repo/data/0/* | head -n1)" bs=1 seek=2000 conv=notrunc 2>/dev/null
wanted remote-damaged "a segment on the server is damaged" "$SRV" && (cd /home/large && b extract -- "$SRV::first")
rm -rf /home/large/home
# --- what sshd and the server's shell refuse --------------------------------------------------------
server; sed -i 's/^/expiry-time="20200101" /' /home/borg/.ssh/authorized_keys
r key-expired "the key's expiry-time in authorized_keys has passed"
server; sshd_with -o MaxSessions=0
r no-sessions "sshd allows no session"
server; sshd_with -o PubkeyAcceptedAlgorithms=rsa-sha2-512
r key-type-refused "sshd takes no keys of this type"
server "borg serve --no-such-option"
r command-option "command= in authorized_keys has an option that Borg does not know"
server "ulimit -v 40000; borg serve"
r server-memory "too little memory for Borg on the server"
server "PYTHONHOME=/nonexistent borg serve"
r server-python "Python on the server does not find itself"
server; mount --bind /srv/borg /srv/borg; mount -o remount,bind,ro /srv/borg
wanted remote-read-only "the disk of the server is mounted read-only" && b create -- "$SRV::second" /home/src
umount -l /srv/borg
server; chown -R root:root /srv/borg; chmod 755 /srv/borg
wanted remote-create-denied "the user on the server may not create the repository" ssh://borg@backup.example.org/srv/borg/new && b init --encryption=repokey-blake2 -- ssh://borg@backup.example.org/srv/borg/new
server; touch /root/.ssh/config; chmod 666 /root/.ssh/config
r ssh-config-mode "other users may write to ssh's configuration"
rm -f /root/.ssh/config
server; export BORG_RSH="ssh -oBatchMode=yes -oBindAddress=10.9.9.9"
r bind-address "ssh cannot use its BindAddress"
server; export BORG_RSH="ssh -oBatchMode=yes -oCiphers=aes999-ctr"
r ssh-cipher "ssh does not know a cipher of ssh_options"
server; ssh-keygen -q -t ed25519 -N '' -f /root/ca; ssh-keygen -q -s /root/ca -I host -h -n backup.example.org -V 20200101:20200201 /etc/ssh/host_ed25519.pub
echo "@cert-authority backup.example.org $(cat /root/ca.pub)" >/root/.ssh/known_hosts
sshd_with -o HostCertificate=/etc/ssh/host_ed25519-cert.pub
r host-certificate-expired "the host certificate of the server has expired"
lost() { # NAME HOW: what ends the connection after data has flowed
  wanted "$1" "$2" "$SRV" || return
  server
  export BORG_RSH="ssh -oBatchMode=yes -oServerAliveInterval=2 -oServerAliveCountMax=3"
  (sleep 9; eval "$3") &
  b create --upload-ratelimit=3000 --checkpoint-interval=1 -- "$SRV::second" /home/huge
}
lost connection-lost-sshd "the server's sshd ends while an archive is made" 'kill -KILL $(descendants $SSHD) $SSHD'
lost connection-lost-borg "Borg on the server is killed while an archive is made" 'kill -KILL $(pgrep -u 2000 -f "borg serve")'
lost connection-lost-network "the network fails while an archive is made" 'ip link set lo down; sleep 30; ip link set lo up' 
sshd_stop
