#!/bin/sh
# manual.t - the manual pages the program prints of itself.
# shellcheck source=../tap.sh
. "${0%/*}/../tap.sh"

commands="$("$BIN/lxcbox" --list) lxc-init lxc-lua"

for page in $commands lxc.container.conf lxc.system.conf; do
	run "$BIN/lxcbox" --manual "$page"
	is_status 0 "--manual $page"
	cp "$T/tap/out" "$T/$page"
	ok "$page: has a head" grep -q '^\.Dd ' "$T/$page"
	is "$(sed -n 's/^\.Nm //p' "$T/$page" | sed -n 1p)" "$page" "$page: names itself"
	if command -v mandoc >/dev/null; then
		# From where it lies: a dot in a directory above would count as its section.
		run sh -c "cd '$T' && mandoc -T lint -W style $page 2>/dev/null |
			grep -v 'referenced manual not found'"
		is_out '' "$page: mandoc has nothing to say"
	else
		skip "$page: mandoc has nothing to say" 'no mandoc here'
	fi
done
run "$BIN/lxcbox" --manual start
is_status 0 'without the lxc-'
ok 'is the same page' cmp -s "$T/tap/out" "$T/lxc-start"
run "$BIN/lxcbox" --manual sart
is_status 1 'a page there is not'
is_line1 'lxcbox: sart: unknown command (did you mean start?)' 'is said'

# ---- it says what --help says ----

for c in $("$BIN/lxcbox" --list); do
	run "$BIN/$c" --help
	bad=''
	sed -n 's/^  .\{4\}--\([a-z-]*\).*/\1/p' "$T/tap/err" >"$T/names"
	while read -r name; do
		grep -q "Fl -$name\\( \\|\$\\)" "$T/$c" || bad="$bad $name"
	done <"$T/names"
	is "$bad" '' "$c: every option is in its page"
	ok "$c: so is its exit status" grep -q '^\.Sh EXIT STATUS' "$T/$c"
done

# ---- the keys ----

bad=''
for key in lxc.rootfs.path lxc.mount.entry lxc.net.\\[\\].type lxc.prlimit.\\* lxc.idmap; do
	grep -q "^\\.It Li $key " "$T/lxc.container.conf" || bad="$bad $key"
done
is "$bad" '' 'lxc.container.conf has the keys'
ok 'and the older names' grep -q '^\.It lxc.utsname Ta lxc.uts.name' "$T/lxc.container.conf"

done_testing
