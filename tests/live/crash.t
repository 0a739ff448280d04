#!/bin/sh
# crash.t - commands and supervisors are killed or stopped, disks are full: the next command finds
# the container, or what is left of it (threats I5 to I7, J2, D6).
#
# strace kills a process at a call of a given number. Every SAMPLE-th call of a good run is tried;
# all of them with SAMPLE=1.
# shellcheck disable=SC2016 # what is in quotes is for the shells inside
# shellcheck source=../live.sh
. "${0%/*}/../live.sh"
SAMPLE=${SAMPLE:-4}

box c1
processes() { # FILE: no pipe, which would be two more
	live_processes >"$T/tap/list"
	sort "$T/tap/list" >"$1"
}
processes "$T/nobody"
snapshot

# Ends a process that is not our child, and waits until it is no more than a zombie.
end_supervisor() { # NAME
	monitor=$(monitor_of "$1")
	kill -KILL "$monitor"
	while read -r stat <"/proc/$monitor/stat" && [ "${stat##*) Z*}" ]; do :; done 2>/dev/null
}

# Waits until all have ended that are to die with a killed one: that is soon, but not at once.
alone() {
	tries=0
	while
		processes "$T/somebody"
		! diff "$T/nobody" "$T/somebody" >"$T/tap/why"
	do
		tries=$((tries + 1))
		[ "$tries" -lt 300 ] || return
	done
}

# Waits until a supervisor has cleaned up.
gone() { # NAME
	while ls -d "$LXC_RUNTIME_DIR"/*/"$1"; do :; done >/dev/null 2>&1
}

# The calls "NAME NUMBER" in a trace without -f, but for some at which nothing can be left yet.
calls() { # TRACE SAMPLE
	awk -v sample="$2" -F'(' '
		/^[a-z0-9_]+\(/ { n[$1]++; if (NR % sample == 0) print $1, n[$1] }' "$1" |
		grep -v -e '^exit' -e '^execve ' -e '^munmap ' -e '^mmap ' -e '^brk '
}

# Runs a command that is killed at its call NAME NUMBER; the status is 137 if it was.
killed_at() { # NAME NUMBER COMMAND...
	at_call=$1 at_number=$2
	shift 2
	tap_command="$* (killed at $at_call $at_number)"
	{
		timeout -k 1 30 strace -o /dev/null -e "trace=$at_call" \
			-e "inject=$at_call:signal=KILL:when=$at_number" "$@"
		status=$?
	} >"$T/tap/out" 2>"$T/tap/err"
}

# ---- the supervisor is killed, the container lives on ----

orphan() {
	follow c1
	run up c1 -s lxc.monitor.signal.pdeath= "$@"
	pid=$(init_of c1)
	end_supervisor c1
}

orphan -s lxc.uts.name=lonely
run lxc info c1
is_out "$(printf 'Name:           c1\nState:          RUNNING\nPID:            %s' "$pid")" \
	'an orphan: info knows it'
run lxc info c1 -Hc lxc.uts.name
is_out lonely 'and what it was started with'
run lxc ls -1 --running
is_out c1 'ls, too'
run lxc attach c1 -- sh -c 'hostname; exit 5'
is_out lonely 'one can attach to it'
is_status 5 'with the status of the command'
run lxc start c1
is_line1 'lxc-start: c1: Container is already running' 'it is not started a second time'
run lxc execute c1 -- true
is_status 1 'nor another beside it'
is_line1 'lxc-execute: c1: Container is already running' 'which is said'
run lxc destroy c1
is_status 1 'nor destroyed'
is "$(init_of c1)" "$pid" 'it is still the same'
run lxc stop c1
is_status 0 'stop asks its init'
is_quiet 'in silence'
ended
not_ok 'which is gone' test -d "/proc/$pid"
same_as_before 'as is what the supervisor left'

orphan
run lxc stop c1 -k
is_status 0 'stop -k'
is_quiet 'in silence'
ended
same_as_before 'leaves nothing'
orphan -s lxc.signal.halt=SIGUSR2 -- sh -c \
	'trap "echo halted >/how; exit" USR2; exec 8<>/ready 9<>/alive
	echo up >&8; sleep 100000 & wait'
lxc stop c1
ended
is "$(cat "$(root c1)/how")" halted 'stop: with the signal that was configured'
rm "$(root c1)/how"
orphan
kill -KILL "$pid"
ended
alone
run lxc ls -1 --active
is_out '' 'an orphan that ended by itself is not listed'
same_as_before 'and ls has removed the rest'
orphan
kill -KILL "$pid"
ended
alone
run lxc start -F c1 -- true
is_status 0 'start does not mind'
is_quiet 'in silence'
same_as_before 'and leaves nothing'
orphan
lxc stop c1 -W
run lxc stop c1 -k
like "$status" '[02]' 'one that is asked to stop can be killed as well'
ended
run up c1
is_status 0 'and started'
down c1
same_as_before 'nothing is left of all those'

# ---- the container dies with its supervisor ----

for next in info start stop ls destroy; do
	follow c1
	run up c1
	end_supervisor c1
	ended
	alone
	case $next in
	info)
		run lxc info c1 -sH
		is_out STOPPED 'a dead one is stopped for info'
		;;
	start)
		run lxc start c1 -F -- true
		is_status 0 'start works at once'
		is_quiet 'in silence'
		;;
	stop)
		run lxc stop c1
		is_status 2 'stop finds nothing to stop'
		is_line1 'lxc-stop: c1: c1 is not running' 'and says so'
		;;
	ls)
		run lxc ls -1 --stopped
		is_out c1 'ls lists it as stopped'
		;;
	destroy)
		cp -a "$P/c1" "$T/kept"
		run lxc destroy c1
		is_status 0 'it can be destroyed'
		mv "$T/kept" "$P/c1"
		;;
	esac
	same_as_before "$next: nothing is left"
done
follow c1
run up c1 -p "$T/pid"
end_supervisor c1
ended
run up c1 -p "$T/pid"
is_status 0 'a pid file that was left is no obstacle'
is "$(cat "$T/pid")" "$(monitor_of c1)" 'and is written anew'
down c1

# ---- start is killed, wherever it is ----

# What must hold after start was killed. The commands that recover take turns.
recovered() {
	killed=$tap_command
	alone || echo "$killed: processes: $(cat "$T/tap/why")" >>"$T/wrong"
	tried=$((tried + 1))
	if [ $((tried % 2)) = 0 ]; then
		run lxc info c1 -sH
		[ "$(cat "$T/tap/out" "$T/tap/err")" = STOPPED ] ||
			echo "$killed: $(cat "$T/tap/out" "$T/tap/err")" >>"$T/wrong"
	fi
	run lxc start c1 -F -- true
	[ "$status" = 0 ] && [ ! -s "$T/tap/err" ] ||
		echo "$killed: status $status: $(cat "$T/tap/err")" >>"$T/wrong"
	live_state >"$T/tap/list"
	sort "$T/tap/list" >"$T/tap/after"
	diff -U0 "$T/tap/before" "$T/tap/after" >"$T/tap/why" ||
		echo "$killed: leaves: $(cat "$T/tap/why")" >>"$T/wrong"
}

for pdeath in 9 ''; do
	set -- "$BIN/lxc-start" -P "$P" -F c1 -s "lxc.monitor.signal.pdeath=$pdeath" -- true
	run strace -o "$T/trace" "$@"
	is_status 0 'a good start'
	calls "$T/trace" "$SAMPLE" >"$T/calls"
	: >"$T/wrong"
	tried=0 hit=0
	while read -r call number; do
		killed_at "$call" "$number" "$@"
		[ "$status" != 137 ] || hit=$((hit + 1))
		recovered
	done <"$T/calls"
	is "$(cat "$T/wrong")" '' "start is killed at $tried calls (pdeath '$pdeath')"
	# Not at those that it did not come to this time: how often it waits is chance.
	ok "at $hit of them" test "$hit" -gt $((tried * 9 / 10))
done

# In the background: the command, or the supervisor, or both, as both make calls of that number.
: >"$T/wrong"
tried=0
while read -r call number; do
	timeout -k 1 30 strace -f -o /dev/null -e "trace=$call" \
		-e "inject=$call:signal=KILL:when=$number" "$BIN/lxc-start" -P "$P" c1 -- true
	tap_command="lxc-start -d (killed at $call $number)"
	recovered
done <<EOT2 >"$T/tap/out" 2>"$T/tap/err"
$(calls "$T/trace" $((SAMPLE * 4)))
write 1
write 2
pipe2 1
setsid 1
EOT2
is "$(cat "$T/wrong")" '' "start -d is killed at $tried calls"
same_as_before 'nothing is left of all those'

# ---- create and destroy are killed ----

run strace -o "$T/trace" "$BIN/lxc-create" -P "$P" -n new -t tiny
is_status 0 'a good create'
cp -a "$P/new" "$T/kept"
lxc destroy new
calls "$T/trace" "$SAMPLE" >"$T/calls"
grep -e '^rename' -e '^fsync' -e '^syncfs' "$T/trace" | sed 's/(.*/ 1/' >>"$T/calls"
: >"$T/wrong"
tried=0 swept=0
while read -r call number; do
	tried=$((tried + 1))
	killed_at "$call" "$number" "$BIN/lxc-create" -P "$P" -n new -t tiny
	killed=$tap_command
	[ "$status" = 137 ] || echo "$killed: status $status" >>"$T/wrong"
	case "$call $(lxc ls -1)" in
	*' c1') [ ! -e "$P/new" ] || echo "$killed: is there, not listed" >>"$T/wrong" ;;
	"$call c1"*new)
		diff -r "$T/kept" "$P/new" >>"$T/wrong" 2>&1 || echo "$killed: part" >>"$T/wrong"
		lxc destroy new 2>>"$T/wrong"
		;;
	*) echo "$killed: ls: $(lxc ls -1)" >>"$T/wrong" ;;
	esac
	[ -z "$(find "$P" -mindepth 1 -maxdepth 1 -name '.*')" ] || swept=$((swept + 1))
	run lxc create -n new -t tiny
	[ "$status" = 0 ] || echo "$killed: status $status: $(cat "$T/tap/err")" >>"$T/wrong"
	find "$P" -mindepth 1 -maxdepth 1 -name '.*' >>"$T/wrong"
	lxc destroy new 2>>"$T/wrong"
done <"$T/calls"
is "$(cat "$T/wrong")" '' "create is killed at $tried calls: no part of a container"
ok 'some of which left something that the next create removed' test "$swept" -gt 5
same_as_before 'nothing is left of all those'

cp -a "$T/kept" "$P/new"
run strace -o "$T/trace" "$BIN/lxc-destroy" -P "$P" -n new
is_status 0 'a good destroy'
calls "$T/trace" $((SAMPLE * 2)) >"$T/calls"
printf '%s\n' 'renameat 1' 'unlinkat 1' 'unlinkat 2' 'unlinkat 9' 'rmdir 1' >>"$T/calls"
: >"$T/wrong"
tried=0 swept=0 whole=0
while read -r call number; do
	tried=$((tried + 1))
	cp -a "$T/kept" "$P/new"
	killed_at "$call" "$number" "$BIN/lxc-destroy" -P "$P" -n new
	killed=$tap_command
	[ "$status" = 137 ] || echo "$killed: status $status" >>"$T/wrong"
	if [ -e "$P/new" ]; then
		whole=$((whole + 1))
		diff -r "$T/kept" "$P/new" >>"$T/wrong" 2>&1 || echo "$killed: part" >>"$T/wrong"
		[ "$(lxc info new -sH)" = STOPPED ] || echo "$killed: info" >>"$T/wrong"
	else
		swept=$((swept + 1))
		[ "$(lxc ls -1)" = c1 ] || echo "$killed: ls: $(lxc ls -1)" >>"$T/wrong"
		lxc create -n new -t none 2>>"$T/wrong"
	fi
	lxc destroy new 2>>"$T/wrong"
	find "$P" -mindepth 1 -maxdepth 1 ! -name c1 >>"$T/wrong"
done <"$T/calls"
is "$(cat "$T/wrong")" '' "destroy is killed at $tried calls: whole or gone"
ok 'some are whole' test "$whole" -gt 5
ok 'some are gone' test "$swept" -gt 3
same_as_before 'nothing is left of all those'

# What somebody works on is not swept, nor what only looks like ours.
mkdir "$P/.other.tmp-0000abcd" "$P/.other.trash-0000abcd" "$P/.mine.tmp-xyz" "$P/.tmp-0000abcd"
exec 6<"$P/.other.tmp-0000abcd"
flock 6
lxc create -n new -t none
is "$(find "$P" -mindepth 1 -maxdepth 1 -name '.*' | sed 's|.*/||' | sort | tr '\n' ' ')" \
	'.mine.tmp-xyz .other.tmp-0000abcd .tmp-0000abcd ' 'only what is ours, and unused, is swept'
exec 6<&-
lxc destroy new
not_ok 'what is not used any more is' test -e "$P/.other.tmp-0000abcd"
rmdir "$P/.mine.tmp-xyz" "$P/.tmp-0000abcd"
same_as_before 'nothing is left'

# ---- a supervisor that is stopped (I6) ----

box c2
follow c1
run up c1
run up c2
monitor=$(monitor_of c1)
kill -STOP "$monitor"
run timeout 30 "$BIN/lxc-ls" -P "$P" -1 --running
is_out "$(printf 'c1\nc2')" 'a stopped supervisor: ls does not wait for it'
run timeout 30 "$BIN/lxc-info" -P "$P" c1 -sH
is_out RUNNING 'nor does info'
run timeout 30 "$BIN/lxc-attach" -P "$P" c1 -- echo inside
is_out inside 'attach goes on without it'
run timeout 30 "$BIN/lxc-stop" -P "$P" c1 -k
is_status 0 'stop -k ends the container'
has_err 'the supervisor of c1 has not cleaned up' 'and says what is missing'
ended
run timeout 30 "$BIN/lxc-info" -P "$P" c1 -sH
is_out STOPPING 'it is not quite stopped'
run timeout 30 "$BIN/lxc-start" -P "$P" c1
is_status 1 'and cannot be started'
is_line1 'lxc-start: c1: c1 is being started or stopped by another command' 'which is said'
run timeout 30 "$BIN/lxc-destroy" -P "$P" c1 -f
is_status 1 'nor destroyed'
kill -CONT "$monitor"
gone c1
run up c1
is_status 0 'when the supervisor goes on, it can be'
down c1

# ---- odd clients of the command socket (I5) ----

# A stop that waits is a client that says nothing. There are more of them than places: some lose
# theirs, and must not take that for the end of the supervisor.
follow c1
up c1 -s lxc.signal.halt=SIGUSR1 -- sh -c \
	'trap "echo asked >&8" USR1; exec 8<>/ready 9<>/alive
	echo up >&8; while :; do sleep 100000 & wait $!; done'
pids=''
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	"$BIN/lxc-stop" -P "$P" c1 -t -1 2>"$T/stop.$n" &
	pids="$pids $!"
	read -r _ <"$(root c1)/ready"
done
run lxc attach c1 -- echo inside
is_out inside 'twenty silent clients: attach'
run lxc info c1 -sH
is_out RUNNING 'info'
monitor=$(monitor_of c1)
kill -STOP "$monitor"
run lxc stop c1 -k
is_status 0 'stop'
bad=0
for pid in $pids; do
	wait "$pid" || bad=$((bad + 1))
done
is "$bad" 0 'all of them hear of the end'
is "$(cat "$T"/stop.* | grep -c 'has not cleaned up')" 20 'and that it is not clean yet'
kill -CONT "$monitor"
ended
gone c1
if command -v perl >/dev/null && perl -MSocket -e 1 2>/dev/null; then
	cat >"$T/odd.pl" <<'EOT2'
use Socket; use POSIX;
chdir $ARGV[0] or die;
my @open;
for my $i (1 .. 400) {
	socket(my $s, AF_UNIX, SOCK_SEQPACKET, 0) or die;
	fcntl($s, F_SETFL, O_NONBLOCK);
	connect($s, pack_sockaddr_un("command")) or next;
	my @rubbish = ("", "x", "lxc1", "1cxl\1\0\1\0" . "\377" x 8, pack("x16"), "A" x 9000);
	send($s, $rubbish[$i % 6], 0);
	push @open, $s if $i % 2;
}
open(my $ready, ">", $ARGV[1]);
print $ready "up\n";
close($ready);
<STDIN>;
EOT2
	run up c1
	mkfifo "$T/odd" "$T/end"
	exec 6<>"$T/odd" 7<>"$T/end"
	perl "$T/odd.pl" "$LXC_RUNTIME_DIR"/*/c1 "$T/odd" <&7 2>/dev/null &
	pid=$!
	read -r _ <&6
	run lxc info c1 -sH
	is_out RUNNING 'four hundred, half of them with rubbish: info'
	run lxc attach c1 -- echo inside
	is_out inside 'attach'
	is "$(lxc ls -1 --running)" "$(printf 'c1\nc2')" 'ls'
	run lxc stop c1
	is_status 0 'stop'
	is_quiet 'in silence'
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	exec 6<&- 7<&-
else
	skip 'rubbish on the command socket' 'no perl here'
fi
lxc destroy -f c2
same_as_before 'nothing is left'

# ---- a full disk, or one that cannot be written ----

rmdir "$LXC_RUNTIME_DIR"/* 2>/dev/null
full_run() { # WHAT MOUNT-OPTIONS
	mount -t tmpfs -o "$2" none "$LXC_RUNTIME_DIR"
	head -c 100000 /dev/zero >"$LXC_RUNTIME_DIR/filler" 2>/dev/null
	for mode in -d -F; do
		run lxc start c1 $mode -- true
		is_status 1 "$1 ($mode): no start"
		like_line1 'lxc-start: c1: *: No space left on device' "$1 ($mode): and why"
		is "$(wc -l <"$T/tap/err")" 1 "$1 ($mode): in one line"
		alone
		is "$(find "$LXC_RUNTIME_DIR" -mindepth 1)" "$LXC_RUNTIME_DIR/filler" \
			"$1 ($mode): nothing is left there"
	done
	run lxc info c1 -sH
	is_out STOPPED "$1: info"
	rm "$LXC_RUNTIME_DIR/filler"
	run lxc ls -1
	is_out c1 "$1: ls"
	umount "$LXC_RUNTIME_DIR"
}
full_run 'a full run directory' size=8k
full_run 'one without inodes' size=64k,nr_inodes=2
mount -t tmpfs -o ro none "$LXC_RUNTIME_DIR"
run lxc start c1 -- true
is_status 1 'a read-only run directory: no start'
like_line1 'lxc-start: c1: *: Read-only file system' 'and why'
run lxc info c1 -sH
is_out STOPPED 'info'
run lxc stop c1
is_status 2 'stop'
umount "$LXC_RUNTIME_DIR"
same_as_before 'nothing is left'

mkdir "$T/small"
mount -t tmpfs -o size=200k none "$T/small"
: >"$T/small/mine"
run "$BIN/lxc-create" -P "$T/small" -n new -t busybox
is_status 1 'a full lxcpath: no create'
like_line1 'lxc-create: new: *: No space left on device' 'and why'
is "$(wc -l <"$T/tap/err")" 1 'in one line'
is "$(find "$T/small" -mindepth 1)" "$T/small/mine" 'and nothing is left'
run "$BIN/lxc-create" -P "$T/small" -n new -t none
is_status 0 'what fits can be made'
mount -o remount,ro "$T/small"
for command in 'create -t none -n other' 'create -t busybox -n other' 'destroy -n new'; do
	# shellcheck disable=SC2086 # words
	run "$BIN"/lxc-${command%% *} -P "$T/small" ${command#* }
	is_status 1 "a read-only lxcpath: ${command%% *} fails"
	like_line1 "lxc-${command%% *}: ${command##* }: *: Read-only file system" 'and says why'
	is "$(wc -l <"$T/tap/err")" 1 'in one line'
done
is "$("$BIN/lxc-ls" -P "$T/small" -1)" new 'ls lists it'
umount "$T/small"
mount --bind "$P" "$P"
mount -o remount,bind,ro "$P"
run lxc start c1 -F -- hostname
is_status 0 'a container in a read-only lxcpath starts'
umount "$P"
same_as_before 'nothing is left'

done_testing
