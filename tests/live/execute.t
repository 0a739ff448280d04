#!/bin/sh
# execute.t - lxc-execute: exit statuses, standard files, environment, signals, what is left behind.
# shellcheck disable=SC2016 # what is in quotes is for the shells inside
# shellcheck source=../live.sh
. "${0%/*}/../live.sh"

box c1 <<EOT
lxc.mount.auto = proc
EOT
in_c1() {
	lxc execute -n c1 "$@"
}
snapshot

# ---- exit statuses ----

run in_c1 -- true
is_status 0 'a command'
is_quiet 'in silence'
run in_c1 -- sh -c 'exit 7'
is_status 7 'its status'
run in_c1 -- sh -c 'exit 255'
is_status 255 'the highest'
for signal in 1 9 11 15; do
	run in_c1 -- sh -c "kill -$signal \$\$; exit 1"
	is_status $((128 + signal)) "ended by signal $signal"
done
run in_c1 -- nothing
is_status 255 'a command there is not'
like_line1 '*: run nothing: No such file or directory' 'is said'
run in_c1 -- /no/thing
is_status 255 'a path there is not'
run in_c1 -- /etc/passwd
is_status 255 'a file that may not be run'
like_line1 '*: run /etc/passwd: Permission denied' 'is said'
run in_c1 -- /etc
is_status 255 'a directory'
run in_c1
is_status 1 'no command'
is_line1 'lxc-execute: c1: no command given (after --, or as lxc.execute.cmd)' 'is said'
run in_c1 -s 'lxc.execute.cmd = sh -c "exit 9"'
is_status 9 'lxc.execute.cmd'
run lxc execute -n none -- true
is_status 1 'no container'
run in_c1 -s "lxc.rootfs.path=$T/none" -- true
is_status 1 'no root'
like_line1 'lxc-execute: c1: open-root: *' 'names the step'
printf 'lxc.rootfs.path = %s\nlxc.uts.name = rc\n' "$(root c1)" >"$T/rc"
run lxc execute -n undefined -f "$T/rc" -- hostname
is_out rc 'a configuration instead of a container'
same_as_before 'nothing is left'

# ---- standard files ----

printf 'a\0b\377\nc' >"$T/bytes"
in_c1 -- cat <"$T/bytes" >"$T/out"
ok 'bytes come through as they are' cmp "$T/bytes" "$T/out"
is "$(printf 'one\ntwo\n' | in_c1 -- sort -r)" "$(printf 'two\none')" 'pipes'
run in_c1 -- sh -c 'echo out; echo err >&2; echo more'
is "$(cat "$T/tap/out")" "$(printf 'out\nmore')" 'standard output'
is "$(cat "$T/tap/err")" err 'and standard error are two'
head -c 1500000 /dev/urandom >"$T/big"
is "$(in_c1 -- md5sum <"$T/big")" "$(md5sum <"$T/big")" 'a lot in'
is "$(in_c1 -- cat <"$T/big" | md5sum)" "$(md5sum <"$T/big")" 'and out'
is "$(in_c1 -- yes | head -n 1)" y 'a reader that goes away ends it'
run in_c1 -- sh -c '[ -t 0 ] || [ -t 1 ] || [ -t 2 ] || echo none'
is_out none 'no terminal where the caller has none'
run in_c1 -- sh -c 'exec 3</dev/tty'
has_err 'No such device or address' 'nor a controlling one'
run in_c1 -- ls -1 /proc/self/fd
is_out "$(printf '0\n1\n2\n3')" 'no other descriptor (3 is that of ls)'

# Ignored signals are handed on, and who ignores SIGCHLD cannot wait.
run sh -c 'trap "" CHLD; exec "$@"' sh "$BIN/lxc-execute" -P "$P" c1 -- sh -c 'exit 3'
is_status 3 'a caller that ignores SIGCHLD'

# From a terminal that nobody types on.
mkfifo "$T/silent"
exec 7<>"$T/silent"
on_tty() {
	script -qec "${2-true}; '$BIN/lxc-execute' -P '$P' -n c1 -- $1" /dev/null <&7 | tr -d '\r'
}
is "$(on_tty tty)" /dev/console 'from a terminal: the console'
is "$(on_tty 'sh -c "[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo all </dev/tty"')" all \
	'is all three, and the controlling one'
is "$(script -qec "echo piped | '$BIN/lxc-execute' -P '$P' -n c1 -- cat" /dev/null <&7 |
	tr -d '\r')" piped 'standard input from a pipe, the rest a terminal'
is "$(on_tty 'stty size' 'stty rows 33 cols 44')" '33 44' \
	'it has the size of the terminal of the caller'
script -qec "'$BIN/lxc-execute' -P '$P' -n c1 -- sh -c 'exit 6'" /dev/null <&7
is $? 6 'and the status is that of the command'
is "$(on_tty "seq 20000" | md5sum)" "$(seq 20000 | md5sum)" 'all of its output arrives'

# ---- what it is given ----

export SECRET=token
run in_c1 -- env
is_out container=lxc 'the environment: nothing of the caller'
run in_c1 -s lxc.environment=A=1 -s lxc.environment=SECRET -- env
is "$(sort "$T/tap/out")" "$(printf 'A=1\nSECRET=token\ncontainer=lxc')" \
	'but what the configuration says'
run in_c1 -- id
is_out 'uid=0(root) gid=0(root)' 'root, without groups'
run in_c1 -u 1000 -g 100 -- id
is_out 'uid=1000 gid=100' '-u and -g'
run in_c1 -u 1000 -- grep -E '^Cap(Inh|Prm|Eff|Amb)' /proc/self/status
is_out "$(printf 'CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapAmb:\t0000000000000000')" \
	'another user has no capability'
run in_c1 -s lxc.init.uid=5 -s lxc.init.gid=6 -s lxc.init.groups=7,8 -- id
is_out 'uid=5 gid=6 groups=7,8' 'ids of the configuration'
run in_c1 -- pwd
is_out / 'the working directory'
run in_c1 -s lxc.init.cwd=/made/here -- pwd
is_out /made/here 'is made where it is missing'
ok 'in the root' test -d "$(root c1)/made/here"
(umask 077 && in_c1 -- sh -c umask) >"$T/out"
is "$(cat "$T/out")" 0022 'umask 022, whatever that of the caller is'
run in_c1 -- grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status
is_out "$(printf 'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000000000')" \
	'all signals as they are by default'
run sh -c 'trap "" PIPE HUP USR1; exec "$@"' sh "$BIN/lxc-execute" -P "$P" c1 -- \
	grep SigIgn /proc/self/status
is_out "$(printf 'SigIgn:\t0000000000000000')" 'also where the caller ignores some'

# ---- our init ----

run in_c1 -- sh -c 'echo $$; cat /proc/1/comm; readlink /proc/1/exe; echo $PPID'
is "$(sed -n '1p;2p;4p' "$T/tap/out" | tr '\n' ' ')" '2 lxc-init 1 ' \
	'the command is the second process, below lxc-init'
is "$(find "$(root c1)" -name '*lxc*')" '' 'of which there is no file in the container'
run in_c1 -- sh -c '
	(sh -c "echo \$\$ >/orphan; exec sleep 0" &)
	while [ ! -s /orphan ]; do :; done
	pid=$(cat /orphan) i=0
	while [ -d "/proc/$pid" ] && [ "$i" -lt 1000000 ]; do i=$((i + 1)); done
	[ -d "/proc/$pid" ] || echo reaped'
is_out reaped 'an orphan is reaped'
run in_c1 -- sh -c 'sleep 100000 & exec sh -c "exit 3"'
is_status 3 'what is left behind is ended'
run in_c1 -- sh -c '(trap "" TERM; while :; do sleep 100000; done) & exit 4'
is_status 4 'and killed when it will not'
same_as_before 'nothing is left of all that'

# $1: a signal for lxc-execute, when its command, which is $2, says so in /ready.
signalled() {
	"$BIN/lxc-execute" -P "$P" -n c1 -- sh -c "exec 8<>/ready; $2; echo up >&8; while :; do sleep 100000 & wait \$!; done" &
	pid=$!
	read -r _ <"$(root c1)/ready"
	kill -s "$1" "$pid"
	wait "$pid"
}

signalled TERM "trap 'exit 21' TERM"
is $? 21 'SIGTERM: the command ends as it likes to'
signalled TERM 'trap "" USR1'
is $? 143 'or by the signal'
signalled INT "trap 'exit 22' INT"
is $? 22 'SIGINT'
signalled INT 'trap "" USR1'
is $? 130 'by the signal'
signalled QUIT "trap 'exit 23' QUIT"
is $? 23 'SIGQUIT'
signalled HUP "trap 'exit 24' TERM"
is $? 24 'SIGHUP is SIGTERM for the container'
signalled USR1 "trap 'exit 25' USR1"
is $? 25 'SIGUSR1'
signalled USR2 "trap 'exit 26' USR2"
is $? 26 'SIGUSR2'
signalled PWR "trap 'exit 27' TERM"
is $? 27 'SIGPWR ends all, too'
signalled TERM '(trap "" TERM; sleep 100000) & trap "exit 28" TERM'
is $? 28 'SIGTERM with a process that ignores it'
same_as_before 'nothing is left of all those'

# ---- more than one ----

box c2
snapshot
in_c1 -- sh -c 'exec 8<>/ready; echo up >&8; cat /alive; exit 8' >"$T/out" &
pid=$!
read -r _ <"$(root c1)/ready"
run in_c1 -- true
is_status 1 'a second one of the same name'
is_line1 'lxc-execute: c1: Container is already running' 'is refused'
run lxc execute -n c2 -- true
is_status 0 'one of another name is not'
run lxc info c1 -sH
is_out RUNNING 'info knows it'
run lxc attach c1 -- sh -c 'echo x >/alive'
is_status 0 'one can attach to it'
wait "$pid"
is $? 8 'and it ends by itself'

run lxc execute -n c1 -d -- sh -c 'exec 8<>/ready; echo up >&8; cat /alive; exit 8'
is_status 0 'in the background: 0 when it runs'
read -r _ <"$(root c1)/ready"
is "$(lxc attach c1 -- readlink /proc/2/fd/0)" /dev/null 'without standard files'
run lxc stop c1
is_status 0 'lxc-stop ends it'
run lxc execute -n c1 -d -s lxc.rootfs.path=/none -- true
is_status 1 'in the background: 1 when it cannot start'
same_as_before 'nothing is left'

done_testing
