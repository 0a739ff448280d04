#!/bin/sh
# log.t - where messages go: standard error, -o, lxc.log.*, and from which level on.
# shellcheck source=../tap.sh
. "${0%/*}/../tap.sh"

lxc create -n c1 -t none
conf=$P/c1/config
log=$T/log
stamp='[0-9]\{14\}\.[0-9]\{3\}'

# ---- -o ----

run lxc stop c1 -o "$log"
is_status 2 'a failing command with -o'
is_line1 'lxc-stop: c1: c1 is not running' 'says why on standard error'
is "$(wc -l <"$log")" 1 'and in the file, in one line'
ok 'which is PROGRAM NAME TIME LEVEL MODULE - TEXT' \
	grep -qx "lxc-stop c1 $stamp ERROR    log - c1 is not running" "$log"
is "$(stat -c %a "$log")" 640 'the file is 0640'
run lxc stop c1 -o "$log"
is "$(wc -l <"$log")" 2 'a second command appends'
run lxc ls -o "$log"
is "$(wc -l <"$log")" 2 'a good one has nothing to say'
run lxc ls -1 -o none -P "$P"
is_out c1 '-o none'
not_ok 'makes no file' test -e none
run lxc stop c1
is_status 2 'without -o'
is "$(find "$T" -name '*.log')" '' 'there is no log file'

# ---- what -o will not open ----

echo keep >"$T/target"
ln -s "$T/target" "$T/link"
run lxc stop c1 -o "$T/link"
is_status 1 '-o with a symbolic link'
like_line1 "lxc-stop: c1: open the log file $T/link: *ymbolic link*" 'is refused (F6)'
is "$(cat "$T/target")" keep 'and not followed'
mkfifo "$T/fifo"
run timeout 20 "$BIN/lxc-stop" -P "$P" c1 -o "$T/fifo"
is_status 1 '-o with a FIFO does not hang'
like_line1 "lxc-stop: c1: *the log file $T/fifo*" 'but is refused'
exec 9<>"$T/fifo"
run lxc stop c1 -o "$T/fifo"
is_line1 "lxc-stop: c1: the log file $T/fifo is not a regular file" 'also when somebody reads it'
exec 9<&-
run lxc stop c1 -o "$T"
is_line1 "lxc-stop: c1: open the log file $T: Is a directory" '-o with a directory'
run lxc stop c1 -o "$T/no/log"
is_line1 "lxc-stop: c1: open the log file $T/no/log: No such file or directory" \
	'-o below a directory there is not'
if [ -c /dev/full ]; then
	run lxc stop c1 -o /dev/full
	is_status 1 '-o with a device'
fi

# ---- -l and -q ----

# One warning and one error: the warning of a configuration that destroy cannot read.
noisy() {
	mkdir -p "$P/noisy"
	echo 'lxc.tty.max = x' >"$P/noisy/config"
	run lxc destroy noisy "$@"
}

noisy
is_status 0 'destroy with a broken configuration'
like_line1 'lxc-destroy: noisy: *lxc.tty.max: x is not a number*' 'warns'
noisy -q
is_status 0 '-q'
is_quiet 'says nothing'
run lxc stop c1 -q
is_status 2 '-q of a failure'
is_quiet 'neither'
rm -f "$log"
run lxc stop c1 --quiet -o "$log"
is_quiet '-q with -o is quiet'
ok 'but for the file' grep -q 'ERROR .* c1 is not running' "$log"
for level in error ERROR Error 5 CRIT fatal 8; do
	noisy -l "$level"
	is_quiet "-l $level: no warning"
done
for level in warn WARN notice info DEBUG trace 0 1 4; do
	noisy -l "$level"
	has_err 'is not a number from 0 to 64' "-l $level: the warning"
done
noisy -l loud
has_err 'is not a number from 0 to 64' 'an unknown level is as if not given'
for level in crit alert FATAL 6 7 8; do
	run lxc stop c1 -l "$level"
	is_status 2 "-l $level of a failure"
	is_quiet 'has no error'
done
rm -f "$log"
noisy -o "$log" -l trace
ok 'the level is named' grep -q "^lxc-destroy noisy $stamp WARN     destroy - " "$log"
mkdir -p "$P/.gone.tmp-01234567"
run lxc create -n c2 -t none -o "$log" -l INFO
ok 'a fact is INFO' \
	grep -q "^lxc-create c2 $stamp INFO     store - removing .gone.tmp-01234567," "$log"

# ---- lxc.log.* : the same, when a container is started ----

rm -f "$log"
printf 'lxc.log.file = %s\nlxc.log.level = DEBUG\nlxc.rootfs.path = /\nlxc.cap.keep = 62\n' \
	"$T/made/here/c1.log" >"$conf"
run lxc start --dry-run c1
is_status 1 'a plan that fails'
ok 'lxc.log.file has it, its directories are made' \
	grep -q "^lxc-start c1 $stamp ERROR    log - .*has no capability 62" "$T/made/here/c1.log"
run lxc start --dry-run c1 -o "$log"
is "$(wc -l <"$T/made/here/c1.log")" 1 '-o is instead of it'
ok 'and has it' grep -q 'no capability 62' "$log"
printf 'lxc.logfile = %s\nlxc.loglevel = 7\nlxc.cap.keep = 62\n' "$T/old.log" >"$conf"
run lxc start --dry-run c1
is_status 1 'the older names, and a level above errors'
is "$(cat "$T/old.log")" '' 'nothing is logged'
is_quiet 'nor said'
run lxc start --dry-run c1 -l error
has_err 'no capability 62' '-l wins over lxc.log.level'
printf 'lxc.log.file = %s\n' "$T/link" >"$conf"
run lxc start --dry-run c1
like_line1 "lxc-start: c1: *open the log file $T/link: *ymbolic link*" \
	'lxc.log.file with a symbolic link is refused'
printf 'lxc.log.syslog = local9\n' >"$conf"
run lxc start --dry-run c1
is_line1 "lxc-start: c1: $conf:1: lxc.log.syslog: local9 is none of daemon, local0 to local7" \
	'a facility there is not'

# ---- what is in a line ----

rm -f "$log"
printf 'lxc.init.cmd = /x\nlxc.rootfs.path = /%s\nlxc.cap.keep = 62\n' \
	"$(printf '\303\251')" >"$conf"
run lxc start --dry-run "c1" -o "$log" -f "$(printf '%s/no\nsuch\033file' "$T")"
is "$(wc -l <"$log")" 1 'a line break in a name does not make a second line'
ok 'nor is an escape written' grep -q 'no\\x0Asuch\\x1Bfile' "$log"
is "$(wc -l <"$T/tap/err")" 1 'the same on standard error'

done_testing
