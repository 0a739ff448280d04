# shellcheck shell=sh
#
# live.sh - what a test with real containers begins with, instead of tap.sh.
#
# The script is run a second time, as root in mount, uts, network and pid namespaces of its own and
# with a tmpfs on $T: whatever a test leaves, or a bug, is gone when its last process is.
#
#   box NAME              a container of $BASE, a small busybox system; its configuration goes on
#                         with what is on standard input
#   root NAME             its root, as the host sees it
#   up NAME [OPTION...]   lxc-start, then waits until its init says that it runs
#   down NAME             lxc-stop -k
#   init_of NAME          the pid of its init; monitor_of NAME: of its supervisor
#   follow NAME           before a start: then `ended NAME` waits until its init is gone
#   snapshot              what there is now: mounts, groups, interfaces, processes, files
#   same_as_before WHAT   and whether that is still all
#
# The init in $BASE waits for signals: it ends by SIGPWR, SIGTERM or SIGINT. It is not PID 1 of the
# test that reaps what its supervisor leaves, but the shell above it, which does nothing else.

# A test that hangs is a failed test. Nothing else depends on time.
LIVE_LIMIT=${LIVE_LIMIT:-600}

live_cannot() {
	if [ "$(id -u)" != 0 ]; then
		echo 'needs root'
	elif ! command -v busybox >/dev/null || ! busybox true; then
		echo 'needs busybox'
	elif ! command -v strace >/dev/null; then
		echo 'needs strace'
	elif ! unshare -m -u -n -p --fork --mount-proc --propagation private true 2>/dev/null; then
		echo 'namespaces cannot be made here'
	fi
}

if [ -z "${LXCBOX_LIVE-}" ]; then
	live_why=$(live_cannot)
	if [ "$live_why" ]; then
		echo "1..0 # SKIP $live_why"
		exit 0
	fi
	LXCBOX_LIVE=$(mktemp -d "${TMPDIR:-/tmp}/lxcbox-live.XXXXXX")
	export LXCBOX_LIVE
	trap 'rmdir "$LXCBOX_LIVE"' EXIT
	trap 'exit 1' HUP INT PIPE TERM
	# shellcheck disable=SC2016 # for the inner shell
	timeout --foreground -k 1 "$LIVE_LIMIT" \
		unshare -m -u -n -p --fork --kill-child --mount-proc --propagation private \
		sh -c 'sh "$0" & wait $!' "$0" </dev/null
	live_status=$?
	[ "$live_status" -lt 124 ] || echo "# ${0##*/} took more than $LIVE_LIMIT s" >&2
	exit "$live_status"
fi

# shellcheck source=tap.sh
. "${0%/*}/../tap.sh"

mkdir "$P" "$LXC_RUNTIME_DIR"
BASE=$T/base

# A root with busybox, its applets as links, and an init that can be followed.
live_make_base() {
	mkdir -p "$BASE/bin" "$BASE/dev" "$BASE/etc" "$BASE/proc" "$BASE/root" "$BASE/sbin" \
		"$BASE/sys" "$BASE/tmp"
	cp "$(command -v busybox)" "$BASE/bin/busybox"
	"$BASE/bin/busybox" --list | sed '/^busybox$/d; s|.*|ln -s busybox "bin/&"|' |
		(cd "$BASE" && sh)
	echo 'root:x:0:0:root:/root:/bin/sh' >"$BASE/etc/passwd"
	echo 'root:x:0:' >"$BASE/etc/group"
	# FIFOs of the container's own: /ready has a line while it runs, /alive is open as long as
	# any of its processes lives, and from /never nothing comes.
	cat >"$BASE/sbin/init" <<'EOT'
#!/bin/sh
exec 7<>/never 8<>/ready 9<>/alive
trap 'exit 0' PWR TERM INT
echo up >&8
while :; do
	read -r _ <&7
done
EOT
	chmod 755 "$BASE/sbin/init"
}
live_make_base

root() {
	echo "$P/$1/rootfs"
}

box() {
	mkdir "$P/$1" || return
	cp -a "$BASE" "$P/$1/rootfs" || return
	mkfifo -m 666 "$P/$1/rootfs/ready" "$P/$1/rootfs/alive" "$P/$1/rootfs/never" || return
	{
		echo "lxc.rootfs.path = dir:$P/$1/rootfs"
		cat
	} >"$P/$1/config"
}

up() {
	tap_box=$1
	shift
	lxc start -n "$tap_box" "$@" && read -r _ <"$P/$tap_box/rootfs/ready"
}

down() {
	lxc stop -n "$1" -k
}

init_of() {
	lxc info -n "$1" -pH
}

monitor_of() {
	sed -n 's/^monitor \([0-9]*\) .*/\1/p' "$LXC_RUNTIME_DIR"/*/"$1/state"
}

# Opens /alive to read before the container is there, and so without a race; the end comes when the
# last of its processes has gone.
follow() {
	exec 3<>"$P/$1/rootfs/alive"
	exec 4<"$P/$1/rootfs/alive"
	exec 3>&-
}

ended() {
	cat <&4 >/dev/null
	exec 4<&-
}

# The processes of this pid namespace, by name, without making one more to look.
live_processes() {
	for live_pid in /proc/[0-9]*; do
		read -r live_stat <"$live_pid/stat" || continue
		live_name=${live_stat#*(}
		case ${live_stat##*) } in
		'Z 1 '*) ;; # the reaper's: no more
		'Z '*) echo "zombie ${live_name%)*}" ;;
		*) echo "process ${live_name%)*}" ;;
		esac
	done 2>/dev/null
}

# A line for everything that must not be left behind.
live_state() {
	live_processes
	cut -d' ' -f3-6 /proc/self/mountinfo
	find /sys/fs/cgroup -type d \( -name 'lxc*' -o -path '*/lxc/*' \)
	sed -n 's/^ *\(.*\):.*/interface \1/p' /proc/net/dev
	find "$LXC_RUNTIME_DIR" "$P" ! -path '*/rootfs/*'
}

snapshot() {
	live_state >"$T/tap/list"
	sort "$T/tap/list" >"$T/tap/before"
}

# A supervisor says that it is done before it is gone: processes are looked for again.
same_as_before() {
	live_tries=0
	while
		live_state >"$T/tap/list"
		sort "$T/tap/list" >"$T/tap/after"
		! diff -U0 "$T/tap/before" "$T/tap/after" >"$T/tap/why"
	do
		live_tries=$((live_tries + 1))
		[ "$live_tries" -lt 300 ] && grep -q '^[-+]process ' "$T/tap/why" && continue
		tap_result 1 "$1" || tap_remark "$T/tap/why"
		return
	done
	tap_result 0 "$1"
}
