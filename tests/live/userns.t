#!/bin/sh
# userns.t - containers with an id map, and containers in the foreground, as seen from inside.
# shellcheck disable=SC2016 # what is in quotes is for the shells inside
# shellcheck source=../live.sh
. "${0%/*}/../live.sh"

inside() {
	lxc attach -n "$@"
}

# ---- an id map; what is above the root is closed to everybody but the host's root ----

box u1 <<EOT
lxc.uts.name = mapped
lxc.idmap = u 0 100000 1000
lxc.idmap = g 0 200000 1000
lxc.idmap = u 1000 150000 1
lxc.mount.auto = proc:mixed sys:mixed
lxc.mount.entry = tmpfs mnt tmpfs create=dir 0 0
lxc.tty.max = 1
lxc.pty.max = 4
EOT
chown -hR 100000:200000 "$(root u1)"
chmod 700 "$P/u1" "$P"
snapshot
run up u1
is_status 0 'start, with a root file system below a directory that is 0700 and of root'
is_quiet 'in silence'
pid=$(init_of u1)
is "$(tr -s ' ' <"/proc/$pid/uid_map")" "$(printf ' 0 100000 1000\n 1000 150000 1')" 'the user map'
is "$(tr -s ' ' <"/proc/$pid/gid_map")" ' 0 200000 1000' 'the group map'
not_ok 'a user namespace' test "$(readlink "/proc/$pid/ns/user")" = "$(readlink /proc/self/ns/user)"
is "$(stat -c '%u %g' "/proc/$pid")" '100000 200000' 'the init is user 100000 of the host'
is "$(inside u1 -- id)" 'uid=0(root) gid=0(root)' 'and root inside'
is "$(inside u1 -- hostname)" mapped 'with a host name'
full=$(printf %016x $(((1 << ($(cat /proc/sys/kernel/cap_last_cap) + 1)) - 1)))
is "$(sed -n 's/^CapEff:.//p' "/proc/$pid/status")" "$full" 'all capabilities, in its namespace'
is "$(inside u1 -- sed -n 's/^CapEff:.//p' /proc/self/status)" "$full" 'attached, too'
is "$(inside u1 -- sh -c 'cd /dev; stat -c "%n %t:%T %u" null zero full random urandom tty' | sort -u)" \
	"$(printf '%s\n' 'full 1:7 65534' 'null 1:3 65534' 'random 1:8 65534' 'tty 5:0 65534' \
		'urandom 1:9 65534' 'zero 1:5 65534')" 'devices are those of the host, bound'
run inside u1 -- sh -c 'echo x >/dev/null && head -c 3 /dev/zero | od -An -tx1'
is_out ' 00 00 00' 'and work'
is "$(inside u1 -- stat -c '%a %u %t:%T' /dev/console /dev/tty1 | sort -u)" \
	"$(printf '620 0 88:0\n620 0 88:1')" 'console and terminal are of its root'
is "$(inside u1 -- stat -c '%a %t:%T' /dev/ptmx)" '666 5:2' 'ptmx'
is "$(awk '$5 == "/dev/pts" { print $NF }' "/proc/$pid/mountinfo" | grep -o 'gid=[0-9]*')" gid=200005 \
	'terminals are of group 5'
is "$(awk '{ for (i = 7; $i != "-"; i++); print $5, $6, $(i + 1) }' "/proc/$pid/mountinfo" |
	grep -e ' /proc' -e '^/proc' -e '^/sys' -e '^/mnt' | grep -v -e sysrq | sort)" \
	'/mnt rw,relatime tmpfs
/proc rw,nosuid,nodev,noexec,relatime proc
/proc/sys ro,nosuid,nodev,noexec,relatime proc
/proc/sys/kernel/random/boot_id ro,nosuid,nodev,noexec,relatime tmpfs
/proc/sys/net rw,nosuid,nodev,noexec,relatime proc
/sys ro,nosuid,nodev,noexec,relatime sysfs
/sys/devices/virtual/net rw,nosuid,nodev,noexec,relatime sysfs' 'mounts'
run inside u1 -- touch /made
is_status 0 'its root can write'
is "$(stat -c '%u %g' "$(root u1)/made")" '100000 200000' 'to files of its own'
run inside u1 -- mknod /made2 c 1 3
is_status 1 'but make no device'
run inside u1 -- cat /proc/1/environ
is_status 0 'it can look at its init'
run inside u1 -u 1000 -g 5 -- id
is_out 'uid=1000 gid=5' 'attach as another mapped user'
run inside u1 -u 5000 -- id
is_status 1 'not as one that is not mapped'
like_line1 'lxc-attach: u1: set-ids: become user 5000: Invalid argument*' 'which is said'
run inside u1 -- sh -c 'exit 7'
is_status 7 'exit statuses'
run inside u1 -- nothing
is_status 127 'as without a map'
mkfifo "$T/silent"
exec 7<>"$T/silent"
is "$(script -qec "'$BIN/lxc-attach' -P '$P' -n u1 -- tty" /dev/null <&7 | tr -d '\r' | grep -c /dev/pts/)" \
	1 'a terminal of its own'
like "$(lxc ls -f -F name,unprivileged | tail -n 1)" 'u1*true*' 'it is unprivileged'
down u1
run lxc execute u1 -- sh -c 'id -u; cat /proc/1/comm; exit 9'
is_status 9 'execute: its status'
is_out "$(printf '0\nlxc-init')" 'our init needs no file of the container here, either'
same_as_before 'nothing is left'

run up u1 -s lxc.idmap= -s 'lxc.idmap=u 0 100000 3' -s 'lxc.idmap=g 0 200000 3'
is_status 0 'a map without group 5'
is "$(awk '$5 == "/dev/pts" { print $NF }' "/proc/$(init_of u1)/mountinfo")" \
	'rw,mode=620,ptmxmode=666,max=6' 'terminals are of nobody special'
down u1
run up u1 -s lxc.net.0.type=none -s lxc.mount.auto= -s lxc.mount.auto=proc
is_status 0 'the network of the host'
down u1
run lxc start u1 -s lxc.net.0.type=none
is_status 1 'but then no /sys, which would be that of the host'
like_line1 'lxc-start: u1: mount-sys: *: Operation not permitted*' 'which is said'
run lxc start u1 -s lxc.init.uid=4000
like_line1 'lxc-start: u1: set-ids: become user 4000: Invalid argument*' \
	'an init that is not mapped'
mkdir "$T/mountpoint"
run up u1 -s "lxc.rootfs.mount=$T/mountpoint"
is_status 0 'lxc.rootfs.mount'
is "$(find "$T/mountpoint")" "$T/mountpoint" 'where the host sees nothing'
is "$(inside u1 -- ls /made)" /made 'and the container its root'
down u1
chmod 700 "$(root u1)/bin"
chown 0:0 "$(root u1)/bin"
run lxc start u1
is_status 1 'a root that is not of the mapped root'
like_line1 'lxc-start: u1: exec: run /sbin/init: Permission denied*' 'is said'
same_as_before 'nothing is left'

# ---- in the foreground ----

chmod 755 "$P"
box f1 <<EOT
lxc.mount.auto = proc
lxc.pty.max = 2
lxc.environment = A=1
EOT
snapshot
in_front() {
	lxc start -F -n f1 "$@"
}
cat >"$(root f1)/facts" <<'EOT'
#!/bin/sh
echo "args $0 $*"
echo "ids $(id -u) $(id -g)"
echo "tty $(tty)"
echo "mode $(stat -c %a /dev/console)"
for fd in 0 1 2; do echo "fd $fd $(readlink /proc/1/fd/$fd)"; done
echo "environment" $(tr '\0' ' ' </proc/1/environ)
echo "stat" $(sed 's/.*) //' /proc/1/stat | cut -d' ' -f2-5)
echo "pwd $(pwd)"
echo err >&2
EOT
chmod 755 "$(root f1)/facts"
in_front -- /facts a 'b c' >"$T/out" 2>"$T/err"
is $? 0 'in front, without a terminal'
is "$(cat "$T/out")" 'args /facts a b c
ids 0 0
tty /dev/pts/0
mode 600
fd 0 /dev/pts/0
fd 1 /dev/pts/0
fd 2 /dev/pts/0
environment container=lxc A=1
stat 0 1 1 0
pwd /
err' 'standard files are the console, not the controlling terminal; a file gets plain lines'
is "$(cat "$T/err")" '' 'standard error is ours alone'
bad=0
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	in_front -- printf 'a\nb\n' >"$T/out"
	[ "$(od -An -c <"$T/out" | tr -d ' ')" = 'a\nb\n' ] || bad=$((bad + 1))
done
is "$bad" 0 'also from the first line on, twenty times'
is "$(in_front -- seq 50000 | md5sum)" "$(seq 50000 | md5sum)" 'all of the output arrives'
is "$(in_front -- seq 100000 | head -n 3 | tail -n 1)" 3 'a reader that goes away is no harm'
is "$(echo input | in_front -- sh -c 'echo no; exit')" no 'what is no terminal is not read'
front_tty() {
	script -qec "${2-true}; '$BIN/lxc-start' -P '$P' -F -n f1 -- $1; echo status \$?" /dev/null <&7 |
		tr -d '\r'
}
is "$(front_tty 'stty size' 'stty rows 33 cols 44')" "$(printf '33 44\nstatus 0')" \
	'on a terminal: its size is there from the first moment'
is "$(front_tty 'sh -c "exec 3</dev/tty"' | grep -c 'No such device or address')" 1 \
	'not the controlling one, even then'
is "$(front_tty 'seq 20000' | sed '$d' | md5sum)" "$(seq 20000 | md5sum)" 'all of the output'
mkfifo "$T/keys"
exec 6<>"$T/keys"
echo 'typed words' >&6
script -qec "'$BIN/lxc-start' -P '$P' -F f1 -- sh -c 'read -r x; echo got \$x >/typed'" /dev/null \
	<&6 >/dev/null
is "$(cat "$(root f1)/typed")" 'got typed words' 'what is typed arrives'
before=$(script -qec 'stty -g' /dev/null <&7)
after=$(script -qec "'$BIN/lxc-start' -P '$P' -F -n f1 -- true; stty -g" /dev/null <&7)
is "$after" "$before" 'the terminal has its modes back in the end'
after=$(script -qec "'$BIN/lxc-start' -P '$P' -F -n f1 -- /none 2>/dev/null; stty -g" /dev/null <&7)
is "$after" "$before" 'also after a start that failed'
run in_front -s lxc.console.path=none -- sh -c 'readlink /proc/1/fd/0 >/said'
is "$(cat "$(root f1)/said")" /dev/null 'no console: /dev/null'
run in_front -c "$T/console.out" -- sh -c 'echo to the console'
is "$(tr -d '\r' <"$T/console.out")" 'to the console' '-c FILE'
is_out '' 'and not here'
is "$(stat -c %a "$T/console.out")" 600 'which is made 0600'
run in_front -s "lxc.mount.entry=/nowhere mnt none bind,optional,create=dir 0 0" -- true
is_status 0 'an optional mount that fails'
has_err 'skipped an optional mount' 'is said'
same_as_before 'nothing is left'

# ---- no root file system of its own ----

mkdir "$P/n1"
echo 'lxc.uts.name = none' >"$P/n1/config"
busybox=$(command -v busybox)
snapshot
run lxc start -F n1 -- "$busybox" sh -c "hostname >'$T/name'; mount -t tmpfs none '$T/mountpoint' &&
	touch '$T/mountpoint/x'; echo \$\$ >>'$T/name'"
is_status 0 'no rootfs: start'
is "$(cat "$T/name")" "$(printf 'none\n1')" 'no rootfs: a host name and pids of its own'
is "$(find "$T/mountpoint")" "$T/mountpoint" 'no rootfs: mounts of its own'
run lxc execute n1 -- "$busybox" sh -c 'exit 5'
is_status 5 'no rootfs: execute'
same_as_before 'no rootfs: nothing is left'

done_testing
