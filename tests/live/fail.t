#!/bin/sh
# fail.t - every step of a start is made to fail: it is named, and nothing is left.
#
# strace counts the calls of each process by itself. The number of the call to break is looked up in
# the trace of a start that is good; what the supervisor does with its own call of that number must
# not matter, which chose the calls below.
# shellcheck source=../live.sh
. "${0%/*}/../live.sh"

box full <<EOT
lxc.uts.name = inner
lxc.mount.auto = proc:mixed sys:mixed cgroup:ro:force
lxc.mount.entry = ramfs mnt ramfs create=dir 0 0
lxc.tty.max = 1
lxc.pty.max = 4
lxc.net.0.type = empty
lxc.net.0.flags = up
lxc.prlimit.core = 0
EOT
box user <<EOT
lxc.idmap = u 0 100000 65536
lxc.idmap = g 0 100000 65536
EOT
chown -hR 100000:100000 "$(root user)"
snapshot

# ---- the steps, and the calls to break ----

steps_of() {
	lxc start --dry-run "$1" | sed -n 's/^step [0-9]* //p'
}
steps_of full >"$T/steps"
is "$(sed -n 's/^\t{ "\([a-z-]*\)",.*/\1/p' "$tap_top/runtime/child.c" |
	grep -vx -e join-namespaces -e enter-pid-namespace -e become-root)" "$(cat "$T/steps")" \
	'one container has all steps of a start but become-root'
is "$(steps_of user | grep -x become-root)" become-root 'the other has that'

for name in full user; do
	strace -f -o "$T/trace.$name" "$BIN/lxc-start" -P "$P" -F -n $name -- /bin/true >/dev/null 2>&1
	is $? 0 "$name: a good start"
	same_as_before "$name: leaves nothing"
done

# How many calls of CALL a child has made when it makes the one that matches; and how many of them
# the first process makes.
number() { # NAME CALL PATTERN [first|last]
	awk -v call="$2" -v pattern="$3" -v which="${4:-first}" '
		NR == 1 { first = $1 }
		index($2, call "(") != 1 { next }
		{ n[$1]++ }
		$1 != first && $0 ~ pattern { if (!found || which == "last") found = n[$1] }
		END { print found + 0, n[first] + 0 }' "$T/trace.$1"
}

# STEP CALL PATTERN [first|last [ERROR]]. EPERM, where that is not one it has a way around.
cat >"$T/table" <<'EOT'
die-with-parent       prctl       PR_SET_PDEATHSIG
hide                  prctl       PR_SET_DUMPABLE
raise-limits          prlimit64   RLIMIT_CORE
set-limits            prlimit64   RLIMIT_CORE      last
new-cgroup-namespace  unshare     CLONE_NEWCGROUP
detach-mounts         mount       MS_SLAVE
mount-root            open_tree   OPEN_TREE_CLONE
set-host-name         sethostname inner
bring-up-loopback     ioctl       SIOCSIFFLAGS
mount-dev             fsopen      "tmpfs"
mount-proc            fsopen      "proc"
mount-sys             fsopen      "sysfs"
mount-entries         fsopen      "ramfs"
mount-cgroups         fsopen      "cgroup
make-devices          mknodat     "null"           first ENOSPC
make-device-links     symlinkat   stdin
make-terminals        sendmsg     SCM_RIGHTS
set-boot-id           getrandom   .
change-root           pivot_root  .
share-mounts          mount       MS_SHARED
set-working-directory getcwd      .
drop-capabilities     capset      .
set-ids               setresgid   .
set-capabilities      capset      .                last
new-session           setsid      .
set-standard-files    dup2        .
set-parent-signal     prctl       PR_SET_PDEATHSIG last
close-descriptors     close_range .                last
load-seccomp          prctl       PR_SET_SECCOMP
EOT

# Starts NAME with something injected; $1 is the mode, -d or -F, $2 what strace is told.
broken() {
	mode=$1 name=$2
	shift 2
	run timeout -k 1 60 strace -f -o /dev/null "$@" "$BIN/lxc-start" -P "$P" "$mode" -n "$name" \
		-- /bin/true
}

named() { # STEP WHAT: of the last start
	like_line1 "lxc-start: $name: $1: $2" "$1: is named ($mode)"
	is_status 1 "$1: the start fails ($mode)"
	is "$(wc -l <"$T/tap/err")" 1 "$1: in one line ($mode)"
	same_as_before "$1: and leaves nothing ($mode)"
	echo "$1" >>"$T/broken"
}

while read -r step call pattern which error; do
	# shellcheck disable=SC2046 # two numbers
	set -- $(number full "$call" "$pattern" "$which")
	n=$1 ours=$2
	if [ "$n" = 0 ]; then
		is "$n" 'some number' "$step: a call $call with $pattern is in the trace"
		continue
	fi
	for mode in -d -F; do
		broken "$mode" full -e "trace=$call" -e "inject=$call:error=${error:-EPERM}:when=$n"
		named "$step" '*'
	done
	[ "$ours" -lt "$n" ] || continue # or it would be killed itself
	broken -F full -e "trace=$call" -e "inject=$call:signal=KILL:when=$n"
	like_line1 "lxc-start: full: $step: killed by signal 9" "$step: is named when it is killed"
	same_as_before "$step: which leaves nothing"
done <"$T/table"

# ---- those that need something else ----

for mode in -d -F; do
	# Its first call has the number of one of the supervisor's; the twelfth has not.
	broken "$mode" full -e trace=rt_sigaction -e inject=rt_sigaction:signal=KILL:when=12
	named reset-signals 'killed by signal 9'

	# The first read(2) of lxc-start is of the configuration, which then is empty.
	run timeout -k 1 60 strace -f -o /dev/null -e trace=read -e inject=read:retval=0:when=1 \
		"$BIN/lxc-start" -P "$P" "$mode" -n full -s "lxc.rootfs.path=$(root full)" -- /bin/true
	name=full
	named wait-for-parent 'the supervisor ended before the container began'

	# Only calls with this path.
	broken "$mode" full -P "$(root full)" -e 'trace=?open,openat' \
		-e 'inject=?open,openat:error=EPERM'
	named open-root "$P/full/config:1: open the root file system $(root full): *"

	broken "$mode" user -e trace=setresgid -e inject=setresgid:error=EPERM:when=1
	named become-root 'become group 0 of the user namespace: Operation not permitted*'

	broken "$mode" full -e trace=execve -e inject=execve:error=EPERM:when=1
	named exec 'run /bin/true: Operation not permitted'
done
is "$(sort -u "$T/broken")" "$(echo become-root | sort -u - "$T/steps")" 'no step was left out'

# ---- a call there is no way around, in words ----

broken -F full -e trace=sethostname -e inject=sethostname:error=ENOMEM
like_line1 "lxc-start: full: set-host-name: $P/full/config:2: set the host name inner: Out of memory" \
	'the line of the configuration that asked for it, and the error in words'
broken -F full -e trace=mount_setattr -e inject=mount_setattr:error=EIO:when=1
like_line1 'lxc-start: full: mount-*: *: I/O error*' 'a flag that cannot be set'
same_as_before 'leaves nothing'
n=$(number full fsconfig FSCONFIG_CMD_CREATE last)
broken -F full -e trace=fsconfig -e "inject=fsconfig:error=EBUSY:when=${n% *}"
like_line1 'lxc-start: full: *: Resource busy*' 'a file system that cannot be made'
same_as_before 'leaves nothing'

# ---- the same for attach ----

up full -s lxc.mount.auto= -s lxc.mount.auto=proc
snapshot
while read -r step call pattern which options; do
	# shellcheck disable=SC2086 # words
	run strace -f -o "$T/trace.full" "$BIN/lxc-attach" -P "$P" -n full $options -- /bin/true
	is_status 0 "attach: $step: a good one"
	n=$(number full "$call" "$pattern" "$which")
	# shellcheck disable=SC2086 # words
	run timeout -k 1 60 strace -f -o /dev/null -e "trace=$call" \
		-e "inject=$call:error=EPERM:when=${n% *}" \
		"$BIN/lxc-attach" -P "$P" -n full $options -- /bin/true
	like_line1 "lxc-attach: full: $step: *" "attach: $step: is named"
	is_status 1 "attach: $step: fails"
	same_as_before "attach: $step: leaves nothing"
done <<'EOT'
raise-limits          prlimit64   RLIMIT_CORE      first
join-namespaces       setns       CLONE_NEW        first
set-working-directory getcwd      .                first
drop-capabilities     capset      .                first
set-ids               setresgid   .                first
set-capabilities      capset      .                last
new-session           setsid      .                first
load-seccomp          prctl       PR_SET_SECCOMP   first -eCAP
EOT
down full

done_testing
