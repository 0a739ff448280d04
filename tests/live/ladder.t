#!/bin/sh
# ladder.t - older kernels: what is newer than Linux 4.14 is made to fail, call by call and all at
# once, and a container is the same: its mounts, devices, descriptors and privileges, line by line.
#
# The faults are of lxcbox alone wherever it is looked at what it made: the looking is done without.
# A tracer that is its own parent's grandchild (strace -D) leaves the status of a command as it is;
# it ends when the last process it follows has, and so does then the pipe it holds.
# shellcheck disable=SC2016 # what is in quotes is for the shells inside
# shellcheck source=../live.sh
. "${0%/*}/../live.sh"

# ---- the ladder: a name, and what fails; of setns only the first, which is by pidfd ----

of_5_1='pidfd_send_signal:error=ENOSYS open_tree:error=ENOSYS move_mount:error=ENOSYS'
of_5_1="$of_5_1 fsopen:error=ENOSYS fsconfig:error=ENOSYS fsmount:error=ENOSYS"
of_5_1="$of_5_1 pidfd_open:error=ENOSYS clone3:error=ENOSYS"
of_5_5='openat2:error=ENOSYS'
of_5_5="$of_5_5 close_range:error=ENOSYS mount_setattr:error=ENOSYS"
cat >"$T/ladder" <<EOT
pidfd_send_signal   pidfd_send_signal:error=ENOSYS
open_tree           open_tree:error=ENOSYS
move_mount          move_mount:error=ENOSYS
fsopen              fsopen:error=ENOSYS
fsconfig            fsconfig:error=ENOSYS
fsmount             fsmount:error=ENOSYS
pidfd_open          pidfd_open:error=ENOSYS
clone3              clone3:error=ENOSYS
openat2             openat2:error=ENOSYS
no-file-handles     openat2:error=ENOSYS name_to_handle_at:error=ENOSYS
setns-by-pidfd      setns:error=EINVAL:when=1
close_range         close_range:error=ENOSYS
mount_setattr       mount_setattr:error=ENOSYS
memfd-before-6.3    fsopen:error=ENOSYS memfd_create:error=EINVAL:when=1
renameat2           renameat2:error=EINVAL
Linux-5.10          mount_setattr:error=ENOSYS
Linux-5.4           $of_5_5 setns:error=EINVAL:when=1
Linux-4.14          $of_5_5 $of_5_1 memfd_create:error=EINVAL:when=1
EOT

# Without close_range every descriptor there could be is closed, each in sight of strace.
# shellcheck disable=SC3045 # dash, ash and bash have it
ulimit -n 128

# Runs a command as on such a kernel; `settled` after its last process has ended.
tracers=0 faults=''
with() {
	tracers=$((tracers + 1))
	pipe=$T/tracer.$tracers trace=$T/trace.$tracers
	mkfifo "$pipe"
	cat "$pipe" >/dev/null &
	tracer=$!
	# shellcheck disable=SC2046 # words
	run strace -D -f -o "$trace" $(options "$1") "$@" </dev/null 5>"$pipe"
}

# The calls of a rung, a line each; and what strace is told.
calls() {
	# shellcheck disable=SC2086 # words
	printf '%s\n' $faults | sed 's/:.*//' | sort
}

options() { # PROGRAM
	printf ' -e trace=%s' "$(calls | paste -sd, -)"
	for fault in $faults; do
		case $fault:${1##*/} in
		none:* | setns:*:lxc-[!a]*) ;; # a start joins no container
		*) printf ' -e inject=%s' "$fault" ;;
		esac
	done
}

settled() {
	wait "$1"
}

# ---- what there is to compare ----

# A program for inside: what a process is and sees.
cat >"$T/facts" <<'EOT'
#!/bin/sh
grep -e ^Uid -e ^Gid -e ^Groups -e ^Cap -e ^NoNew -e ^Secc -e "^Sig[BIC]" \
	-e ^Umask /proc/self/status
# Not by a pipe, which would be one of them.
ls -l /proc/$$/fd >/tmp/fds
sed -n 's/.* \([0-9]* -> .*\)/fd \1/p' /tmp/fds
ls -l /proc/$$/ns /proc/1/ns | sed -n 's/.* -> //p' | sort | uniq -d | sed 's/:.*/ of init/'
[ "$(cut -d' ' -f6 /proc/$$/stat)" = $$ ] && echo 'its own session'
cat /proc/self/cgroup /proc/self/limits
env | sort
id
pwd
hostname
ip -o link | cut -d' ' -f1-3
cd /dev && stat -c '%n %F %t:%T %a %u %g' * pts/*
cat /mnt/*/file 2>&1
exit 7
EOT

# The mounts of PID, in their order: what, where, on which, how.
mounts() {
	awk '{
		for (i = 7; $i != "-"; i++)
			sub(/:.*/, "", $i)
		at[$1] = $5
		above[NR] = $2
		$1 = $2 = $3 = ""
		line[NR] = $0
	}
	END { for (n = 1; n <= NR; n++) print "mount", line[n], "on", at[above[n]] }' \
		"/proc/$1/mountinfo"
}

# All of a running container's init, as the host sees it.
facts() {
	pid=$(init_of "$1")
	mounts "$pid"
	# Not 0 and what a shell keeps of it above 9: its loop reads from elsewhere at times.
	# shellcheck disable=SC2012 # links of the kernel's
	ls -l "/proc/$pid/fd" | sed -n 's/.* \([1-9] -> .*\)/fd \1/p'
	sed -n "s|^flags:|$1 flags|p" "/proc/$pid/fdinfo/"[1-9]
	grep -e ^Uid -e ^Gid -e ^Groups -e ^Cap -e ^NoNew -e ^Secc -e '^Sig[BIC]' -e ^Umask \
		"/proc/$pid/status"
	sed 's/.*) //' "/proc/$pid/stat" | awk -v "pid=$pid" '{ print "session", $4 == pid, $5 }'
	# shellcheck disable=SC2012 # likewise
	ls -l "/proc/$pid/ns" "/proc/self/ns" | sed -n 's/.* -> //p' | sort | uniq -d |
		sed 's/:.*/ of the host/'
	cat "/proc/$pid/uid_map" "/proc/$pid/gid_map" "/proc/$pid/limits" "/proc/$pid/oom_score_adj"
	readlink "/proc/$pid/cwd" "/proc/$pid/root"
	tr '\0' '\n' <"/proc/$pid/environ"
	tr '\0' ' ' <"/proc/$pid/cmdline"
}

# What is made to be looked at: a name and its text; in the first round, what it shall be again.
same() { # FILE WHAT
	if [ ! -e "$T/good/$box/$1" ]; then
		cp "$T/$1" "$T/good/$box/$1"
		ok "$what, $box: $2: there is something" test -s "$T/$1"
		return
	fi
	is "$(cat "$T/$1")" "$(cat "$T/good/$box/$1")" "$what, $box: $2"
}

both() { # the output of the last command, and its status
	cat "$T/tap/out" "$T/tap/err"
	# shellcheck disable=SC2154 # of tap.sh
	echo "status $status"
}

# ---- the containers ----

mkdir -p "$T/src/sub" "$T/plain" "$T/good/full" "$T/good/user" "$T/good/plain"
echo content >"$T/src/file"
mount -t tmpfs -o nosuid,noatime none "$T/src/sub"
echo below >"$T/src/sub/file"
mount -t tmpfs -o noatime,nodiratime none "$T/plain"
echo plain >"$T/plain/file"
mkdir "$T/strict"
mount -t tmpfs -o strictatime,nosuid,nodev none "$T/strict"
echo strict >"$T/strict/file"
mkdir "$T/follow"
mount -t tmpfs -o nosymfollow none "$T/follow" 2>"$T/why" || mount -t tmpfs none "$T/follow"
echo follow >"$T/follow/file"

entries="lxc.mount.entry = $T/src mnt/b none rbind,ro,nodev,create=dir 0 0
lxc.mount.entry = $T/src/sub mnt/c none bind,ro,create=dir 0 0
lxc.mount.entry = $T/strict mnt/d none bind,noexec,create=dir 0 0
lxc.mount.entry = $T/follow mnt/f none bind,ro,create=dir 0 0
lxc.mount.entry = $T/src/file mnt/g/file none bind,ro,create=file 0 0
lxc.mount.entry = $T/src lnk/up/h none rbind,ro,rprivate,create=dir 0 0
lxc.mount.entry = etc mnt/i none bind,relative,ro,create=dir 0 0
lxc.mount.entry = tmpfs mnt/j tmpfs size=64k,mode=700,nosuid,ro,create=dir 0 0
lxc.mount.entry = tmpfs mnt/k tmpfs noatime,nodev,rslave,create=dir 0 0
lxc.mount.entry = tmpfs dangling tmpfs optional,create=dir 0 0
lxc.mount.entry = /nowhere mnt none bind,optional 0 0"
# Without what is mounted below, which an id map does not allow; and other times of access.
free="lxc.mount.entry = $T/src mnt/a none bind,create=dir 0 0
lxc.mount.entry = $T/strict mnt/e none bind,ro,nodiratime,create=dir 0 0
lxc.mount.entry = $T/plain mnt/l none bind,relatime,create=dir 0 0
lxc.mount.entry = $T/plain mnt/m none bind,strictatime,ro,create=dir 0 0
lxc.mount.entry = $T/plain mnt/n none bind,ro,create=dir 0 0
lxc.mount.entry = $T/strict mnt/o none bind,noatime,create=dir 0 0"

box full <<EOT
lxc.uts.name = inner
lxc.mount.auto = proc:mixed sys:mixed cgroup:ro:force
lxc.tty.max = 2
lxc.pty.max = 4
lxc.net.0.type = empty
lxc.net.0.flags = up
lxc.prlimit.core = 0
lxc.environment = A=1
$entries
$free
EOT
box user <<EOT
lxc.uts.name = mapped
lxc.idmap = u 0 100000 65536
lxc.idmap = g 0 100000 65536
lxc.mount.auto = proc:mixed sys:mixed
lxc.tty.max = 1
lxc.pty.max = 4
$entries
EOT
box plain <<EOT
lxc.autodev = 0
lxc.mount.auto = proc:rw sys:ro
lxc.rootfs.mount = $T/mountpoint
lxc.tty.max = 1
lxc.tty.dir = lxc
lxc.cap.keep = chown kill setuid setgid
lxc.no_new_privs = 1
EOT
mkdir "$T/mountpoint" "$(root plain)/dev/pts"
mknod -m 666 "$(root plain)/dev/null" c 1 3
for box in full user plain; do
	cp "$T/facts" "$(root $box)/facts"
	chmod 755 "$(root $box)/facts"
	mkdir -p "$(root $box)/mnt/deep/er"
	# Absolute, and through the top of the root: both stay inside.
	ln -s /../../mnt/deep "$(root $box)/lnk"
	ln -s ../../../../mnt/deep/er "$(root $box)/mnt/deep/up"
	ln -s /nowhere "$(root $box)/dangling"
done
chown -hR 100000:100000 "$(root user)"

# ---- a container's life, as such a kernel lets it be ----

life() { # BOX
	box=$1
	with "$BIN/lxc-start" -P "$P" -n "$box"
	starter=$tracer
	is_status 0 "$what, $box: start -d"
	[ "$status" = 0 ] || return
	read -r _ <"$P/$box/rootfs/ready"
	both | sed "s/[0-9][0-9]* \[/[/" >"$T/said"
	same said 'what it says'
	facts "$box" >"$T/seen"
	same seen 'its init is the same'
	with "$BIN/lxc-attach" -P "$P" -n "$box" -- /facts
	settled "$tracer"
	both >"$T/attached"
	same attached 'attach enters the same'
	with "$BIN/lxc-info" -P "$P" -n "$box"
	settled "$tracer"
	is_out "$(lxc info "$box")" "$what, $box: info"
	with "$BIN/lxc-ls" -P "$P" -f -F name,state,pid,interface
	settled "$tracer"
	is_out "$(lxc ls -f -F name,state,pid,interface)" "$what, $box: ls"
	with "$BIN/lxc-stop" -P "$P" -n "$box"
	settled "$tracer"
	is_status 0 "$what, $box: stop"
	is_quiet "$what, $box: in silence"
	[ "$status" = 0 ] || down "$box"
	settled "$starter"
	with "$BIN/lxc-start" -P "$P" -F -n "$box" -- /facts
	settled "$tracer"
	both >"$T/front"
	same front 'start -F shows the same'
	with "$BIN/lxc-execute" -P "$P" -n "$box" -- /facts
	settled "$tracer"
	both >"$T/executed"
	same executed 'execute runs the same'
	same_as_before "$what, $box: nothing is left"
}

# A terminal of the container's devpts, and where it has none.
mkfifo "$T/silent"
exec 7<>"$T/silent"
terminals() {
	for max in 4 0; do
		up full -l ERROR -s lxc.pty.max=$max
		is "$(script -qec "strace -f -o '$T/trace.tty$max' $(options lxc-attach) \
			'$BIN/lxc-attach' -P '$P' -n full -- \
			sh -c '[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo all </dev/tty; exit 5'
			echo \$?" /dev/null <&7 | tr -d '\r')" "$(printf 'all\n5')" \
			"$what: attach on a terminal (pty.max=$max)"
		down full
	done
}

# From create to destroy: with a tree of links and directories to be removed.
store() {
	with "$BIN/lxc-create" -P "$P" -n new -t busybox
	settled "$tracer"
	is_status 0 "$what: create"
	with "$BIN/lxc-create" -P "$P" -n new -t none
	settled "$tracer"
	is_line1 "lxc-create: new: Container already exists" "$what: create, a second time"
	box=full
	(cd "$P/new" && find . -exec stat -c '%n %F %a %u %g %h' {} + | sort) >"$T/made"
	same made 'what was made is the same'
	ln -s /../../../src "$P/new/rootfs/away"
	with "$BIN/lxc-destroy" -P "$P" -n new
	settled "$tracer"
	is_status 0 "$what: destroy"
	ok "$what: what a link led to is there" test -f "$T/src/file"
	same_as_before "$what: nothing is left of it"
}

# ---- every rung ----

snapshot
while read -r what faults; do
	tracers=0
	rm -f "$T"/trace.* "$T"/tracer.*
	case $what in
	none | Linux-4*)
		life full
		life user
		life plain
		terminals
		;;
	fsopen | setns* | memfd*)
		life user
		terminals
		;;
	clone3 | open*) life user ;;
	pidfd* | close* | no-*) life user ;;
	renameat2) ;; # of create alone
	*) life full ;;
	esac
	case $what in
	none | openat2 | no-file* | renameat2 | Linux-4*) store ;;
	esac
	[ "$what" = none ] && continue
	# Without fsopen and a pidfd nothing comes to ask for more.
	[ "$what" = Linux-4.14 ] && continue
	is "$(cat "$T"/trace.* | sed -n '/(INJECTED)$/s/^[0-9]* *\([a-z0-9_]*\)(.*/\1/p' | sort -u)" \
		"$(calls)" "$what: all of it did fail"
done <<EOT
none none
$(cat "$T/ladder")
EOT

# ---- a descriptor above a limit that was lowered later, which bounds nothing ----

what=close_range faults=close_range:error=ENOSYS
for how in 'lxc-start -F' lxc-execute; do
	if ! command -v bash >/dev/null; then
		skip "$how: no descriptor above the limit goes inside" 'needs bash, to have one'
		continue
	fi
	# shellcheck disable=SC2046,SC2086 # words
	run bash -c 'exec 120<"$0"; ulimit -n 100; exec "$@"' "$BASE/etc/passwd" \
		strace -f -o /dev/null $(options lxc-start) \
		"$BIN/"$how -P "$P" -n full -- sh -c 'ls -l /proc/1/fd /proc/$$/fd'
	is_status 0 "$how: with a descriptor above the limit"
	has_not ' 120 ->' "$how: which does not go inside"
done
same_as_before 'nothing is left'

done_testing
