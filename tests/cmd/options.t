#!/bin/sh
# options.t - every command's options: help, mistakes, prefixes, order, names of containers.
# shellcheck source=../tap.sh
. "${0%/*}/../tap.sh"

commands=$("$BIN/lxcbox" --list)
version=$("$BIN/lxcbox" --version)

# The options --help has told of, a line each: LETTER|- NAME ARG|[=ARG]|-
told() {
	sed -n 's/^  -\(.\), --\([a-z-]*\)/\1 \2 /p; s/^      --\([a-z-]*\)/- \1 /p' "$T/tap/err" |
		awk '{ arg = $3 ~ /^(=|\[=)/ ? $3 : "-"; print $1, $2, arg }'
}

# ---- help ----

for c in $commands; do
	for h in --help -h '-?'; do
		run "$BIN/$c" "$h"
		is_status 0 "$c $h"
		is_out '' "$c $h: nothing on standard output"
		like_line1 "Usage: $c *" "$c $h: the usage on standard error"
	done
	has_err 'Common options:' "$c: the common options, too"
	run "$BIN/$c" --usage
	is_status 0 "$c --usage"
	is "$(wc -l <"$T/tap/err")" 1 "$c --usage is one line"
	run "$BIN/$c" somename --help
	is_status 0 "$c NAME --help"
done
run "$BIN/lxc-attach" c1 -- --help
is_status 1 'a --help behind -- is not for us'
like_line1 'lxc-attach: c1: *not running*' 'but for the container'

# ---- each option of each table is known, by both names ----

for c in $commands; do
	run "$BIN/$c" --help
	told >"$T/told"
	bad=''
	while read -r letter name arg; do
		case $name in
		help | usage | version) continue ;;
		esac
		case $arg in
		-) long=--$name short=-$letter ;;
		*) long=--$name=1 short=-${letter}1 ;;
		esac
		[ "$("$BIN/$c" "$long" --version 2>&1)" = "$version" ] || bad="$bad $long"
		[ "$letter" = - ] || [ "$("$BIN/$c" "$short" --version 2>&1)" = "$version" ] ||
			bad="$bad $short"
	done <"$T/told"
	is "$bad" '' "$c: it knows every option it tells of ($(wc -l <"$T/told"))"
	is "$(cut -d' ' -f1 "$T/told" | grep -v '^-' | sort | uniq -d)" '' \
		"$c: no letter is there twice"
	is "$(cut -d' ' -f2 "$T/told" | sort | uniq -d)" '' "$c: no name is there twice"
done

# ---- mistakes (getopt's words are those of two C libraries) ----

for c in $commands; do
	run "$BIN/$c" --nonsense c1
	is_status 1 "$c: an unknown long option"
	like_line1 "$c: unrecognized option*nonsense*" "$c: is named first"
	has_err 'Usage:' "$c: then the help"
	run "$BIN/$c" -Z c1
	is_status 1 "$c: an unknown letter"
	like_line1 "$c: *option*Z*" "$c: is named"
	run "$BIN/$c" -P
	is_status 1 "$c: an option without its argument"
	like_line1 "$c: option requires an argument*P*" "$c: is named"
done
run lxc ls --log=x
is_status 1 'a prefix of two options'
like_line1 '*ambiguous*' 'is ambiguous'
run lxc ls --line=1
is_status 1 'an argument for an option that has none'
run lxc stop --timeout=soon c1
is_status 1 'a word for a number'
is_line1 'lxc-stop: c1: Invalid timeout soon' 'is refused'
run lxc attach c1 --uid=0x10 -- true
is_line1 'lxc-attach: c1: --uid: 0x10 is not an id' 'an id is decimal (A8)'
for id in -1 '' 1x 4294967295 99999999999999999999 ' 1' +1; do
	run lxc execute c1 --uid="$id" -- true
	is_line1 "lxc-execute: c1: --uid: $id is not an id" "nor is \"$id\" one"
done
run lxc attach c1 -eCAP,KIDDING -- true
is_line1 'lxc-attach: c1: --elevated-privileges: KIDDING is none of CAP, CGROUP, LSM' \
	'a privilege there is not'
run lxc attach c1 -s 'MOUNT|HOUSE' -- true
is_line1 'lxc-attach: c1: --namespaces: MOUNT|HOUSE is not a list of namespaces' \
	'a namespace there is not'
for v in NAME =VALUE ''; do
	run lxc attach c1 -v "$v" -- true
	is_line1 "lxc-attach: c1: --set-var: $v is not NAME=VALUE" "\"$v\" is no variable"
done
run lxc start c1 -d -F
is_line1 'lxc-start: c1: --daemon and --foreground are both given' 'in the background and in front'

# ---- prefixes, order ----

run lxc ls --logf "$T/prefix.log" --logp debug
is_status 0 'a prefix of one option only'
run lxc ls --fil=x --defi
is_status 0 'also with = and of a flag'
run "$BIN/lxc-info" c1 -P "$P"
is_line1 "lxc-info: c1: c1 doesn't exist" 'options may follow the name'
run "$BIN/lxc-info" -s c1 -P "$P" -H
is_line1 "lxc-info: c1: c1 doesn't exist" 'and surround it'
run "$BIN/lxc-info" -P /nowhere -P "$P" --name c1
is_line1 "lxc-info: c1: c1 doesn't exist" 'the last of two counts'
run "$BIN/lxc-info" -P "$P///" --name=c1
is_line1 "lxc-info: c1: c1 doesn't exist" 'a path with slashes at its end'
mkdir "$T/rel"
(cd "$T/rel" && "$BIN/lxc-create" -P boxes -n c1 -t none -f /dev/null)
is $? 0 'a path relative to where one is'
ok 'is found there' test -f "$T/rel/boxes/c1/config"

# ---- names (G1) ----

for c in $commands; do
	case $c in lxc-ls | lxc-config | lxc-update-config) continue ;; esac
	run "$BIN/$c"
	is_status 1 "$c without a name"
	is_line1 "$c: No container name specified" "$c: says so"
done

mkdir -p "$P/real"
snap=$(find "$T" ! -path "$T/tap*" | sort)
long=$(printf '%065d' 0)
tab=$(printf 'a\tb')
line=$(printf 'a\nb')
escape=$(printf 'a\033[31mb')
latin=$(printf 'caf\351')
utf=$(printf 'caf\303\251')
for name in .. . ../evil a/b /a a/ '' .hidden -x " x" "$long" "$tab" "$line" "$escape" "$latin" \
	"$utf" 'a;b' "a\$b" 'a*b' 'a\b' "a'b" 'a|b'; do
	for c in create start execute destroy stop info attach; do
		case $c in
		create) run "$BIN/lxc-create" -P "$P" --name="$name" -t none ;;
		execute) run "$BIN/lxc-execute" -P "$P" --name="$name" -- true ;;
		*) run "$BIN/lxc-$c" -P "$P" --name="$name" ;;
		esac
		[ "$status" = 1 ] && grep -q 'is not a name for a container' "$T/tap/err" &&
			[ "$(grep -c '[[:cntrl:]]' "$T/tap/err")" = 0 ] && continue
		is "$c" '' "the name '$(printf %s "$name" | cat -v)' is refused"
		tap_remark "$T/tap/err"
	done
done
is "$(find "$T" ! -path "$T/tap*" | sort)" "$snap" 'bad names make nothing on disk'
run lxc info -n "$escape"
like_line1 'lxc-info: a\\x1B\[31mb is not a name for a container (up to 64 *' \
	'what a name may be is said'
for name in a A0 _x 'with blank' a.b:c@d-e "${long#0}"; do
	run lxc create -n "$name" -t none
	is_status 0 "the name '$name' is one"
done

done_testing
