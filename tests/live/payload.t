#!/bin/sh
# payload.t - hostile processes inside: what they see of whoever enters, and can do to the host.
#
# plain is a container as it is by default. ptrace has lxc.cap.drop, as most configurations made
# for LXC have: it replaces the default, and so leaves CAP_SYS_PTRACE, for which nothing is hidden.
# mapped has an id map.
# shellcheck disable=SC2016 # what is in quotes is for the shells inside
# shellcheck source=../live.sh
. "${0%/*}/../live.sh"

box plain <<EOT
lxc.mount.auto = proc:mixed sys:mixed
lxc.pty.max = 8
lxc.tty.max = 1
EOT
box ptrace <<EOT
lxc.mount.auto = proc:mixed sys:mixed
lxc.pty.max = 8
lxc.tty.max = 1
lxc.cap.drop = sys_time
EOT
box mapped <<EOT
lxc.mount.auto = proc:mixed sys:mixed
lxc.pty.max = 8
lxc.tty.max = 1
lxc.idmap = u 0 100000 65536
lxc.idmap = g 0 100000 65536
EOT

mkdir "$T/host"
echo outside >"$T/host/secret"
cp "$BASE/bin/busybox" "$T/host/busybox"
sum=$(sha256sum <"$BIN/lxcbox")

# What process $1 shows: a program that can be written, directories other than /, files with a name
# that the container has not, terminals that are none of its own, the environment of the caller.
# Descriptors 0 to 2 may be the files and pipes they were given; $2 is where the program lies.
cat >"$BASE/spy" <<'EOT'
#!/bin/sh
exec 2>/dev/null
p=/proc/$1
id() {
	stat -L -c %d:%i "$1"
}
(: >>"$p/exe") && echo 'can write exe'
exe=$(readlink "$p/exe") && [ -e "$exe" ] && (: >>"$exe") && echo "can write $exe"
[ ! -d "$p/root$2" ] || echo "root leads to $2"
for name in cwd root; do
	to=$(readlink "$p/$name") || continue
	[ "$(id "$p/$name/")" = "$(id /)" ] || echo "$name is $to"
done
for fd in "$p"/fd/*; do
	to=$(readlink "$fd") || continue
	case $fd:$to in
	*:/dev/null) ;;
	*:/dev/*) [ "$(id "$fd")" = "$(id "$to")" ] || echo "terminal $to" ;;
	*/[012]:*) ;;
	*:socket:* | *:pipe:*) ;;
	*:/) [ "$(id "$fd")" = "$(id /)" ] || echo 'another root' ;;
	*) echo "file $to" ;;
	esac
done
tr '\0' '\n' <"$p/environ" | grep hidden
grep ' rw' "$p/maps" | while read -r range _; do
	from=$((0x${range%-*} / 4096)) to=$((0x${range#*-} / 4096))
	dd if="$p/mem" bs=4096 skip="$from" count=$((to - from))
done | grep -q hidden && echo 'the environment is in its memory'
(: <"$p/mem") && echo 'can open mem'
exit 0
EOT
for name in plain ptrace mapped; do
	cp "$BASE/spy" "$(root "$name")/spy"
	chmod 755 "$(root "$name")/spy"
done
chown -hR 100000:100000 "$(root mapped)"
for name in plain ptrace mapped; do
	up "$name"
	is $? 0 "$name: start"
done

# ---- looking at who enters (A1, A2, A3, A11) ----

export SECRET=hidden
mkfifo "$T/trace" "$T/silent"
exec 7<>"$T/silent"

# Everything that COMMAND becomes is stopped as it returns from its first call of that name. What
# is in the container then is looked at; all go on.
stopped_at() { # NAME CALL COMMAND...
	name=$1 call=$2
	shift 2
	: >"$T/spied"
	strace -f -o "$T/trace" -e "trace=$call" -e "inject=$call:signal=STOP:when=1" "$@" \
		<&7 >"$T/attached" 2>&1 &
	tracer=$!
	exec 5<"$T/trace"
	while read -r pid text <&5; do
		case $text in
		*'stopped by SIGSTOP'*) ;;
		*) continue ;;
		esac
		inside=$(sed -n 's/^NSpid:[[:blank:]]*[0-9]*[[:blank:]]\{1,\}//p' "/proc/$pid/status")
		[ ! "$inside" ] ||
			lxc attach -n "$name" -- sh -c '/spy "$@"; echo "seen $(cat "/proc/$1/comm")"' sh \
				"$inside" "$BIN" >"$T/spied" 2>&1
		kill -CONT "$pid"
	done
	exec 5<&-
	wait "$tracer"
	is $? 0 "$name: a process that enters is stopped at $call"
}
for name in plain ptrace mapped; do
	# With CAP_SYS_PTRACE it may change such a process, which has nothing more than itself then.
	may=''
	[ "$name" != ptrace ] || may='can open mem
'
	for call in setsid execve; do
		stopped_at "$name" "$call" "$BIN/lxc-attach" -P "$P" -n "$name" -- true
		is "$(cat "$T/spied")" "${may}seen lxcbox" 'it shows nothing of the host'
		stopped_at "$name" "$call" script -qec "'$BIN/lxc-attach' -P '$P' -n $name -- true" /dev/null
		is "$(cat "$T/spied")" "${may}seen lxcbox" 'nor one from a terminal'
	done
done

# Without stops, by a process that looks as often as it can; it ends when /stop is there.
for name in plain ptrace mapped; do
	R=$(root "$name")
	lxc attach -n "$name" -- sh -c 'while [ ! -e /stop ]; do
		for p in /proc/[0-9]*; do
			[ "$p" = /proc/1 ] || [ "$p" = /proc/$$ ] || /spy "${p#/proc/}" "$1"
		done
	done | grep -v "^can open mem\$" >/spied' sh "$BIN" &
	looker=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		lxc attach -n "$name" -- true
	done
	touch "$R/stop"
	wait "$looker"
	is "$(cat "$R/spied")" '' "$name: fifteen that enter show nothing of the host"
	rm "$R/stop"
done
unset SECRET

# ---- descriptors of the host as a way to a program: /proc/self/fd/N (A3) ----

exec 8<"$T/host" 9<"$T/host/secret"
for name in ptrace plain mapped; do
	R=$(root "$name")
	ways=''
	for fd in 3 4 5 6 7 8 9 10 11 12 13 14; do
		# Of a directory of the host: itself, and from one of its /proc to all of its files.
		for way in "/proc/self/fd/$fd/busybox" "/proc/self/fd/$fd/../../$$/root$T/host/busybox" \
			"/proc/self/fd/$fd/$$/root$T/host/busybox" "/proc/self/fd/$fd$T/host/busybox"; do
			ways="$ways $way"
		done
	done
	for way in $ways; do
		ln -sfn "$way" "$R/bin/way"
		lxc attach -n "$name" -- /bin/way expr 4700 + 11
		lxc attach -n "$name" -- "$way" expr 4700 + 11
	done >"$T/ways" 2>&1
	is "$(grep -c -e 4711 -e applet "$T/ways")" 0 "$name: attach runs no program of the host"
	printf 'root:x:0:0::/:/bin/way\n' >"$R/etc/passwd"
	mv "$R/bin/sh" "$R/bin/sh.away"
	for way in $ways; do
		ln -sfn "$way" "$R/bin/way"
		echo 'echo $((4700 + 11))' | lxc attach -n "$name"
	done >"$T/ways" 2>&1
	is "$(grep -c -e 4711 -e applet "$T/ways")" 0 "$name: nor by the passwd"
	mv "$R/bin/sh.away" "$R/bin/sh"
done
down plain
for way in $ways; do
	ln -sfn "$way" "$(root plain)/bin/way"
	lxc start -F plain -- /bin/way expr 4700 + 11
	lxc execute plain -- /bin/way expr 4700 + 11
done >"$T/ways" 2>&1
is "$(grep -c -e 4711 -e applet "$T/ways")" 0 'nor do start and execute'
for fd in 0 3 4 5 6 7 8 9 10; do
	run lxc start -F plain -s "lxc.init.cwd=/proc/self/fd/$fd" -- pwd
	is_status 1 "a working directory /proc/self/fd/$fd is refused"
	like_line1 'lxc-start: plain: set-working-directory: *' 'in the step of it'
done
open_files='for f in /proc/self/fd/*; do [ ! -e "$f" ] || echo "${f##*/}"; done'
for command in 'start -F' execute; do
	# shellcheck disable=SC2086 # words
	is "$(lxc $command plain -- sh -c "$open_files" | tr -d '\r' | tr '\n' ' ')" '0 1 2 ' \
		"$command: descriptors of the caller are not passed on"
done
lxc start plain -- sleep 100000
is "$(ls "/proc/$(init_of plain)/fd")" "$(printf '0\n1\n2')" 'start: nor in the background'
is "$(find "/proc/$(monitor_of plain)/fd" -lname "$T/host*")" '' 'nor kept by the supervisor'
is "$(lxc attach plain -- sh -c "$open_files" | tr '\n' ' ')" '0 1 2 ' 'attach: nor here'
exec 8<&- 9<&-
down plain
up plain

# ---- our own program (A1) ----

for name in plain ptrace mapped; do
	R=$(root "$name")
	ln -s /proc/self/exe "$R/bin/again"
	printf '#!/proc/self/exe\n' >"$R/bin/script"
	chmod 755 "$R/bin/script"
	# The copy runs inside, as the language it brings: what can it do to itself?
	is "$(lxc attach "$name" -- /bin/again lua -e '
		for _, mode in ipairs { "r+", "w", "a" } do
			for _, who in ipairs { "self", "1" } do
				print(who, (io.open("/proc/" .. who .. "/exe", mode)))
			end
		end' | sort -u | tr '\t\n' '  ')" '1 nil self nil ' \
		"$name: a process that runs our program cannot write to it"
	run lxc attach "$name" -- /bin/script lua
	is_status 1 "$name: a script with it for interpreter ends"
	is_printable 'with words that can be printed'
done
run lxc execute plain -s lxc.uts.name=x -- true
is_line1 'lxc-execute: plain: Container is already running' 'there is just one plain'
down plain
run lxc execute plain -- sh -c '(: >>/proc/1/exe); (: >/proc/1/exe); chmod 777 /proc/1/exe
	mount -o remount,rw,bind /proc/1/exe; true'
is_status 0 'our init: is attacked'
is "$(sha256sum <"$BIN/lxcbox") $(stat -c '%a %h' "$BIN/lxcbox")" "$sum 755 1" \
	'after all that our program is as it was'
up plain

# ---- the terminal and the files of the caller (A10, A14) ----

# With the filter, and without it.
run lxc attach plain -- fsfreeze --unfreeze /proc
has_err 'Operation not permitted' 'the filter denies FITHAW'
run lxc attach plain -eLSM -- fsfreeze --unfreeze /proc
has_err 'Invalid argument' 'which a file system that is not frozen would not know'
for name in plain mapped; do
	is "$(script -qec "'$BIN/lxc-attach' -P '$P' -n $name -- sh -c 'stat -Lc %d /dev/pts /dev/tty \
		/proc/self/fd/0 >/tty; tty'; tty" /dev/null <&7 | tr -d '\r' | sort -u | wc -l)" 2 \
		"$name: the terminal inside is another"
	is "$(sed -n 3p "$(root "$name")/tty")" "$(sed -n 1p "$(root "$name")/tty")" \
		'one of its own devpts'
done

# LXC took the caller's /dev/null for a file to be given to the container, when that had another.
lxc attach plain -- sh -c 'rm /dev/null; mknod -m 600 /dev/null c 1 5'
echo in >"$T/host/in"
chmod 640 "$T/host/in"
cp -p "$T/host/in" "$T/host/out"
files_of_caller() {
	stat -c '%n %a %u %g %t:%T' "$T/host/in" "$T/host/out" /dev/null
}
files_of_caller >"$T/files"
for uid in 0 1000; do
	for name in plain mapped; do
		lxc attach -n "$name" -u "$uid" -- true </dev/null >/dev/null 2>&1
		lxc attach -n "$name" -u "$uid" -- true <"$T/host/in" >>"$T/host/out" 2>&1
	done
done
lxc execute -n other -f "$P/plain/config" -u 1000 -- true <"$T/host/in" >>"$T/host/out" 2>&1
is "$(files_of_caller)" "$(cat "$T/files")" \
	'the files of the caller have the modes and owners they had'
down plain
up plain

# ---- ways out (B12, C1) ----

for name in plain ptrace mapped; do
	R=$(root "$name")
	mkdir -p "$R/jail/bin" "$R/jail/proc"
	cp "$R/bin/busybox" "$R/jail/bin"
	cat >"$R/out" <<'EOT'
#!/bin/sh
# Whether the directory of the host can be seen from here, by whatever name.
look() {
	for at in "$@"; do
		[ ! -e "$at$there/secret" ] || echo "$at"
	done
}
there=$1
look / /.. /proc/1/root /proc/1/root/.. /proc/1/cwd/../.. /proc/self/root/.. /proc/self/cwd/..
# The root again, by a descriptor opened before the change of root.
exec 5</
b=/bin/busybox
chroot /jail $b sh -c "$b mount -t proc proc /proc; cd -P /proc/self/fd/5/../../../.. &&
	[ -e .$there/secret ] && echo chroot; cd -P /proc/1/root/.. && [ -e .$there/secret ] &&
	echo chroot 1"
umount /jail/proc
unshare -m sh -c "umount -l /proc; umount -l /; cd -P /..; [ ! -e .$there/secret ] || echo umount"
unshare -m sh -c "cd /jail; pivot_root . . && umount -l .; cd -P /..; umount -l .
	[ ! -e .$there/secret ] || echo pivot"
nsenter -t 1 -m sh -c "cd /..; [ ! -e .$there/secret ] || echo nsenter"
for file in /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sys/vm/overcommit_memory \
	/proc/sysrq-trigger /sys/kernel/uevent_helper /sys/kernel/mm/ksm/run /sys/power/state; do
	[ ! -e "$file" ] || ! (: >>"$file") || echo "$file can be written"
done
EOT
	run lxc attach "$name" -- sh /out "$T/host"
	is_out '' "$name: nothing of the host can be reached, nor its kernel's switches written"
	up_again=$(init_of "$name")
	ok "$name: and it still runs" test -d "/proc/$up_again"
done

# ---- escape sequences in messages (F2) ----

bell=$(printf '\033]0;x\007\033[31m\302\233')
seen='\x1B]0;x\x07\x1B[31m'
octal='\033]0;x\007\033[31m\302\233' # as a line of fstab has it
R=$(root plain)
mv "$R/bin/sh" "$R/bin/sh.away"
printf 'root:x:0:0::/:/bin/%s\n' "$bell" >"$R/etc/passwd"
run lxc attach plain
has_err "lxc-attach: plain: exec: run the shell /bin/$seen" 'the shell in the passwd of the image'
is_printable 'is printed with escapes'
mv "$R/bin/sh.away" "$R/bin/sh"
down plain
for mode in -F -d; do
	run lxc start plain "$mode" -- "/bin/$bell"
	has_err "lxc-start: plain: exec: run /bin/$seen" "start $mode: a program"
	is_printable 'is printed with escapes'
	run lxc start plain "$mode" -s "lxc.mount.entry=none $octal tmpfs optional 0 0" -- /bin/true
	has_err "$seen" 'a mount that is left out'
	is_printable 'is printed with escapes'
	run lxc start plain "$mode" -o "$T/log" -l debug -s "lxc.mount.entry=none $octal tmpfs defaults 0 0"
	is_printable 'a mount that fails'
	is "$(grep -c '[^[:print:][:blank:]]' "$T/log")" 0 'also in the log'
done
rm -f "$T/log"

# ---- the supervisor ----

pid=$(monitor_of ptrace)
for file in environ maps mem auxv; do
	is "$(stat -c %u "/proc/$pid/$file")" 0 "/proc/PID/$file of the supervisor is of root"
	not_ok 'no user can read it' as_user cat "/proc/$pid/$file"
done
not_ok 'no user sees its program' as_user readlink "/proc/$pid/exe"
not_ok 'nor its descriptors' as_user ls "/proc/$pid/fd"
is "$(lxc attach ptrace -- sh -c 'cat /proc/[0-9]*/comm' | grep -c -e lxc)" 0 \
	'in the container it is not seen at all'

# ---- what no program of a small system asks for: the perl of the host, bound, does ----

case $(uname -m) in
x86_64) fanotify=300 by_handle=304 ;;
aarch64) fanotify=262 by_handle=265 ;;
*) fanotify='' ;;
esac
if [ ! "$fanotify" ] || ! perl=$(command -v perl); then
	skip 'TIOCSTI, fanotify and file handles' 'there is no perl, or the numbers are others'
	done_testing
fi
down ptrace
up ptrace -s 'lxc.mount.entry=/ mnt none rbind,ro,create=dir 0 0'
asked() { # OPTIONS: the errors of four calls
	# shellcheck disable=SC2086 # words, or none
	lxc attach ptrace $1 -- chroot /mnt "$perl" -e '
		sub said { printf "%s ", $_[0] ? "done" : $!{EPERM} ? "EPERM" : "other" }
		said(ioctl(STDIN, 0x5412, my $byte = "x"));
		said(ioctl(STDIN, 0x541c, $byte));
		said(syscall(16, 0, 0x100005412, $byte) == 0) if $ARGV[0] == 300;
		said(syscall($ARGV[0], 0, 0) >= 0);
		said(syscall($ARGV[1], -1, 0, 0) >= 0)' "$fanotify" "$by_handle" 2>&1
}
like "$(asked '')" 'EPERM EPERM*EPERM EPERM ' \
	'the filter denies TIOCSTI, TIOCLINUX, fanotify_init, open_by_handle_at'
case $(asked '') in
*other* | *done*) not=1 ;;
*) not=0 ;;
esac
is "$not" 0 'also TIOCSTI with a bit that the kernel does not look at'
like "$(asked -eLSM)" 'other other*done other ' 'which without it would be other errors'
down ptrace

done_testing
