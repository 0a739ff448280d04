#!/bin/sh
# asan.t - the other tests of this directory once more, with the sanitizers.
# shellcheck source=../tap.sh
. "${0%/*}/../tap.sh"

asan=${LXCBOX_ASAN-}
[ "$asan" ] || skip_all 'LXCBOX_ASAN does not say where the program with the sanitizers is'
[ "$LXCBOX" != "$asan" ] || skip_all 'the program under test is the one with the sanitizers'
ok 'the program with the sanitizers is there' test -x "$asan"

# Reports go to files: a test that expects a command to fail would take one for its message.
mkdir -m 1777 "$T/reports"
export ASAN_OPTIONS="exitcode=99:log_path=$T/reports/of"

for t in "${0%/*}"/*.t; do
	[ "${t##*/}" = asan.t ] && continue
	LXCBOX=$asan run "$t"
	is "$(grep '^not ok' "$T/tap/out")" '' "${t##*/}: $(grep -c '^ok' "$T/tap/out") checks"
	is_status 0 "${t##*/}: and all of them"
	is "$(cat "$T/reports"/* 2>/dev/null)" '' "${t##*/}: no report"
	rm -f "$T/reports"/*
done

done_testing
