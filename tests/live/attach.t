#!/bin/sh
# attach.t - lxc-attach: exit statuses, standard files, terminal, environment, ids, privileges.
# shellcheck disable=SC2016 # what is in quotes is for the shells inside
# shellcheck source=../live.sh
. "${0%/*}/../live.sh"

box c1 <<EOT
lxc.uts.name = inside
lxc.mount.auto = proc
lxc.pty.max = 8
lxc.environment = FROM=config
lxc.prlimit.nofile = 100:200
lxc.cap.drop = sys_time net_raw
EOT
in_c1() {
	lxc attach -n c1 "$@"
}
up c1
snapshot

# ---- exit statuses ----

run in_c1 -- true
is_status 0 'a command'
is_quiet 'in silence'
run in_c1 -- sh -c 'exit 7'
is_status 7 'its status'
for signal in 1 9 11 15; do
	run in_c1 -- sh -c "kill -$signal \$\$; exit 1"
	is_status $((128 + signal)) "ended by signal $signal"
done
run in_c1 -- nothing
is_status 127 'a command there is not'
is_line1 'lxc-attach: c1: exec: run nothing: No such file or directory' 'is said'
run in_c1 -- /etc/passwd/x
is_status 127 'below a file'
run in_c1 -- /etc/passwd
is_status 126 'a file that may not be run'
is_line1 'lxc-attach: c1: exec: run /etc/passwd: Permission denied' 'is said'
run in_c1 -- /etc
is_status 126 'a directory'
ln -s loop "$(root c1)/loop"
run in_c1 -- /loop
is_status 255 'what cannot be run for another reason'
printf 'echo script "$@"\n' >"$(root c1)/script"
chmod 755 "$(root c1)/script"
run in_c1 -- /script a 'b c'
is_out 'script a b c' 'a text without #! is a shell script'
printf '#!/no/interpreter\n' >"$(root c1)/script2"
chmod 755 "$(root c1)/script2"
run in_c1 -- /script2
is_status 127 'a script without its interpreter'
run lxc attach none -- true
is_status 1 'no such container'
box c2
run lxc attach c2 -- true
is_status 1 'one that does not run'
# Before it has changed its root, what is entered would be the host's.
strace -f -o /dev/null -e trace=pivot_root -e inject=pivot_root:signal=STOP \
	"$BIN/lxc-start" -P "$P" -F -n c2 -- true >/dev/null 2>&1 &
starting=$!
until [ "$(sed -n 's/^State:.\([Tt]\).*/stopped/p' "/proc/$(init_of c2)/status")" ]; do
	:
done 2>/dev/null
run lxc attach c2 -- true
is_status 1 'one that is being started'
is_line1 'lxc-attach: c2: c2 is STARTING' 'is not entered'
kill -KILL "$(init_of c2)"
wait "$starting"
run in_c1 -f "$T/none" -- true
is_status 1 'a configuration there is not'
run "$BIN/lxc-attach" -P "$P" c1 ls -l /
is_status 0 'options behind the command without -- are ours'
run in_c1 -- ls -l /sbin/init
has '/sbin/init' 'and with it its own'
rm -r "$P/c2"
same_as_before 'nothing is left'

# ---- standard files ----

printf 'a\0b\377\nc' >"$T/bytes"
in_c1 -- cat <"$T/bytes" >"$T/out"
ok 'bytes come through as they are' cmp "$T/bytes" "$T/out"
run in_c1 -- sh -c 'echo out; echo err >&2'
is "$(cat "$T/tap/out")" out 'standard output'
is "$(cat "$T/tap/err")" err 'and standard error are two'
head -c 1500000 /dev/urandom >"$T/big"
is "$(in_c1 -- md5sum <"$T/big")" "$(md5sum <"$T/big")" 'a lot in'
is "$(in_c1 -- cat <"$T/big" | md5sum)" "$(md5sum <"$T/big")" 'and out'
is "$(in_c1 -- yes | head -n 1)" y 'a reader that goes away ends it'
run in_c1 -- ls -1 /proc/self/fd
is_out "$(printf '0\n1\n2\n3')" 'no other descriptor (3 is that of ls)'
run in_c1 -- readlink /proc/self/fd/0
is_out /dev/null 'descriptors that are no terminals are used as they are'
run in_c1 -- sh -c 'exec 3</dev/tty'
has_err 'No such device or address' 'no controlling terminal (A10)'
in_c1 -- true <&- >&- 2>&-
is $? 0 'with all three closed'

# ---- a terminal ----

mkfifo "$T/silent"
exec 7<>"$T/silent"
on_tty() { # OPTIONS-AND-COMMAND [BEFORE [REDIRECTION]]
	script -qec "${2-true;} '$BIN/lxc-attach' -P '$P' -n c1 $1 ${3-}" /dev/null <&7 | tr -d '\r'
}
like "$(on_tty '-- tty')" '/dev/pts/[0-9]*' 'from a terminal: one of the container'
is "$(on_tty '-- sh -c "[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo all </dev/tty"')" all \
	'all three, and the controlling one'
is "$(on_tty '-- stty size' 'stty rows 33 cols 44;')" '33 44' 'it has the size of the outer one'
is "$(on_tty '-- seq 20000' | md5sum)" "$(seq 20000 | md5sum)" 'all of its output arrives'
script -qec "'$BIN/lxc-attach' -P '$P' -n c1 -- sh -c 'exit 6'" /dev/null <&7
is $? 6 'the status is that of the command'
script -qec "'$BIN/lxc-attach' -P '$P' -n c1 -- sh -c 'kill -TERM \$\$'" /dev/null <&7
is $? 143 'also by a signal'
on_tty '-- printf "a\\nb\\n"' '' ">'$T/out'" >/dev/null
is "$(od -c <"$T/out")" "$(printf 'a\nb\n' | od -c)" \
	'standard output to a file: no carriage returns'
# Only what is a terminal becomes one of the container's.
is "$(on_tty '-- cat' 'echo piped |')" piped 'standard input from a pipe, the rest a terminal'
on_tty '-- sh -c "echo out; echo err >&2"' '' "2>'$T/err'" >"$T/out"
is "$(cat "$T/out") $(cat "$T/err")" 'out err' 'standard error to a file, the rest a terminal'
box c3
lxc start c3 -s lxc.mount.auto=proc -s lxc.pty.max=1 -s lxc.tty.max=3
like "$(script -qec "'$BIN/lxc-attach' -P '$P' c3 -- tty" /dev/null <&7 | tr -d '\r')" \
	'/dev/pts/[0-9]*' 'lxc.pty.max = 1: there is one for it, besides the console and terminals'
lxc destroy c3 -f
# It may close the terminal, and open it again.
is "$(on_tty '-- sh -c "exec <&- >&- 2>&-; echo again >/dev/tty"')" again \
	'a command that closes its terminal and opens it again'
on_tty "-L '$T/pty.log' -- echo logged" >/dev/null
is "$(tr -d '\r' <"$T/pty.log")" logged '-L: a copy of it'
mkfifo "$T/keys"
exec 6<>"$T/keys"
echo 'typed words' >&6
script -qec "'$BIN/lxc-attach' -P '$P' c1 -- sh -c 'read -r x; echo got \$x >/typed'" /dev/null \
	<&6 >/dev/null
is "$(cat "$(root c1)/typed")" 'got typed words' 'what is typed arrives'
exec 6<&-

# ---- environment (A11) ----

export SECRET=token LANG=xx TERM=yy
default="$(printf 'FROM=config\nLANG=xx\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nTERM=yy\ncontainer=lxc')"
environment() {
	in_c1 "$@" -- env | sort
}
is "$(environment)" "$default" \
	'the environment: TERM and LANG of the caller, and what is configured'
is "$(environment --clear-env)" "$(echo "$default" | grep -v -e TERM -e LANG)" '--clear-env'
is "$(environment --clear-env --keep-var TERM)" "$(echo "$default" | grep -v LANG)" '--keep-var'
is "$(environment --keep-var SECRET | grep SECRET)" SECRET=token '--keep-var without --clear-env'
is "$(environment --keep-env | grep -e ^SECRET -e ^HOME -e ^FROM -e ^container)" \
	"$(printf 'FROM=config\nHOME=%s\nSECRET=token\ncontainer=lxc' "$HOME")" '--keep-env'
is "$(environment -v A=1 -v A=2 -v B= --set-var C=x=y | grep -e '^[ABC]=')" \
	"$(printf 'A=2\nB=\nC=x=y')" '-v'
is "$(environment -v FROM=option | grep FROM)" FROM=option '-v wins'
is "$(environment --keep-env | grep -c LXCBOX_SEALED)" 0 'our own mark is not in it'
printf 'lxc.security.profile = compat\n' >"$T/compat"
is "$(environment -f "$T/compat" | grep SECRET)" SECRET=token \
	'lxc.security.profile = compat: all of it, as in LXC'

# ---- who, where ----

run in_c1 -- id
is_out 'uid=0(root) gid=0(root)' 'root, without groups'
run in_c1 -eCAP -u 1000 -- id -u
is_out 1000 'an ordinary user with -eCAP, below the filter'
run in_c1 -u 1000 -g 100 -- id
is_out 'uid=1000 gid=100' '-u and -g'
run in_c1 -u 1000 -- grep -E '^Cap(Inh|Prm|Eff|Amb)' /proc/self/status
is_out "$(printf 'CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapAmb:\t0000000000000000')" \
	'another user has no capability'
run in_c1 -- hostname
is_out inside 'the host name of the container'
is "$(cd / && in_c1 -- pwd)" / 'where the caller is'
is "$(cd /tmp && in_c1 -- pwd)" /tmp 'if that is there'
is "$(cd "$T/bin" && in_c1 -- pwd)" / 'or else in /'
(mkdir "$T/gone" && cd "$T/gone" && rmdir "$T/gone" && in_c1 -- pwd) >"$T/out"
is "$(cat "$T/out")" / 'also when the caller is nowhere'
is "$(umask 077 && in_c1 -- sh -c umask)" 0022 'umask 022'
run in_c1 -- sh -c 'ulimit -n; ulimit -Hn'
is_out "$(printf '100\n200')" 'limits as the init has them'
for field in CapInh CapPrm CapEff CapBnd CapAmb NoNewPrivs Seccomp; do
	run in_c1 -- sh -c "grep ^$field: /proc/1/status; grep ^$field: /proc/self/status"
	is "$(uniq "$T/tap/out" | wc -l)" 1 "$field as the init has it"
done
run in_c1 -- grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status
is_out "$(printf 'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000000000')" \
	'all signals as they are by default'
run in_c1 -- sh -c 'for n in mnt pid uts ipc net cgroup user; do
	[ "$(readlink /proc/1/ns/$n)" = "$(readlink /proc/self/ns/$n)" ] || echo $n; done'
is_out '' 'in all namespaces of the init'
run in_c1 -- sh -c 'echo $PPID'
is_out 0 'without a parent inside'
run in_c1 -- sh -c 'set -- $(cat /proc/$$/stat); [ "$6" = $$ ] && [ "$5" = $$ ] && echo leader'
is_out leader 'it leads a session of its own'
run in_c1 -- ls /
is_out "$(ls "$(root c1)")" 'with the root of the container'

# ---- more privileges ----

drop=$(in_c1 -- sed -n 's/^CapEff:.//p' /proc/self/status)
all=$(sed -n 's/^CapEff:.//p' /proc/self/status)
not_ok 'dropped capabilities are dropped' test "$drop" = "$all"
for e in -e -eCAP --elevated-privileges '--elevated-privileges=CAP|LSM'; do
	is "$(in_c1 "$e" -- sed -n 's/^CapEff:.//p' /proc/self/status)" "$all" "$e: capabilities"
done
is "$(in_c1 -eLSM -- sed -n 's/^CapEff:.//p' /proc/self/status)" "$drop" '-eLSM: not those'
is "$(in_c1 -- sed -n 's/^Seccomp:.//p' /proc/self/status)" 2 'a filter'
for e in -e -eLSM; do
	is "$(in_c1 "$e" -- sed -n 's/^Seccomp:.//p' /proc/self/status)" 0 "$e: no filter"
done
is "$(in_c1 -eCAP -- sed -n 's/^Seccomp:.//p' /proc/self/status)" 2 '-eCAP: a filter'
busybox=$(command -v busybox)
same() { # which namespaces are those of the test
	lxc attach -n c1 "$@" -- "$busybox" sh -c 'for n in mnt uts ipc net; do
		readlink /proc/self/ns/$n; done' >"$T/ns"
	for n in mnt uts ipc net; do
		read -r inside
		[ "$inside" = "$(readlink "/proc/self/ns/$n")" ] && printf '%s ' "$n"
	done <"$T/ns"
}
is "$(same -s NETWORK)" 'mnt uts ipc ' '-s NETWORK'
is "$(same -s 'UTSNAME|IPC')" 'mnt net ' '-s UTSNAME|IPC'
is "$(same -s 'uts|net')" 'mnt ipc ' '-s in small letters'
is "$(lxc attach c1 -s UTSNAME -- "$busybox" hostname)" inside '-s: the name of the container'
is "$(lxc attach c1 -s UTSNAME -- "$busybox" cat "$T/compat")" 'lxc.security.profile = compat' \
	'and the files of the host'
is "$(lxc attach c1 -s UTSNAME -- "$busybox" sed -n 's/^CapEff:.//p' /proc/self/status)" "$all" \
	'-s implies -e'
is "$(lxc attach c1 -s 'PID|MOUNT' -- sh -c 'readlink /proc/self | grep -c "^[0-9][0-9]*$"')" 1 \
	'-s PID|MOUNT: seen in the /proc of the container'
echo 'lxc.no_new_privs = 1' >"$T/nnp"
is "$(in_c1 -f "$T/nnp" -- sed -n 's/^NoNewPrivs:.//p' /proc/self/status)" 1 \
	'-f: the settings of another file'

# ---- no command: a shell ----

printf '#!/bin/sh\necho "shell $0 $#"\n' >"$(root c1)/bin/myshell"
chmod 755 "$(root c1)/bin/myshell"
cp "$(root c1)/etc/passwd" "$T/passwd"
printf 'root:x:0:0:root:/root:/bin/myshell\nme:x:1000:100::/:/bin/none\nyou:x:1001:100::/:\n' \
	>"$(root c1)/etc/passwd"
run in_c1
is_out 'shell /bin/myshell 0' 'the shell that the passwd of the container names'
is "$(echo 'echo $0' | in_c1 -u 1000)" /bin/sh 'one there is not: /bin/sh'
is "$(echo 'echo $0' | in_c1 -u 1001)" /bin/sh 'none given'
is "$(echo 'echo $0' | in_c1 -u 77)" /bin/sh 'no such user'
rm "$(root c1)/etc/passwd"
is "$(echo 'echo $0' | in_c1)" /bin/sh 'no passwd'
mv "$(root c1)/bin/sh" "$(root c1)/bin/sh.away"
run in_c1
is_status 127 'no shell at all'
mv "$(root c1)/bin/sh.away" "$(root c1)/bin/sh"
cp "$T/passwd" "$(root c1)/etc/passwd"

# ---- signals, ends ----

signalled() {
	"$BIN/lxc-attach" -P "$P" -n c1 -- sh -c "mkfifo /r; exec 6<>/r 7<>/never
		$2; echo up >&6; while :; do read -r _ <&7; done" &
	pid=$!
	while [ ! -p "$(root c1)/r" ]; do :; done
	read -r _ <"$(root c1)/r"
	rm "$(root c1)/r"
	kill -s "$1" "$pid"
	wait "$pid"
}
signalled TERM 'trap "exit 31" TERM'
is $? 31 'SIGTERM for lxc-attach is for the command'
signalled INT 'trap "exit 32" INT'
is $? 32 'SIGINT'
signalled HUP 'trap "exit 33" HUP'
is $? 33 'SIGHUP'
signalled TERM ':'
is $? 143 'one that it does not handle'
same_as_before 'nothing is left of all that'

"$BIN/lxc-attach" -P "$P" -n c1 -- sh -c 'mkfifo /r; exec 6<>/r; echo up >&6; exec sleep 100000' &
pid=$!
while [ ! -p "$(root c1)/r" ]; do :; done
read -r _ <"$(root c1)/r"
run down c1
is_status 0 'the container stops'
wait "$pid"
is $? 137 'and with it what was attached'

done_testing
