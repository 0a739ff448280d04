#!/bin/sh
# life.t - containers of each template, from create to destroy, by every command on the way.
# shellcheck source=../live.sh
. "${0%/*}/../live.sh"

snapshot

# What must hold of any container: $1 is its name, "$2..." a command in it that prints 4711.
life() {
	name=$1
	shift
	run lxc info "$name"
	is_out "$(printf 'Name:           %s\nState:          STOPPED' "$name")" "$name: is stopped"
	run lxc start "$name"
	is_status 0 "$name: start"
	is_quiet "$name: in silence"
	run lxc info "$name" -sH
	is_out RUNNING "$name: it runs"
	run lxc info "$name" -pH
	pid=$(cat "$T/tap/out")
	ok "$name: its init is there" test -d "/proc/$pid"
	is "$(readlink "/proc/$pid/root")" / "$name: with a root of its own"
	run lxc info "$name"
	is_out "$(printf 'Name:           %s\nState:          RUNNING\nPID:            %s' "$name" \
		"$pid")" "$name: info, whole"
	run lxc ls --running -1
	is_out "$name" "$name: is listed as running"
	run lxc ls --active -1
	is_out "$name" "$name: as active"
	run lxc ls --stopped -1 "^$name\$"
	is_out '' "$name: not as stopped"
	run lxc ls -f -F name,state,pid,unprivileged "^$name\$"
	is "$(sed -n 2p "$T/tap/out")" "$(printf '%-4s RUNNING %s false        ' "$name" "$pid")" \
		"$name: in a table"
	run lxc attach "$name" -- "$@"
	is_status 0 "$name: attach"
	is_out 4711 "$name: the command runs inside"
	run lxc start "$name"
	is_status 0 "$name: a second start"
	like_line1 "lxc-start: $name: *already running*" "$name: says that it runs"
	run lxc execute "$name" -- "$@"
	is_status 1 "$name: execute while it runs"
	run lxc create -n "$name" -t none
	is_status 1 "$name: create"
	run lxc destroy "$name"
	is_status 1 "$name: destroy"
	like_line1 "lxc-destroy: $name: $name is running*" "$name: says that it runs"
	is "$(init_of "$name")" "$pid" "$name: it still runs"
	run lxc stop "$name"
	is_status 0 "$name: stop"
	is_quiet "$name: in silence"
	not_ok "$name: its init is gone" test -d "/proc/$pid"
	run lxc info "$name" -sH
	is_out STOPPED "$name: it is stopped"
	is "$(find "$LXC_RUNTIME_DIR" -mindepth 1)" '' "$name: no run-time state is left"
	run lxc stop "$name"
	is_status 2 "$name: a second stop"
	run lxc destroy "$name"
	is_status 0 "$name: destroy"
	not_ok "$name: nothing of it is left" test -e "$P/$name"
	same_as_before "$name: nor of its life"
}

# ---- the templates ----

run lxc create -n tin -t tiny
is_status 0 'tiny: create'
life tin lua -e 'print(4700 + 11)'

run lxc create -n bus -t busybox
is_status 0 'busybox: create'
life bus expr 4700 + 11

run lxc create -n non -t none
is_status 0 'none: create'
echo 'lxc.init.cmd = /bin/busybox sleep 100000' >"$P/non/config"
busybox=$(command -v busybox)
echo "lxc.init.cmd = $busybox sh -c 'trap exit PWR; while :; do sleep 9 & wait; done'" \
	>"$P/non/config"
run lxc start non
is_status 0 'none: without a root of its own it sees the files of the host'
run lxc attach non -- "$busybox" cat "$T/base/etc/passwd"
is_out 'root:x:0:0:root:/root:/bin/sh' 'none: which are these'
down non
lxc destroy non
same_as_before 'none: nothing is left'

# ---- start: its options ----

box c1 <<EOT
lxc.uts.name = first
lxc.group = one
EOT
snapshot
run lxc start c1 -p "$T/pid"
is_status 0 'start with a pid file'
is "$(cat "$T/pid")" "$(monitor_of c1)" 'it has the pid of the supervisor'
is "$(stat -c %a "$T/pid")" 600 'and is 0600'
like "$(tr '\0' ' ' <"/proc/$(monitor_of c1)/cmdline")" "?lxc monitor? $P c1*" \
	'which ps shows as the supervisor of this container'
is "$(readlink "/proc/$(monitor_of c1)/cwd")" / 'whose directory is /'
down c1
not_ok 'the pid file goes with the container' test -e "$T/pid"
printf 'lxc.rootfs.path = %s\nlxc.uts.name = second\n' "$(root c1)" >"$T/rc"
run up c1 -f "$T/rc"
is_status 0 'start with another configuration'
is "$(lxc attach c1 -- hostname)" second 'is started by it'
is "$(lxc info c1 -Hc lxc.uts.name)" second 'which is what info says, while it runs'
down c1
is "$(lxc info c1 -Hc lxc.uts.name)" first 'and its own when it has stopped'
run up c1 -s lxc.uts.name=third -s lxc.group=two
is_status 0 'start with -s'
is "$(lxc attach c1 -- hostname)" third 'overrides'
run lxc ls -1 -g two
is_out c1 'for ls, too'
run lxc ls -1 -g three
is_out '' 'which other groups it is not in'
down c1
run lxc start c1 -F -- /bin/sh -c 'printf "<%s>" "$@" >/said' sh 'a b' '' c
is_status 0 'start with a command instead of the init'
is "$(cat "$(root c1)/said")" '<a b><><c>' 'which gets its words as they are'
run lxc start c1 -F -- /bin/sh -c 'exit 3'
is_status 0 'in front: 0, whatever the init returned'
is_quiet 'in silence'
run lxc start c1 -F -- /bin/sh -c 'kill -9 $$; exit 3'
is_status 0 'also when it fails'
run lxc start c1 -F -- /bin/nothing
is_status 1 'but not without an init'
is_line1 'lxc-start: c1: exec: run /bin/nothing: No such file or directory' 'which is said'
run lxc start c1 -d -- /bin/nothing
is_status 1 'in the background'
is_line1 'lxc-start: c1: exec: run /bin/nothing: No such file or directory' 'the same'
run lxc start c1 -d -- /etc/passwd
is_line1 'lxc-start: c1: exec: run /etc/passwd: Permission denied' 'an init that may not be run'
run lxc start c1 -s "lxc.rootfs.path=$T/none"
is_line1 "lxc-start: c1: open-root: --define: open the root file system $T/none: No such file or directory" \
	'a root there is not, and where it was asked for'
same_as_before 'nothing of all that is left'

# Files are where they were named, though the supervisor has another working directory.
(cd "$T" && lxc start c1 -p a.pid -L a.log -c a.console -- sh -c 'echo here; exec cat /never')
is $? 0 'start with files by relative names'
ok 'the pid file' test -s "$T/a.pid"
ok 'the console log' test -e "$T/a.log"
ok "the console's file" test -e "$T/a.console"
not_ok 'and nothing in /' test -e /a.pid -o -e /a.log -o -e /a.console
lxc stop c1 -k
echo mine >"$T/keep"
mkdir "$LXC_RUNTIME_DIR.full" && mount -t tmpfs -o nr_inodes=4 none "$LXC_RUNTIME_DIR.full"
LXC_RUNTIME_DIR=$LXC_RUNTIME_DIR.full run lxc start c1 -p "$T/keep"
is_status 1 'a start that fails before there is a pid'
is "$(cat "$T/keep")" mine 'leaves the file of that name alone'
umount "$LXC_RUNTIME_DIR.full" && rmdir "$LXC_RUNTIME_DIR.full"
run lxc start c1 -o "$T/once.log" -- /bin/nothing
is "$(grep -c 'run /bin/nothing' "$T/once.log")" 1 'what failed is in the log once'

# ---- one container, by whatever path ----

ln -s lxc "$T/link"
run up c1
for path in ./lxc lxc/. ../"${T##*/}"/lxc link; do
	is "$(cd "$T" && "$BIN/lxc-info" -P "$path" c1 -sH)" RUNNING "-P $path: the same container"
done
(cd "$T" && "$BIN/lxc-destroy" -P link c1 2>"$T/tap/err")
is $? 1 'which is not destroyed while it runs'
is_line1 'lxc-destroy: c1: c1 is running (-f ends it first)' 'which is said'
lxc stop c1 -k

# ---- several, in a table ----

box a <<EOT
lxc.start.auto = 1
lxc.group = x y
EOT
box b
box z <<EOT
lxc.idmap = u 0 100000 65536
lxc.idmap = g 0 100000 65536
EOT
chown -hR 100000:100000 "$(root z)"
chmod 711 "$P/z"
run up a
is_status 0 'one'
run up z
is_status 0 'one with an id map'
lxc start -n hidden -f "$T/rc" -- sleep 100000
run lxc ls
is_out "$(printf 'a     \nb     \nc1    \nhidden\nz     ')" \
	'ls: also one that only runs, each as wide as the longest'
run lxc ls -1 --defined
is_out "$(printf 'a\nb\nc1\nz')" '--defined: not that one'
run lxc ls -1 --running
is_out "$(printf 'a\nhidden\nz')" '--running'
run lxc ls -1 --stopped
is_out "$(printf 'b\nc1')" '--stopped'
run lxc ls -1 --frozen
is_out '' '--frozen'
run lxc ls -1 --running --stopped
is_out "$(printf 'a\nb\nc1\nhidden\nz')" 'two filters add up'
run lxc ls -f -F name,state,autostart,groups,unprivileged,interface
is_out "NAME   STATE   AUTOSTART GROUPS UNPRIVILEGED INTERFACE 
a      RUNNING 1         x,y    false        lo        
b      STOPPED 0         -      false        -         
c1     STOPPED 0         one    false        -         
hidden RUNNING 0         -      false        lo        
z      RUNNING 0         -      true         lo        " 'a table'
run lxc ls -f
is "$(sed -n 1p "$T/tap/out")" 'NAME   STATE   AUTOSTART GROUPS IPV4 IPV6 UNPRIVILEGED ' \
	'its usual columns'
run lxc attach a -- sh -c 'ip addr add 10.9.8.7/24 dev lo
	{ ip link add d0 type dummy || ip link add d0 type bridge; } &&
	ip addr add 192.0.2.5/24 dev d0 && ip addr add 2001:db8::5/64 dev d0'
if [ "$status" = 0 ]; then
	run lxc ls -f -F name,ipv4,ipv6,interface '^a$'
	is "$(sed -n 2p "$T/tap/out")" 'a    192.0.2.5 2001:db8::5 lo, d0    ' 'addresses'
	run lxc info a -i
	is_out "$(printf 'IP:             192.0.2.5\nIP:             2001:db8::5')" 'in info'
	run lxc info a -iH
	is_out "$(printf '192.0.2.5\n2001:db8::5')" 'alone'
else
	skip 'addresses' 'no interface of the kinds dummy and bridge here'
fi
cols=$(script -qec "stty cols 20; '$BIN/lxc-ls' -P '$P'" /dev/null | tr -d '\r')
is "$cols" "$(printf 'a      b     \nc1     hidden\nz     ')" 'on a terminal: as many as fit'
for name in a z hidden; do
	down "$name"
done
is "$(lxc ls -1 --running)" '' 'and all are stopped'

# ---- destroy of a running one ----

run up a
follow a
pid=$(init_of a)
run lxc destroy a -f
is_status 0 'destroy -f of a running one'
ended
not_ok 'ends it' test -d "/proc/$pid"
not_ok 'and removes it' test -e "$P/a"

done_testing
