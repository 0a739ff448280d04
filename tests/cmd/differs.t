#!/bin/sh
# differs.t - every key, read back by our lxc-info and by that of LXC 5: the same, byte by byte.
#
# A case is a configuration and the keys that are asked for. Each key of the table is asked for in
# an empty configuration ("KEY unset"), with the values below, and emptied behind the first of
# these ("KEY emptied"); all that also with -H. Where the two are to differ, that is listed, too,
# with the reason, and such a case in which they agree is a failure.

# LXC keeps locks below /run, even of containers that are elsewhere.
set -- -m -u -n --propagation private
[ "$(id -u)" = 0 ] || set -- --map-root-user "$@"
if [ -z "${DIFFERS_APART-}" ] && unshare "$@" true 2>/dev/null; then
	DIFFERS_APART=1 exec unshare "$@" sh "$0"
fi

# shellcheck source=../tap.sh
. "${0%/*}/../tap.sh"

lxc5=${LXC5:-/usr/bin/lxc-info} # .ci/peer knows where there may be another
case $("$lxc5" --version 2>/dev/null) in
5.*) ;;
*) skip_all "needs LXC 5, and $lxc5 is none" ;;
esac
if [ -z "${DIFFERS_APART-}" ] || ! mount -t tmpfs none /run; then
	skip_all 'namespaces cannot be made here'
fi

# ---- the values ----
#
# A line of tests/data/differs/values is a case. An indented one belongs to the case above: one
# line more of its configuration or, after a "?", keys to ask for besides those it sets; lxc.net.0.*
# is all that an interface has.

values() {
	sed "s|@T@|$T|" "$tap_top/tests/data/differs/values"
}

# ---- where they are to differ: tests/data/differs/exceptions says why, and in which cases ----

exceptions() {
	cat "$tap_top/tests/data/differs/exceptions"
}

# ---- the cases ----

mkdir "$P" "$T/theirs" "$T/ours"
: >"$T/empty"
"$BIN/lxc-config" --list >"$T/list"
table=" $(grep '^lxc\.' "$T/list" | tr '\n' ' ')"
cases=0 name='' keys='' config='' last='' covered=' '

# The row of the table $1 is of: lxc.net.0.type is of lxc.net.[].type, lxc.proc.x of lxc.proc.*.
row_of() {
	case $1 in
	lxc.net.[0-9]*.*) row=lxc.net.[].${1#lxc.net.*.} ;;
	*) row=$1 ;;
	esac
	while :; do
		case $table in
		*" $row "*) return 0 ;;
		esac
		row=${row%.\*}
		case $row in
		*.*.*) row="${row%.*}.*" ;;
		*) return 1 ;;
		esac
	done
}

# A key to ask for; with one of a family, all of the family.
ask() {
	case " $keys " in
	*" $1 "*) return ;;
	esac
	keys="$keys $1"
	if row_of "$1" && [ "$row" != "${row%.\*}" ]; then
		ask "${row%.\*}"
	fi
}

# What stands behind a "?".
ask_too() {
	set -f
	for key in $1; do
		if [ "$key" != 'lxc.net.0.*' ]; then
			ask "$key"
			continue
		fi
		for row in $table; do
			case $row in
			lxc.net.\[\].*) ask "lxc.net.0.${row#*\].}" ;;
			esac
		done
	done
	set +f
}

add_case() { # NAME KEYS CONFIGURATION; the first key is the one that is asked for alone, too
	cases=$((cases + 1))
	mkdir "$P/c$cases"
	printf '%s' "$3" >"$P/c$cases/config"
	printf '%s\n' "$2" >>"$T/keys"
	printf '%s\n' "$1" >>"$T/names"
}

# The case that is complete; the first one of a row also for when the key is not set.
end_case() {
	[ "$name" ] || return 0
	add_case "$name" "$last$keys" "$config"
	row_of "$last" || return 0
	case $covered in
	*" $row "*) return 0 ;;
	esac
	covered="$covered$row "
	add_case "$row unset" "$last$keys" ''
	add_case "$row emptied" "$last$keys" "$config$last =
"
}

add_line() {
	last=${1%% =*}
	config="$config$1
"
	ask "$last"
}

values >"$T/values"
while IFS= read -r line; do
	case $line in
	'	? '*) ask_too "${line#*\?}" ;;
	'	'*)
		name="$name; ${line#?}"
		add_line "${line#?}"
		;;
	*)
		end_case
		name=$line keys='' config=''
		add_line "$line"
		;;
	esac
done <"$T/values"
end_case

set -f
for row in $table; do
	case $covered in
	*" $row "*) tap_result 0 "$row has a value here" ;;
	*) tap_result 1 "$row has a value here" ;;
	esac
done
set +f

# ---- what both say ----

export HERE='of the environment' EMPTY=''

answers() { # LXC-INFO DIRECTORY
	i=0 tool=$1 to=$2
	while read -r last keys; do
		i=$((i + 1))
		set --
		for key in $keys; do
			set -- "$@" -c "$key"
		done
		{
			"$tool" -P "$P" -n "c$i" "$@"
			echo "status $?, and with -H:"
			[ "$#" = 2 ] || "$tool" -P "$P" -n "c$i" -H "$@"
			"$tool" -P "$P" -n "c$i" -H -c "$last"
			echo "status $?"
		} >"$to/$i" 2>"$to/$i.err"
	done <"$T/keys"
}
answers "$lxc5" "$T/theirs" &
answers "$BIN/lxc-info" "$T/ours"
wait

# ---- and whether it is the same ----

# The cases in which it is not, or ours has no answer, by number.
not_same=" $({
	diff -rq "$T/theirs" "$T/ours"
	grep -l '^status [^0]' "$T"/ours/*
} | sed 's|.*/ours/\([0-9]*\).*|\1|' | tr '\n' ' ')"

exceptions | sed -n 's/^	//p' >"$T/exceptions"
line_feed='
'
excepted=$line_feed$(cat "$T/exceptions")$line_feed i=0
while IFS= read -r name; do
	i=$((i + 1)) same=0 differ=1
	case $not_same in
	*" $i "*) same=1 differ=0 ;;
	esac
	case $excepted in
	*"$line_feed$name$line_feed"*)
		tap_result "$differ" "$name: differs, as it is to"
		continue
		;;
	esac
	tap_result "$same" "$name" && continue
	for file in "$i" "$i.err"; do
		diff -u "$T/theirs/$file" "$T/ours/$file" | sed 1,2d | tap_remark
	done
done <"$T/names"
is "$(grep -vxFf "$T/names" "$T/exceptions")" '' 'each that is to differ is a case'

done_testing
