#!/bin/sh
# signals.t - signals for the supervisor, halt and reboot from inside, lxc-stop, and the console.
# shellcheck disable=SC2016 # what is in quotes is for the shells inside
# shellcheck source=../live.sh
. "${0%/*}/../live.sh"

box c1
hostname outer
rootfs=$(root c1)
ready=$rootfs/ready
snapshot

# Words for a shell inside: opens the FIFOs, does $1, says so, and waits for signals. By wait: a
# signal that comes just before a read would not be seen until the next one.
shell() {
	echo "exec 8<>/ready 9<>/alive; $1; echo up >&8; while :; do sleep 100000 & wait \$!; done"
}

# Starts a container in front with such a shell as its init; `pid` is its supervisor.
front() { # WORDS [OPTION...]
	words=$(shell "$1")
	shift
	"$BIN/lxc-start" -P "$P" -F -n c1 "$@" -- sh -c "$words" >"$T/front" 2>&1 &
	pid=$!
	read -r _ <"$ready"
}

# The same in the background.
back() { # WORDS [OPTION...]
	words=$(shell "$1")
	shift
	up c1 "$@" -- sh -c "$words"
}

# ---- signals for lxc-start -F ----

for pair in TERM:TERM INT:INT HUP:TERM QUIT:QUIT USR1:USR1 USR2:USR2 PWR:PWR; do
	front "trap 'echo ${pair#*:} >/got; exit 9' TERM INT HUP QUIT USR1 USR2 PWR
		trap 'echo ${pair#*:} >/got; exit 9' ${pair#*:}
		for s in TERM INT HUP QUIT USR1 USR2 PWR; do
			[ \$s = ${pair#*:} ] || trap \"echo \$s, wrong >/got; exit\" \$s; done"
	kill -s "${pair%:*}" "$pid"
	wait "$pid"
	is $? 0 "SIG${pair%:*}: 0, whatever the init returns"
	is "$(cat "$rootfs/got")" "${pair#*:}" "the init gets SIG${pair#*:}"
	is "$(cat "$T/front")" '' 'in silence'
	rm "$rootfs/got"
done
for signal in TERM INT HUP QUIT; do
	front ':'
	kill -s "$signal" "$pid"
	wait "$pid"
	is $? 0 "SIG$signal, which the init has no handler for: it ends"
done
for signal in USR1 USR2 PWR; do
	front 'trap "exit 0" TERM'
	kill -s "$signal" "$pid"
	is "$(lxc attach c1 -- echo runs)" runs "SIG$signal, which it has none for: it goes on"
	kill -TERM "$pid"
	wait "$pid"
done
same_as_before 'nothing is left of all those'

# The init takes its time with the first one, and says so.
front 'n=0; trap "n=\$((n + 1)); echo \$n >&8; [ \$n -lt 3 ] || exit 0" TERM'
exec 6<>"$ready" # or the last word would be lost with its writer
for n in 1 2 3; do
	kill -TERM "$pid"
	read -r got <&6
	is "$got" "$n" "SIGTERM number $n arrives"
done
exec 6<&-
wait "$pid"
is $? 0 'and it ends when it likes to'
front 'trap "" TERM'
kill -TERM "$pid"
kill -TERM "$pid"
wait "$pid"
is $? 0 'an init that ignores it is ended'
front 'trap ":" TERM'
kill -TERM "$pid"
lxc stop c1 -k
wait "$pid"
is $? 0 'one that handles it and goes on is not, but by stop -k'

# One more while the supervisor cleans up: all of it is done, and the status is the same.
for number in 2 3 4 5; do # the first is before the start
	run timeout -k 1 30 strace -o /dev/null -e trace=unlinkat \
		-e "inject=unlinkat:signal=TERM:when=$number" \
		"$BIN/lxc-execute" -P "$P" c1 -- sh -c 'exit 4'
	is_status 4 "SIGTERM at unlink $number of the supervisor"
done
same_as_before 'nothing is left of all those'
front 'trap "exit 0" TERM'
kill -WINCH "$pid"
kill -CHLD "$pid"
kill -PIPE "$pid"
is "$(lxc attach c1 -- echo runs)" runs 'SIGWINCH, SIGCHLD and SIGPIPE mean nothing to it'
kill -TERM "$pid"
wait "$pid"

# ---- lxc-execute: the status of the command ----

for pair in TERM:143 INT:130 HUP:143 USR1:138 USR2:140 PWR:143; do
	"$BIN/lxc-execute" -P "$P" c1 -- sh -c "$(shell :)" &
	pid=$!
	read -r _ <"$ready"
	kill -s "${pair%:*}" "$pid"
	wait "$pid"
	is $? "${pair#*:}" "lxc-execute: SIG${pair%:*} ends the command"
done
"$BIN/lxc-execute" -P "$P" c1 -- sh -c "$(shell 'trap "exit 3" USR1; trap "" INT')" &
pid=$!
read -r _ <"$ready"
kill -INT "$pid"
is "$(lxc attach c1 -- echo runs)" runs 'or not, if it ignores it'
kill -USR1 "$pid"
wait "$pid"
is $? 3 'and its own status counts'
"$BIN/lxc-execute" -P "$P" c1 -- sh -c "$(shell ':')" &
pid=$!
read -r _ <"$ready"
lxc stop c1 -k
wait "$pid"
is $? 137 'stop -k'
same_as_before 'nothing is left of all those'

# ---- halt and reboot from inside ----

for command in 'halt -f' 'poweroff -f'; do
	run lxc start -F c1 -- sh -c "echo life >>/lives; $command"
	is_status 0 "$command"
	is "$(cat "$rootfs/lives")" life 'ends it'
	rm "$rootfs/lives"
done
run lxc execute c1 -- halt -f
is_status 130 'from another process: the init dies of SIGINT'
: >"$rootfs/lives"
run lxc start -F c1 -- sh -c 'echo life >>/lives; [ "$(wc -l </lives)" -gt 2 ] || reboot -f'
is_status 0 'reboot -f'
is "$(wc -l <"$rootfs/lives")" 3 'begins a new life'
is "$(grep -o 'it again in [0-9]* ms' "$T/tap/err")" \
	"$(printf 'it again in %s ms\n' 100 200)" 'ever later when they are short'
same_as_before 'nothing is left of them'

# Held open, or a reader would see an end of file between two lives.
exec 6<>"$ready"
back 'trap "reboot -f" USR1 INT; trap "exit 0" PWR; hostname new'
pid=$(init_of c1)
monitor=$(monitor_of c1)
run lxc stop c1 -r
is_status 0 'stop -r'
is_quiet 'in silence'
not_ok 'another init' test "$(init_of c1)" = "$pid"
is "$(monitor_of c1)" "$monitor" 'of the same supervisor'
read -r _ <&6
is "$(lxc attach c1 -- hostname) $(hostname)" 'new outer' 'with all a container has'
is "$(sed -n 's/^reboots //p' "$LXC_RUNTIME_DIR"/*/c1/state)" 1 'which has counted'
pid=$(init_of c1)
lxc attach c1 -- kill -USR1 1
read -r _ <&6
exec 6<&-
not_ok 'a reboot of its own' test "$(init_of c1)" = "$pid"
run lxc stop c1
is_status 0 'then it can be stopped'
back 'trap "exit 0" INT'
run lxc stop c1 -r
is_status 1 'stop -r of one that ends instead'
is_line1 'lxc-stop: c1: c1 has stopped instead of rebooting' 'is said'
front 'trap "reboot -f" TERM'
kill -TERM "$pid"
wait "$pid"
is $? 0 'no reboot when it was the supervisor that was asked to end'
same_as_before 'nothing is left'

# A storm of reboots, read line by line as it goes on.
mkfifo "$T/storm"
: >"$rootfs/lives"
storm() { # ends in the fourth delay
	: >"$rootfs/lives"
	"$BIN/lxc-start" -P "$P" -F c1 -- sh -c 'echo >>/lives; reboot -f' 2>"$T/storm" &
	pid=$!
	exec 6<"$T/storm"
	for ms in 100 200 400 800; do
		read -r line <&6
		like "$line" "*: starting it again in $ms ms" "a storm: ${1-}$ms ms"
	done
}
storm
is "$(lxc info c1 -sH)" STARTING 'it is being started'
run lxc stop c1
is_status 0 'stop while it is held back'
wait "$pid"
is $? 0 'ends it'
is "$(wc -l <"$rootfs/lives")" 4 'and it is not started once more'
exec 6<&-
storm 'again '
run lxc stop c1 -k
is_status 0 'stop -k, too'
wait "$pid"
is "$(wc -l <"$rootfs/lives")" 4 'at once'
exec 6<&-
storm 'a third one '
kill -TERM "$pid"
wait "$pid"
is $? 0 'and SIGTERM'
is "$(wc -l <"$rootfs/lives")" 4 'at once'
exec 6<&-
cp -a "$P/c1" "$T/kept"
storm 'a last one '
run lxc destroy -f c1
is_status 0 'destroy -f, too'
wait "$pid"
exec 6<&-
mv "$T/kept" "$P/c1"
same_as_before 'nothing is left'

# ---- lxc-stop ----

got() { # WHAT: the init has told which signal it got
	is "$(cat "$rootfs/got")" "$@"
	rm -f "$rootfs/got"
}
traps='for s in PWR TERM INT USR1 USR2 37; do trap "echo $s >/got; exit 0" $s; done'
back "$traps"
run lxc stop c1
is_status 0 'stop'
got PWR 'sends SIGPWR'
back "$traps" -s lxc.signal.halt=SIGUSR1
lxc stop c1
got USR1 'or lxc.signal.halt'
back "$traps" -s lxc.haltsignal=12
lxc stop c1
got USR2 'by its old name and as a number'
back "$traps" -s lxc.signal.stop=SIGTERM
run lxc stop c1 -k
is_status 0 'stop -k'
got TERM 'sends lxc.signal.stop'
follow c1
back "$traps" -s lxc.signal.reboot=SIGUSR2
run lxc stop c1 -r -W
is_status 0 'stop -r -W'
ended
lxc stop c1 -t -1 2>/dev/null # it may be cleaning up
got USR2 'sends lxc.signal.reboot'
if env --block-signal=PWR true 2>/dev/null; then
	cat >"$T/rc" <<EOT2
lxc.init.cmd = env --block-signal=PWR busybox sh -c '$(shell 'trap "echo 37 >/got; exit 0" 37')'
EOT2
	mkfifo "$T/ready" "$T/alive"
	sed -i "s,/ready,$T&,; s,/alive,$T&,; s,/got,$T&,; s,sleep,busybox &," "$T/rc"
	lxc start -n plain -f "$T/rc" && read -r _ <"$T/ready"
	run lxc stop plain
	is_status 0 'an init that blocks SIGPWR'
	is "$(cat "$T/got")" 37 'is sent SIGRTMIN+3'
else
	skip 'an init that blocks SIGPWR' 'env has no --block-signal'
fi

for option in -W '-t 0'; do
	follow c1
	back 'trap "exit 0" PWR; trap ":" USR1'
	# shellcheck disable=SC2086 # words
	run lxc stop c1 $option
	is_status 0 "stop $option"
	is_quiet 'in silence'
	ended
	lxc stop c1 -t -1 2>/dev/null # it may be cleaning up
done
back 'trap ":" PWR'
run lxc stop c1 -W
is_status 0 'stop -W of one that goes on'
run lxc stop c1 -t 0
is_status 0 '-t 0, the same'
is "$(lxc info c1 -sH)" RUNNING 'it goes on'
run lxc stop c1 -t 1 --nokill
is_status 1 '--nokill when it does not follow'
is_line1 'lxc-stop: c1: c1 is still running after 1 s (its init did not follow signal 30)' 'is said'
is "$(lxc info c1 -sH)" RUNNING 'it goes on'
run lxc stop c1 -t 1
is_status 0 'without: it is ended'
is_quiet 'in silence'
is "$(lxc info c1 -sH)" STOPPED 'and gone'
for option in '' -k -r -W '-t 0' --nokill '-t 5'; do
	# shellcheck disable=SC2086 # words
	run lxc stop c1 $option
	is_status 2 "stop $option of one that does not run"
	is_line1 'lxc-stop: c1: c1 is not running' 'says so'
done
run lxc stop none
is_status 2 'or that is not there'
for options in '-k -t 5' '-k -r' '-k --nokill' '--nolock' '-t -2' '-t x'; do
	# shellcheck disable=SC2086 # words
	run lxc stop c1 $options
	is_status 1 "stop $options is refused"
done
same_as_before 'nothing is left'

# ---- the console: its log ----

log=$T/console.log
lines() { # N BYTES: so many lines, of so many bytes with the end of the line
	awk -v n="$1" -v len="$2" 'BEGIN {
		for (i = 1; i <= n; i++) printf "%0" (len - 1) "d\n", i }'
}
# Runs WORDS inside, the console logged, and nobody watching.
logged() { # WORDS [OPTION...]
	words=$1
	shift
	rm -f "$log" "$log.1"
	follow c1
	exec 6<>"$ready"
	lxc start c1 -s "lxc.console.logfile=$log" "$@" -- sh -c "exec 8<>/ready 9<>/alive
		echo up >&8; exec >/dev/console; stty -opost </dev/console; $words"
	read -r _ <&6
	exec 6<&-
	ended
	lxc stop c1 -t -1 2>/dev/null # it may be cleaning up
	same_as_before 'nothing is left'
}
lines 1000 100 >"$rootfs/lines"

logged 'echo one; echo two'
is "$(cat "$log")" "$(printf 'one\ntwo')" 'lxc.console.logfile has what is written to the console'
is "$(stat -c %a "$log")" 640 'and is 0640'
rm "$log"
run lxc start -F c1 -L "$log" -- echo three
is_out three '-L, in front: one sees it'
is "$(tr -d '\r' <"$log")" three 'and it is logged'
run lxc start -F c1 -L "$log" -- echo four
is "$(tr -d '\r' <"$log")" "$(printf 'three\nfour')" 'behind what was there'
logged 'cat /lines' -s lxc.console.size=16384
ok 'lxc.console.size: no more than that' test "$(stat -c %s "$log")" -le 16384
is "$(tail -n 1 "$log")" "$(tail -n 1 "$rootfs/lines")" 'it ends with the last line'
not_ok 'there is no second file' test -e "$log.1"
logged 'cat /lines' -s lxc.console.size=16384 -s lxc.console.rotate=1
ok 'lxc.console.rotate: no more than that' test "$(stat -c %s "$log")" -le 16384
ok 'nor is the other' test "$(stat -c %s "$log.1")" -le 16384
is "$(cat "$log.1" "$log")" "$(tail -c "$(cat "$log.1" "$log" | wc -c)" "$rootfs/lines")" \
	'both together have the end, whole'
logged 'for i in 1 2 3; do for k in 1 2 3 4 5; do cat /lines; done; done'
ok 'by default: no more than 1 MiB' test "$(stat -c %s "$log")" -le 1048576
is "$(tail -n 1 "$log")" "$(tail -n 1 "$rootfs/lines")" 'with the last line'
logged 'for i in 1 2 3; do for k in 1 2 3 4 5; do cat /lines; done; done' \
	-s lxc.security.profile=compat
is "$(stat -c %s "$log")" 1500000 'as LXC does: all of it'
logged 'for i in 1 2 3; do for k in 1 2 3 4 5; do cat /lines; done; done' -s lxc.console.size=0
is "$(stat -c %s "$log")" 1500000 'also when it is said'
rm -f "$log"
mkdir "$T/full"
mount -t tmpfs -o size=8k none "$T/full"
run lxc start -F c1 -L "$T/full/log" -- cat /lines
is_status 0 'a full disk does not stop the container'
is "$(tr -d '\r' <"$T/tap/out" | md5sum)" "$(md5sum <"$rootfs/lines")" \
	'and only loses lines of the log'
umount "$T/full"
ln -s "$T/elsewhere" "$log"
run lxc start c1 -L "$log" -- true
is_status 1 'a log that is a symbolic link'
like_line1 "lxc-start: c1: open the console log $log: *" 'is refused'
not_ok 'and not followed' test -e "$T/elsewhere"
rm "$log"
for where in "$T/none/log" "$T" /dev/full; do
	run lxc start c1 -L "$where" -- true
	is_status 1 "no log can be at $where"
	like_line1 "lxc-start: c1: *the console log $where*" 'which is said'
done
same_as_before 'nothing is left'

# ---- the console: where it leads ----

: >"$T/peer"
run lxc start -F c1 -c "$T/peer" -- sh -c 'echo five; echo six'
is_status 0 '-c: a file of the host'
is_quiet 'instead of the terminal of the caller'
is "$(cat "$T/peer")" "$(printf 'five\nsix')" 'gets what is written'
run lxc start -F c1 -s "lxc.console.path=$T/peer" -- echo seven
is "$(sed -n 3p "$T/peer")" seven 'lxc.console.path, the same'
run lxc start c1 -c "$T/none/peer" -- true
is_status 1 'one that cannot be opened'
like_line1 "lxc-start: c1: open the console's terminal $T/none/peer: No such file or directory" \
	'is said'
run lxc start -F c1 -c none -- sh -c '[ ! -e /dev/console ] && tty; echo out'
is_status 0 'none'
has_not 'not a tty' 'no console'
same_as_before 'nothing is left'

# 10 MB that nobody reads.
logged 'i=0; while [ $((i += 1)) -le 100 ]; do cat /lines; done; echo all >/done'
is "$(cat "$rootfs/done")" all 'an init that writes 10 MB to the console is not held up'
rm "$log" "$rootfs/done"
mkfifo "$T/nobody"
follow c1
up c1 -c "$T/nobody" -- sh -c \
	'exec 9<>/alive 8<>/ready; while :; do cat /lines; done >/dev/console & echo up >&8; wait'
run timeout 30 "$BIN/lxc-attach" -P "$P" c1 -- echo runs
is_out runs 'a terminal nobody reads: the supervisor serves others'
run timeout 30 "$BIN/lxc-stop" -P "$P" c1 -k
is_status 0 'it can be stopped'
is_quiet 'and is cleaned up'
ended
same_as_before 'nothing is left'

# In front, into a pipe nobody reads: who asks again when it has ended wants no more of it.
exec 6<>"$T/nobody"
dd if=/dev/zero of="$T/nobody" oflag=nonblock bs=4096 count=1000 2>/dev/null # it is full
"$BIN/lxc-start" -P "$P" -F c1 -- sh -c "$(shell 'echo unread')" >&6 2>&1 &
pid=$!
read -r _ <"$ready"
kill -TERM "$pid"
while
	state=$(lxc info c1 -sH)
	[ "$state" = STARTING ] || [ "$state" = RUNNING ]
do :; done
is "$state" STOPPING 'a full pipe: the rest of the output waits for its reader'
kill -TERM "$pid"
wait "$pid"
is $? 0 'but not after a second SIGTERM'
exec 6<&-
same_as_before 'nothing is left'

# ---- the console: on a terminal ----

mkfifo "$T/silent"
exec 5<>"$T/silent"
cat >"$T/on-tty" <<EOT2
stty rows 33 cols 44
tty >'$T/tty'
stty -a >'$T/stty.before'
'$BIN/lxc-start' -P '$P' -F c1 -- "\$@"
echo "status \$?" >'$T/status'
stty -a >'$T/stty.after'
EOT2
# A session leader that opens a terminal has it as its controlling one.
shell 'exec </dev/console; trap "exit 0" TERM; trap "stty size >&8" WINCH' >"$rootfs/winch"
on_tty() { # WORDS [STATUS]
	script -qec "sh '$T/on-tty' $1" /dev/null <&5 | tr -d '\r' >"$T/seen"
	is "$(cat "$T/status")" "status ${2-0}" "on a terminal: $1"
	is "$(cat "$T/stty.after")" "$(cat "$T/stty.before")" 'the terminal is as it was'
}
on_tty 'seq 20000'
is "$(md5sum <"$T/seen")" "$(seq 20000 | md5sum)" 'all of the output arrives'
on_tty tty
is "$(cat "$T/seen")" /dev/console 'it is the console'
on_tty 'stty size'
is "$(cat "$T/seen")" '33 44' 'of the size of the terminal'
on_tty 'sh -c "kill -9 \$\$"'
on_tty 'stty raw -echo'
on_tty nothing 1
is "$(cat "$T/seen")" 'lxc-start: c1: exec: run nothing: No such file or directory' \
	'an error is told on it'

# One that is resized, and whose supervisor is then asked to end.
script -qec "sh '$T/on-tty' sh /winch" /dev/null <&5 >/dev/null &
pid=$!
read -r _ <"$ready"
stty rows 50 <"$(cat "$T/tty")"
read -r size <"$ready"
is "$size" '50 44' 'a new size is handed on'
like "$(stty -a <"$(cat "$T/tty")")" '*-icanon*-echo *' 'the terminal is in raw mode'
kill -TERM "$(monitor_of c1)"
wait "$pid"
is "$(cat "$T/status")" 'status 0' 'SIGTERM ends it'
is "$(sed 's/rows.*columns [0-9]*//' "$T/stty.after")" \
	"$(sed 's/rows.*columns [0-9]*//' "$T/stty.before")" 'the terminal is as it was'
same_as_before 'nothing is left'

# The supervisor gives up what it does not need, but not what the next life is to have.
up c1 -s lxc.no_new_privs=1 -s lxc.cap.drop=sys_time -s lxc.mount.auto=proc -- sh -c \
	'grep CapPrm /proc/self/status >>/caps; [ $(wc -l </caps) -gt 1 ] || busybox reboot -f
	exec 8<>/ready 7<>/never; echo up >&8; read -r _ <&7'
is "$(sort -u "$rootfs/caps" | wc -l)" 1 'no_new_privs: the same capabilities after a reboot'
lxc stop c1 -k

done_testing
