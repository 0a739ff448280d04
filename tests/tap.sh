# shellcheck shell=sh
#
# tap.sh - what every shell test begins with. Prints TAP, for prove.
#
#   run CMD...            runs it; `status` and what it wrote are what the next lines look at
#   is_status N WHAT      its exit status
#   is_out TEXT WHAT      its standard output, whole
#   is_line1 TEXT WHAT    the first line of its standard error; like_line1 takes a pattern of `case`
#   has TEXT WHAT         TEXT is somewhere in what it wrote; has_err: on standard error; has_not
#   is_quiet WHAT         it wrote nothing; is_printable WHAT: nothing a terminal would act on
#   is GOT WANTED WHAT    two texts; like GOT PATTERN WHAT
#   ok WHAT CMD...        CMD succeeds; not_ok WHAT CMD...: it fails
#   skip WHAT REASON      what cannot be checked here; skip_all REASON: nothing can be
#   done_testing          the last line of a test
#   lxc start ...         lxc-start with the test's own containers, which are in $P
#   as_user CMD...        as an ordinary user, with the same files
#
# $T is a directory of the test's own, $BIN in it has the program and its links, and run-time state
# and HOME are in it, too. No test needs a network, or waits for time to pass.
set -u

tap_n=0 tap_bad=0 status=0
tap_top=$(cd "${0%/*}/../.." && pwd)
export LC_ALL=C LXCBOX="${LXCBOX:-$tap_top/build/lxcbox}"
exec </dev/null

tap_clean() {
	rm -rf "$T"
}

# A live test is the same script a second time, on a tmpfs (live.sh).
if [ "${LXCBOX_LIVE-}" ]; then
	T=$LXCBOX_LIVE
	mount -t tmpfs -o mode=755 none "$T"
else
	T=$(mktemp -d "${TMPDIR:-/tmp}/lxcbox-test.XXXXXX")
	trap tap_clean EXIT
	trap 'exit 1' HUP INT PIPE TERM
	chmod 755 "$T"
fi
BIN=$T/bin P=$T/lxc
export HOME="$T/home" LXC_RUNTIME_DIR="$T/run" PATH="$BIN:$PATH"
unset XDG_RUNTIME_DIR LXCBOX_SEALED
mkdir "$BIN" "$HOME" "$T/tap"
if ! cp "$LXCBOX" "$BIN/lxcbox" || ! "$BIN/lxcbox" --install "$BIN"; then
	echo "Bail out! $LXCBOX does not work"
	exit 1
fi

# What the last command wrote, as remarks; the beginning of it.
tap_remark() {
	cat "$@" | sed 's/^/#     /; 40q' >&2
}

tap_result() { # 0|1 WHAT
	tap_n=$((tap_n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tap_n - $2"
		return 0
	fi
	tap_bad=$((tap_bad + 1))
	echo "not ok $tap_n - $2"
	printf '#   failed: %s: %s\n' "${0##*/}" "$2" >&2
	return 1
}

# The same, saying what the last command was and did.
tap_check() { # 0|1 WHAT
	tap_result "$1" "$2" && return
	printf '#   %s\n#   status %s; standard output, then error:\n' "$tap_command" "$status" >&2
	tap_remark "$T/tap/out" "$T/tap/err"
}

run() {
	tap_command="$*"
	"$@" >"$T/tap/out" 2>"$T/tap/err"
	status=$?
}

is_status() {
	[ "$status" = "$1" ]
	tap_check $? "$2"
}

is_out() {
	[ "$(cat "$T/tap/out")" = "$1" ]
	tap_check $? "$2" || printf '#   wanted: %s\n' "$1" >&2
}

line1() {
	sed -n 1p "$T/tap/err"
}

is_line1() {
	[ "$(line1)" = "$1" ]
	tap_check $? "$2" || printf '#   wanted: %s\n' "$1" >&2
}

like_line1() {
	# shellcheck disable=SC2254 # a pattern
	case $(line1) in
	$1) tap_check 0 "$2" ;;
	*) tap_check 1 "$2" || printf '#   wanted: %s\n' "$1" >&2 ;;
	esac
}

has() {
	cat "$T/tap/out" "$T/tap/err" | grep -qF -e "$1"
	tap_check $? "$2" || printf '#   wanted: %s\n' "$1" >&2
}

has_err() {
	grep -qF -e "$1" "$T/tap/err"
	tap_check $? "$2" || printf '#   wanted: %s\n' "$1" >&2
}

has_not() {
	[ "$(cat "$T/tap/out" "$T/tap/err" | grep -cF -e "$1")" = 0 ]
	tap_check $? "$2"
}

lxc() {
	tap_name=$1
	shift
	# Not what the machine's default.conf says; a -f of the test's own counts more.
	[ "$tap_name" != create ] || set -- -f /dev/null "$@"
	"$BIN/lxc-$tap_name" -P "$P" "$@"
}

as_user() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
	else
		"$@"
	fi
}

# No byte a terminal would act on: nothing below a blank but tab and newline, no DEL, no C1.
is_printable() {
	[ "$(cat "$T/tap/out" "$T/tap/err" | grep -c '[^[:print:][:blank:]]')" = 0 ]
	tap_check $? "$1"
}

is_quiet() {
	[ ! -s "$T/tap/out" ] && [ ! -s "$T/tap/err" ]
	tap_check $? "$1"
}

is() {
	if [ "$1" = "$2" ]; then
		tap_result 0 "$3"
		return
	fi
	tap_result 1 "$3" || printf '%s\n' "$1" >"$T/tap/got"
	printf '%s\n' "$2" | diff -U0 - "$T/tap/got" | sed '1s/.*/wanted/; 2s/.*/got/' | tap_remark
}

like() {
	# shellcheck disable=SC2254 # a pattern
	case $1 in
	$2) tap_result 0 "$3" ;;
	*)
		tap_result 1 "$3" || :
		printf '%s\n' "$1" | sed '1s/^/got:    /' | tap_remark
		printf '%s\n' "$2" | sed '1s/^/wanted: /' | tap_remark
		;;
	esac
}

ok() {
	tap_what=$1
	shift
	"$@" >"$T/tap/why" 2>&1
	tap_result $? "$tap_what" || tap_remark "$T/tap/why"
}

not_ok() {
	tap_what=$1
	shift
	if "$@" >"$T/tap/why" 2>&1; then
		tap_result 1 "$tap_what" || tap_remark "$T/tap/why"
	else
		tap_result 0 "$tap_what"
	fi
}

skip() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

done_testing() {
	echo "1..$tap_n"
	[ "$tap_bad" = 0 ]
	exit
}
