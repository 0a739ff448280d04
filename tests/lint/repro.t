#!/bin/sh
# repro.t - the same sources give the same bytes, whoever builds them, where and when.
#
# Builds all, musl and the libraries too, in two new directories that have little in common: length
# and depth of the path, the directory objects go to, mask, time zone, language. No network is
# needed: the downloads are those in BUILD. A minute or two; REPRO=no leaves it out.
# shellcheck disable=SC2317 # check calls the functions
. "${0%/*}/lint.sh"
[ "${REPRO-}" != no ] || { echo '1..0 # SKIP REPRO=no'; exit 0; }

temp=$(mktemp -d "${TMPDIR:-/tmp}/lxcbox-repro.XXXXXX")
trap 'rm -rf "$temp"' EXIT
trap 'exit 1' HUP INT TERM
downloads=$(cd "$BUILD" && pwd)/dl
first=$temp/a
second=$temp/another/and/rather/deeper/directory
jobs=$(nproc 2>/dev/null || echo 2)

# build DIR BUILD VARIABLE...: copies the sources there and makes the program.
build() {
	dir=$1 into=$2
	shift 2
	mkdir -p "$dir"
	tree | tar -cf - -T - | tar -xf - -C "$dir"
	(cd "$dir" && env -u MAKEFLAGS -u MAKELEVEL LXCBOX_CACHE="$downloads" "$@" \
		make -j"$jobs" BUILD="$into" >"$temp/log" 2>&1 </dev/null) || tail -n 5 "$temp/log"
}

one() {
	umask 022
	build "$first" build TZ=UTC LC_ALL=C
}

other() {
	umask 077
	build "$second" build-of-another-name TZ=Asia/Tokyo LC_ALL=C.UTF-8 USER=nobody
}

differences() {
	cmp "$first/build/lxcbox" "$second/build-of-another-name/lxcbox" 2>&1 || :
}

# Files outside the directory for them, which git would take for sources.
left_over() {
	for dir in "$first" "$second"; do
		(cd "$dir" && tree) | while read -r file; do
			[ -e "$file" ] || echo "$file: made beside the sources"
		done
	done
}

check build 'builds in a new directory' one
check again 'builds in another' other
check same 'the programs are the same' differences
check clean 'nothing is made outside the build directory' left_over
finish
