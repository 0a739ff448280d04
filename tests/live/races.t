#!/bin/sh
# races.t - commands for one container at the same time: one of them wins, the others say so, none
# hangs, and nothing is left.
#
# Nothing here waits for time to pass: which command comes first is left to the machine, and every
# order must be right. What is wrong is gathered in $T/wrong, and must be nothing.
# shellcheck source=../live.sh
. "${0%/*}/../live.sh"

box c1 <<EOT
lxc.uts.name = c1
lxc.mount.auto = proc:mixed
lxc.pty.max = 2
EOT
snapshot

wrong() {
	echo "$*" >>"$T/wrong"
}

none_wrong() { # WHAT
	is "$(cat "$T/wrong")" '' "$1"
	: >"$T/wrong"
}
: >"$T/wrong"

# Runs a command beside this shell; its status and output are in files $T/at.N.*.
beside() { # N COMMAND...
	at=$T/at.$1
	shift
	{
		"$@" >"$at.out" 2>"$at.err" </dev/null
		echo $? >"$at.status"
	} &
}

# What one of them did: its status, and what it said, without the name of the command.
did() { # N
	echo "$(cat "$T/at.$1.status") $(sed 's/^lxc-[a-z]*: [a-z0-9]*: //' "$T/at.$1.err")"
}

is_stopped() {
	[ "$(lxc info c1 -sH)" = STOPPED ] || wrong "$1: $(lxc info c1 -sH)"
}

# ---- again and again ----

i=0
while [ $i -lt 100 ]; do
	i=$((i + 1))
	up c1 >"$T/said" 2>&1 || wrong "start $i: $(cat "$T/said")"
	lxc stop c1 >>"$T/said" 2>&1 || wrong "stop $i: $(cat "$T/said")"
	[ ! -s "$T/said" ] || wrong "$i: $(cat "$T/said")"
done
none_wrong 'a hundred times start and stop'
same_as_before 'leave nothing'

# ---- starts ----

# All of them at once: one is silent, the others say one line.
starts() { # HOW-MANY
	n=0 won=0
	while [ $n -lt "$1" ]; do
		n=$((n + 1))
		beside $n lxc start c1
	done
	wait
	while [ $n -gt 0 ]; do
		case $(did $n) in
		'0 ') won=$((won + 1)) ;;
		# It came when the other ran already, which is no failure for LXC.
		'0 Container is already running' | '1 Container is already running') ;;
		'1 c1 is being started or stopped by another command') ;;
		*) wrong "start: $(did $n)" ;;
		esac
		n=$((n - 1))
	done
	[ $won = 1 ] || wrong "$won starts won"
	[ "$(lxc info c1 -sH)" = RUNNING ] || wrong 'it does not run'
	read -r _ <"$P/c1/rootfs/ready"
	[ "$(lxc attach c1 -- sh -c 'echo /proc/[0-9]*')" = '/proc/1 /proc/2' ] ||
		wrong 'there is more than one init'
	down c1
}
for _ in 1 2 3 4 5 6 7 8 9 10; do
	starts 2
done
none_wrong 'two starts at once, ten times: one wins'
for _ in 1 2 3 4 5 6 7 8 9 10; do
	starts 8
done
none_wrong 'eight starts at once, ten times: one wins'
same_as_before 'nothing is left'

# ---- start and stop, start and destroy ----

for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	beside 1 lxc start c1
	beside 2 lxc stop c1 -k
	wait
	# A start that is ended before it is done says in which step.
	case $(did 1) in
	'0 ' | '1 '?*': killed by signal 9' | '1 the container was killed before its first step') ;;
	*) wrong "start: $(did 1)" ;;
	esac
	case $(did 2) in
	'0 ' | '2 c1 is not running') ;;
	*) wrong "stop: $(did 2)" ;;
	esac
	[ "$(wc -l <"$T/at.1.err")" -le 1 ] || wrong "start: $(cat "$T/at.1.err")"
	lxc stop c1 -k >"$T/said" 2>&1
	is_stopped 'after stop'
done
none_wrong 'start and stop at once, twenty times'
same_as_before 'leave nothing'

sed 1d "$P/c1/config" >"$T/config"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	box d1 <"$T/config"
	beside 1 lxc start d1
	beside 2 lxc destroy d1
	wait
	case $(did 1)/$(did 2) in
	'0 /1 d1 is running'*) ;;
	'1 '?*'/0 ') ;;
	*) wrong "start and destroy: $(did 1)/$(did 2)" ;;
	esac
	[ "$(wc -l <"$T/at.1.err")" -le 1 ] || wrong "start: $(cat "$T/at.1.err")"
	lxc destroy d1 -f >"$T/said" 2>&1
	[ ! -e "$P/d1" ] || wrong 'it is still there'
done
none_wrong 'start and destroy at once, ten times: one wins'
same_as_before 'leave nothing'

# ---- create, destroy ----

for _ in 1 2 3 4 5 6 7 8 9 10; do
	beside 1 lxc create -n n1 -t tiny
	beside 2 lxc create -n n1 -t tiny
	wait
	case $(did 1)/$(did 2) in
	'0 /1 Container already exists'* | '1 Container already exists'*'/0 ') ;;
	*) wrong "create twice: $(did 1)/$(did 2)" ;;
	esac
	[ -f "$P/n1/config" ] || wrong 'none was made'
	find "$P" -name '.n1.*' >>"$T/wrong"
	beside 1 lxc destroy n1
	beside 2 lxc destroy n1
	wait
	case $(did 1)/$(did 2) in
	'0 /1 '?* | '1 '?*'/0 ') ;;
	*) wrong "destroy twice: $(did 1)/$(did 2)" ;;
	esac
done
none_wrong 'create twice and destroy twice at once, ten times: one wins'
same_as_before 'leave nothing'

# ---- attach while it is stopped ----

for _ in 1 2 3 4 5; do
	up c1
	for n in 1 2 3 4 5 6; do
		beside $n lxc attach c1 -- true
	done
	beside 7 lxc stop c1
	wait
	[ "$(did 7)" = '0 ' ] || wrong "stop: $(did 7)"
	for n in 1 2 3 4 5 6; do
		case $(did $n) in
		'0 ' | '137 ' | '1 '?*) ;;
		*) wrong "attach: $(did $n)" ;;
		esac
		[ "$(wc -l <"$T/at.$n.err")" -le 1 ] || wrong "attach: $(cat "$T/at.$n.err")"
	done
	is_stopped 'after the storm'
done
none_wrong 'attach while it is stopped, five times six'
same_as_before 'leaves nothing'

# ---- looking on ----

# Until $T/over is there; what is not a state, or said on standard error, is wrong.
look() {
	while [ ! -e "$T/over" ]; do
		lxc info c1 -sH
		lxc ls -f -F state | sed 1d
		lxc ls -1 >"$T/names"
	done >"$T/states" 2>"$T/looked"
}
look &
looker=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	up c1 >"$T/said" 2>&1 || wrong "start: $(cat "$T/said")"
	lxc stop c1 >"$T/said" 2>&1 || wrong "stop: $(cat "$T/said")"
done
: >"$T/over"
wait "$looker"
none_wrong 'twenty times start and stop while others look'
is "$(tr -d ' ' <"$T/states" | sort -u | grep -vx -e STOPPED -e STARTING -e RUNNING -e STOPPING \
	-e ABORTING -e FREEZING -e FROZEN -e THAWED)" '' 'they see only states there are'
ok 'and some' test -s "$T/states"
is "$(sort -u "$T/looked")" '' 'and nothing that is wrong'
same_as_before 'nothing is left'

done_testing
