#!/bin/sh
# names.t - one program, many names: links, first words, and what it says of unknown ones.
# shellcheck source=../tap.sh
. "${0%/*}/../tap.sh"

commands='attach create destroy execute info ls start stop'

# ---- the program itself ----

run "$BIN/lxcbox" --version
is_status 0 'lxcbox --version'
like "$(cat "$T/tap/out")" '[0-9]*.[0-9]*.[0-9]*' 'prints a version'
version=$(cat "$T/tap/out")

run "$BIN/lxcbox"
is_status 0 'without a word'
for c in $commands; do
	has "  $c " "the help names $c"
done
run "$BIN/lxcbox" --help
is_status 0 'lxcbox --help'
has 'Usage: lxcbox' 'says how it is called'

run "$BIN/lxcbox" --list
is_status 0 'lxcbox --list'
for c in $commands; do
	ok "lists lxc-$c" grep -qx "lxc-$c" "$T/tap/out"
done
has_not 'lxc-init' 'but not the init, which is no command'

# ---- by link, by first word, both ways ----

for c in $commands; do
	run "$BIN/lxc-$c" --version
	is_out "$version" "lxc-$c --version"
	run "$BIN/lxcbox" "$c" --version
	is_out "$version" "lxcbox $c --version"
	run "$BIN/lxcbox" "lxc-$c" --version
	is_out "$version" "lxcbox lxc-$c --version"
done
ln -s "$BIN/lxcbox" "$T/renamed"
run "$T/renamed" ls --version
is_out "$version" 'under a name of its own it takes the first word'
run "$BIN/lxcbox" start -P "$P" nowhere
is_line1 "lxc-start: nowhere: No container config specified (there is no $P/nowhere/config)" \
	'a first word does not change how it calls itself'

# ---- unknown ----

run "$BIN/lxcbox" strat
is_status 1 'an unknown command'
is_line1 'lxcbox: strat: unknown command (did you mean start?)' 'suggests the nearest'
run "$BIN/lxcbox" xylophone
is_status 1 'one that is like none'
is_line1 'lxcbox: xylophone: unknown command (lxcbox --list names them all)' 'says where they are'
ln -s lxcbox "$BIN/lxc-atach"
run "$BIN/lxc-atach"
is_status 1 'a link to a command there is not'
is_line1 'lxc-atach: atach: unknown command (did you mean attach?)' 'suggests the nearest, too'
run "$BIN/lxcbox" "$(printf 'st\033[31mart')"
is_status 1 'an unknown command with an escape sequence'
is_printable 'is not written raw'

# ---- links ----

here() {
	find "$1" -name 'lxc-*' | wc -l
}
number=$("$BIN/lxcbox" --list | wc -l)

mkdir "$T/other" "$T/other/deep"
run "$BIN/lxcbox" --install "$T/other"
is_status 0 'links in another directory'
is_quiet 'are made in silence'
is "$(here "$T/other")" "$number" 'one for each name'
is "$(readlink "$T/other/lxc-start")" "$BIN/lxcbox" 'they are absolute'
run "$T/other/lxc-start" --version
is_out "$version" 'and work'

run "$BIN/lxcbox" --install "$BIN"
is_status 0 'links beside the program, a second time'
is "$(readlink "$BIN/lxc-start")" lxcbox 'are relative'
(cd "$BIN" && ./lxcbox --install .)
is $? 0 'the directory by a relative name'
is "$(readlink "$BIN/lxc-start")" lxcbox 'is the same one'

rm "$T/other/lxc-ls"
echo other >"$T/other/lxc-ls"
run "$BIN/lxcbox" --install "$T/other"
is_status 1 'over a file'
like_line1 "lxcbox: $T/other/lxc-ls is there, and is no link *" 'is refused'
is "$(cat "$T/other/lxc-ls")" other 'and it stays'
ln -sf elsewhere "$T/other/lxc-ls"
run "$BIN/lxcbox" --install "$T/other"
is_status 0 'over other links'
is "$(readlink "$T/other/lxc-ls")" "$BIN/lxcbox" 'replaces them'

run "$BIN/lxcbox" --install "$T/missing"
is_status 1 'in a directory there is not'
is_line1 "lxcbox: find the directory $T/missing: No such file or directory" 'names it'
run "$BIN/lxcbox" --install
is_status 1 'no directory'
is_line1 'lxcbox: --install wants the directory of the links' 'says so'
mkdir "$T/other/lxc-ls.d" && rm "$T/other/lxc-ls" && mkdir "$T/other/lxc-ls"
run "$BIN/lxcbox" --install "$T/other"
is_status 1 'a directory in the place of a link'
like_line1 "lxcbox: $T/other/lxc-ls is there, and is no link *" 'is not removed'
ok 'and is still there' test -d "$T/other/lxc-ls"

done_testing
