#!/bin/sh
# inside.t - what a container looks like from inside, for several configurations.
# shellcheck disable=SC2016 # what is in quotes is for the shells inside
# shellcheck source=../live.sh
. "${0%/*}/../live.sh"

# The mounts of a container's init, without numbers: "POINT FLAGS TYPE ROOT".
mounts() {
	awk '{ for (i = 7; $i != "-"; i++); print $5, $6, $(i + 1) }' "/proc/$(init_of "$1")/mountinfo" |
		sort
}

status_of() { # NAME FIELD
	sed -n "s/^$2:[[:blank:]]*//p" "/proc/$(init_of "$1")/status" | tr '\t' ' '
}

inside() {
	lxc attach -n "$@"
}

# The same container with an init that opens nothing.
asleep() {
	lxc start -n "$@" -- sleep 100000
}

rootfs=$(awk -v "t=$T" '$5 == t { for (i = 7; $i != "-"; i++); print $6, $(i + 1) }' \
	/proc/self/mountinfo)
hostname outer

# ---- all that is usual, in the background ----

box full <<EOT
lxc.uts.name = inner
lxc.mount.auto = proc:mixed sys:mixed
lxc.tty.max = 2
lxc.pty.max = 4
lxc.environment = A=1
lxc.environment = B=two words
EOT
run up full
is_status 0 'full: start'
pid=$(init_of full)

sysrq=''
[ ! -e /proc/sysrq-trigger ] || sysrq='/proc/sysrq-trigger ro,nosuid,nodev,noexec,relatime proc
'
is "$(mounts full)" "$(printf '%s\n' "/ $rootfs
/dev rw,relatime tmpfs
/dev/console rw,nosuid,noexec,relatime devpts
/dev/ptmx rw,nosuid,noexec,relatime devpts
/dev/pts rw,nosuid,noexec,relatime devpts
/dev/tty1 rw,nosuid,noexec,relatime devpts
/dev/tty2 rw,nosuid,noexec,relatime devpts
/proc rw,nosuid,nodev,noexec,relatime proc
/proc/sys ro,nosuid,nodev,noexec,relatime proc
/proc/sys/kernel/random/boot_id ro,nosuid,nodev,noexec,relatime tmpfs
/proc/sys/net rw,nosuid,nodev,noexec,relatime proc
$sysrq/sys ro,nosuid,nodev,noexec,relatime sysfs
/sys/devices/virtual/net rw,nosuid,nodev,noexec,relatime sysfs" | sort)" \
	'full: these are all the mounts there are, and their flags'
is "$(awk '$5 == "/dev" { print $NF }' "/proc/$pid/mountinfo" | grep -o 'size=[0-9k]*,mode=[0-9]*')" \
	'size=492k,mode=755' 'full: the size and mode of /dev'
is "$(awk '$5 == "/dev/pts" { print $NF }' "/proc/$pid/mountinfo")" \
	'rw,gid=5,mode=620,ptmxmode=666,max=7' 'full: the options of devpts'
is "$(grep -c 'shared:' "/proc/$pid/mountinfo")" "$(wc -l <"/proc/$pid/mountinfo")" \
	'full: all shared with namespaces made inside'
is "$(grep -o 'master:[0-9]*' "/proc/$pid/mountinfo")" '' 'full: and with nothing outside'

is "$(inside full -- sh -c 'cd /dev; stat -c "%n %F %t:%T %a %u" full null ptmx random tty urandom zero')" \
	'full character special file 1:7 666 0
null character special file 1:3 666 0
ptmx character special file 5:2 666 0
random character special file 1:8 666 0
tty character special file 5:0 666 0
urandom character special file 1:9 666 0
zero character special file 1:5 666 0' 'full: the devices'
is "$(inside full -- sh -c 'cd /dev; for f in console tty1 tty2; do stat -c "%n %t:%T %a %u" $f; done')" \
	'console 88:0 620 0
tty1 88:1 620 0
tty2 88:2 620 0' 'full: console and terminals'
is "$(inside full -- sh -c 'cd /dev; for f in fd stdin stdout stderr; do readlink $f; done')" \
	'/proc/self/fd
/proc/self/fd/0
/proc/self/fd/1
/proc/self/fd/2' 'full: links'
is "$(inside full -- sh -c 'cd /dev; echo $(ls -A)')" \
	'.lxc-boot-id console fd full null ptmx pts random stderr stdin stdout tty tty1 tty2 urandom zero' \
	'full: and no more'
is "$(inside full -- ls /dev/pts)" "$(printf '0\n1\n2\nptmx')" 'full: the devpts is its own'
like "$(inside full -- cat /proc/sys/kernel/random/boot_id)" \
	'????????-????-4???-[89ab]???-????????????' 'full: a boot id'
not_ok 'full: which is not that of the host' test \
	"$(inside full -- cat /proc/sys/kernel/random/boot_id)" = \
	"$(cat /proc/sys/kernel/random/boot_id)"

# Of the init, as the host sees it.
is "$(tr '\0' '\n' <"/proc/$pid/environ" | sort)" \
	"$(printf 'A=1\nB=two words\ncontainer=lxc\ncontainer_ttys=pts/1 pts/2')" \
	'full: the environment of the init'
is "$(readlink "/proc/$pid/cwd")" / 'full: its working directory'
is "$(inside full -- readlink /proc/1/root)" / 'full: its root'
is "$(status_of full Umask)" 0022 'full: umask'
is "$(status_of full Uid) $(status_of full Gid) $(status_of full Groups)" '0 0 0 0 0 0 0 0 ' \
	'full: ids, no groups'
is "$(status_of full NSpid)" "$pid 1" 'full: it is process 1'
is "$(inside full -- sh -c 'sed "s/.*) //" /proc/1/stat | cut -d" " -f2-5')" '0 1 1 0' \
	'full: it leads a session of its own, without a terminal'
is "$(status_of full CapInh) $(status_of full CapAmb)" '0000000000000000 0000000000000000' \
	'full: no inheritable, no ambient capabilities'
is "$(status_of full Seccomp)" 2 'full: a filter'
is "$(status_of full NoNewPrivs)" 0 'full: no no_new_privs'
for n in mnt pid uts ipc net cgroup; do
	not_ok "full: a $n namespace of its own" test "$(readlink "/proc/$pid/ns/$n")" = \
		"$(readlink "/proc/self/ns/$n")"
done
for n in user time; do
	is "$(readlink "/proc/$pid/ns/$n")" "$(readlink "/proc/self/ns/$n")" "full: no $n namespace"
done
is "$(inside full -- hostname)" inner 'full: host name'
is "$(hostname)" outer 'full: that of the host is as it was'
is "$(inside full -- sh -c 'ip -o link | cut -d" " -f1-3; ip -o addr')" '1: lo: <LOOPBACK>' \
	'full: lo, down, and no address'
is "$(inside full -- cat /proc/self/cgroup | cut -d: -f3 | sort -u)" / \
	'full: its groups are the roots of the hierarchies'
is "$(inside full -- sh -c 'for p in /proc/[0-9]*; do read -r c <$p/comm; echo $c; done')" \
	"$(printf 'init\nsh')" 'full: no other process'
is "$(inside full -- sh -c 'find / -xdev -path "*lxcbox*" 2>/dev/null')" '' \
	'full: nothing of the host can be found'
run inside full -- sh -c 'echo 1 >/proc/sys/kernel/panic'
has_err 'Read-only file system' 'full: /proc/sys is read-only'
run inside full -- sh -c 'cat /proc/sys/net/ipv4/ip_forward >/dev/null; echo 1 >/proc/sys/net/ipv4/ip_forward'
is_status 0 'full: /proc/sys/net is not'
run inside full -- sh -c 'ls /sys/class/net'
is_out lo 'full: /sys is that of its network'
run inside full -- mkdir /sys/x
is_status 1 'full: and read-only'
down full
asleep full
pid=$(init_of full)
is "$(ls "/proc/$pid/fd")" "$(printf '0\n1\n2')" 'full: no descriptor but the standard files'
for fd in 0 1 2; do
	is "$(readlink "/proc/$pid/fd/$fd")" /dev/pts/0 "full: $fd is the console"
done
is "$(status_of full SigBlk) $(status_of full SigIgn)" '0000000000000000 0000000000000000' \
	'full: no signal blocked or ignored'
down full

# ---- as little as can be ----

box bare
run up bare
is_status 0 'bare: start'
pid=$(init_of bare)
is "$(mounts bare)" "/ $rootfs
/dev rw,relatime tmpfs
/dev/console rw,nosuid,noexec,relatime devpts" 'bare: the mounts'
is "$(inside bare -- sh -c 'echo /proc/* /sys/* /dev/pts/*')" '/proc/* /sys/* /dev/pts/*' \
	'bare: /proc, /sys and /dev/pts are empty'
is "$(inside bare -- sh -c 'cd /dev; echo $(ls -A)')" \
	'console fd full null pts random stderr stdin stdout tty urandom zero' \
	'bare: no ptmx, no terminals'
is "$(tr '\0' '\n' <"/proc/$pid/environ")" container=lxc 'bare: the environment of the init'
is "$(inside bare -- hostname)" outer 'bare: the name of the host'
down bare
asleep bare
pid=$(init_of bare)
is "$(ls "/proc/$pid/fd")" "$(printf '0\n1\n2')" 'bare: no descriptor but the standard files'
for fd in 0 1 2; do
	is "$(stat -Lc '%t:%T' "/proc/$pid/fd/$fd")" 1:3 "bare: $fd is a null device"
	is "$(readlink "/proc/$pid/fd/$fd")" /dev/null 'bare: that of the container'
done
down bare

# ---- terminals ----

run up full -s lxc.tty.dir=lxc -s lxc.console.path=
is_status 0 'tty.dir: start'
is "$(inside full -- sh -c 'cd /dev; ls -A lxc; readlink tty1; readlink tty2')" 'console
tty1
tty2
lxc/tty1
lxc/tty2' 'tty.dir: they are in /dev/lxc, with links'
is "$(inside full -- sh -c 'stat -c %t:%T /dev/console /dev/lxc/console /dev/lxc/tty2' | tr '\n' ' ')" \
	'88:0 88:0 88:2 ' 'tty.dir: the console is in both places'
down full
run up full -s lxc.pty.max=0
is_status 0 'no pty.max: start'
is "$(mounts full | grep -c devpts)" 3 'no pty.max: console and terminals, but no devpts'
is "$(inside full -- ls /dev/pts)" '' 'no pty.max: /dev/pts is empty'
down full
asleep full -s lxc.pty.max=0
is "$(readlink "/proc/$(init_of full)/fd/0")" /dev/null 'no pty.max: standard files are /dev/null'
down full
run up full -s lxc.console.path=none
is_status 0 'no console: start'
not_ok 'no console: there is none' inside full -- test -e /dev/console
down full
asleep full -s lxc.console.path=none
is "$(readlink "/proc/$(init_of full)/fd/0")" /dev/null 'no console: standard files are /dev/null'
down full

# ---- lxc.autodev = 0 ----

box auto <<EOT
lxc.autodev = 0
lxc.pty.max = 1
lxc.tty.max = 1
EOT
run lxc start auto -s lxc.pty.max=0
is_status 1 'autodev 0 and no /dev/null in the image'
is_line1 "lxc-start: auto: set-standard-files: the container's /dev/null is not the device 1:3 (the image lacks it and lxc.autodev is 0)" \
	'is said'
mknod -m 666 "$(root auto)/dev/null" c 1 3
mkdir -p "$(root auto)/dev/pts"
run up auto
is_status 0 'autodev 0: start'
is "$(mounts auto | cut -d' ' -f1 | tr '\n' ' ')" '/ /dev/console /dev/ptmx /dev/pts /dev/tty1 ' \
	'autodev 0: only console, ptmx, pts and terminals'
is "$(inside auto -- sh -c 'cd /dev; echo $(ls -A)')" \
	'console fd null ptmx pts stderr stdin stdout tty1' 'autodev 0: /dev is that of the image'
down auto
ok 'autodev 0: which keeps its own /dev/null' test -c "$(root auto)/dev/null"

# ---- modes of /proc and /sys ----

mode() { # MODE POINT: flags of what is mounted there
	run up full -s lxc.mount.auto= -s "lxc.mount.auto=$1"
	is_status 0 "$1: start"
	mounts full | awk -v "p=$2" '$1 == p || index($1, p "/") == 1 { print $1, $2 }' | sort >"$T/mode"
	down full
}
safe=nosuid,nodev,noexec,relatime
mode proc:rw /proc
is "$(cat "$T/mode")" "/proc rw,$safe
/proc/sys/kernel/random/boot_id ro,$safe" 'proc:rw: nothing but the boot id is read-only'
mode proc /proc
is "$(grep -c ' ro,' "$T/mode")" $((2 + $(printf %s "$sysrq" | wc -l))) 'proc: is proc:mixed'
mode 'sys:ro' /sys
is "$(cat "$T/mode")" '/sys ro,relatime' 'sys:ro'
mode 'sys:rw' /sys
is "$(cat "$T/mode")" '/sys rw,relatime' 'sys:rw'
mode 'sys' /sys
is "$(cat "$T/mode")" "/sys ro,$safe
/sys/devices/virtual/net rw,$safe" 'sys: is sys:mixed'
mode 'sys:rw sys:ro proc:rw proc:mixed sys:rw' /sys
is "$(cat "$T/mode")" '/sys rw,relatime' 'the last of several counts'
run up full -s lxc.cap.drop=net_admin
is "$(mounts full | grep -c '^/proc/sys/net ')" 0 \
	'proc:mixed without net_admin: /proc/sys/net stays read-only'
down full

# ---- entries ----

mkdir "$T/src" "$T/src/sub"
echo content >"$T/src/file"
mount -t tmpfs none "$T/src/sub"
touch "$T/src/sub/below"
run up full -s "lxc.mount.entry=$T/src mnt/a none bind,create=dir 0 0" \
	-s "lxc.mount.entry=$T/src mnt/b none rbind,ro,nosuid,nodev,noexec,noatime,create=dir 0 0" \
	-s "lxc.mount.entry=$T/src/file etc/new/file none bind,ro,create=file 0 0" \
	-s 'lxc.mount.entry=tmpfs mnt/c tmpfs size=64k,mode=700,nosuid,create=dir 0 0' \
	-s 'lxc.mount.entry=/nowhere mnt/d none bind,optional,create=dir 0 0' \
	-s 'lxc.mount.entry=etc mnt/e none bind,relative,create=dir 0 0' \
	-s "lxc.mount.entry=$T/src $(root full)/mnt/f none bind,create=dir 0 0" \
	-s 'lxc.mount.entry=tmpfs mnt/with\040blank tmpfs create=dir 0 0'
is_status 0 'entries: start'
has_err 'skipped an optional mount: --define: open the source /nowhere: No such file or directory' \
	'entries: what is optional and fails is said'
is "$(inside full -- cat /mnt/a/file /etc/new/file /mnt/f/file)" "$(printf 'content\ncontent\ncontent')" \
	'entries: files'
is "$(inside full -- ls /mnt/a/sub /mnt/b/sub)" "$(printf '/mnt/a/sub:\n\n/mnt/b/sub:\nbelow')" \
	'entries: bind and rbind'
is "$(mounts full | grep '^/mnt/b ')" '/mnt/b ro,nosuid,nodev,noexec,noatime tmpfs' 'entries: flags'
is "$(mounts full | grep '^/mnt/c ')" '/mnt/c rw,nosuid,relatime tmpfs' 'entries: a file system'
is "$(inside full -- stat -c %a /mnt/c)" 700 'entries: with its own options'
is "$(inside full -- ls /mnt/e/passwd)" /mnt/e/passwd 'entries: relative'
is "$(inside full -- sh -c 'ls -d /mnt/with*')" '/mnt/with blank' 'entries: \040'
is "$(stat -c %a "$(root full)/etc/new/file") $(stat -c %a "$(root full)/etc/new")" '0 755' \
	'entries: what is made for them'
down full
umount "$T/src/sub"

# ---- what is never there without its flags; what is too long for the new calls ----

tries=0
while
	tries=$((tries + 1))
	strace -f -o "$T/trace" -e trace=mount_setattr \
		-e "inject=mount_setattr:error=EPERM:when=$tries" "$BIN/lxc-start" -P "$P" -F -n bare \
		-s "lxc.mount.entry=$T/src mnt none bind,ro,optional,create=dir 0 0" \
		-- cat /mnt/file >"$T/tap/out" 2>"$T/tap/err"
	! grep -q INJECTED "$T/trace"
do
	[ "$tries" -lt 5 ] || break
done
has_err 'skipped an optional mount: --define: mount on /mnt: Operation not permitted' \
	'a read-only bind that cannot be made read-only is skipped'
has_not content 'and not there'
mkdir -p "$T/long"
long=$(printf '%0255d' 0)
mkdir -p "$T/long/$long"
run up full -s "lxc.mount.entry=overlay mnt overlay lowerdir=$T/src:$T/long/$long,create=dir 0 0"
is_status 0 'an option of more than 255 bytes'
is "$(inside full -- cat /mnt/file)" content 'is taken'
down full
run up full -s 'lxc.mount.entry=/dev/null dev/null none bind,create=file 0 0'
is_status 0 'an entry that brings a device itself'
is "$(inside full -- stat -c %t:%T /dev/null)" 1:3 'is left in its place'
down full

# ---- limits ----

for limit in fsize=0 nofile=4 nproc=1; do
	run lxc start -F full -s "lxc.prlimit.${limit%=*}=${limit#*=}" -- true
	is_status 0 "limit $limit: is for the payload, not for what makes the container"
done

# ---- privileges ----

all=$(sed -n 's/^CapBnd:.//p' /proc/self/status)
system=$((0x$all & ~(1 << 2 | 1 << 16 | 1 << 17 | 1 << 19 | 1 << 20 | 1 << 25 | 1 << 30 | 1 << 32 | \
	1 << 33 | 1 << 34 | 1 << 35 | 1 << 36 | 1 << 38 | 1 << 39 | 1 << 40)))
# What there is less than all, this process may lack, too.
caps() { # OPTION...: all the sets of the init, checked against each other
	run up full "$@"
	eff=$(status_of full CapEff) prm=$(status_of full CapPrm) bnd=$(status_of full CapBnd)
	down full
}
caps
is "$((0x$bnd))" "$system" 'capabilities: the bounding set of the default'
is "$eff $prm" "$prm $prm" 'capabilities: what is permitted is effective'
is "$((0x$eff & ~0x$bnd))" 0 'capabilities: and not more than the bounding set'
caps -s 'lxc.cap.drop=sys_admin net_admin'
is "$((0x$bnd))" "$((0x$all & ~(1 << 21 | 1 << 12)))" 'capabilities: lxc.cap.drop instead of it'
is "$((0x$eff & (1 << 21 | 1 << 12)))" 0 'capabilities: they are gone'
caps -s 'lxc.cap.keep=chown kill setuid'
is "$bnd $eff" '00000000000000a1 00000000000000a1' 'capabilities: lxc.cap.keep'
caps -s lxc.cap.keep=none
is "$bnd $eff $prm" '0000000000000000 0000000000000000 0000000000000000' 'capabilities: none'
caps -s lxc.security.profile=compat
is "$bnd" "$all" 'capabilities: the profile compat has all'
run up full -s lxc.no_new_privs=1 -s lxc.init.uid=1000 -s lxc.init.gid=100 -s lxc.init.groups=5,7
is_status 0 'no_new_privs and an ordinary user: start'
is "$(status_of full NoNewPrivs) $(status_of full Seccomp)" '1 2' \
	'no_new_privs, and still the filter'
is "$(status_of full Uid) $(status_of full Gid) $(status_of full Groups)" \
	'1000 1000 1000 1000 100 100 100 100 5 7 ' 'ids and groups'
is "$(status_of full CapEff) $(status_of full CapPrm)" '0000000000000000 0000000000000000' \
	'an ordinary user has no capability'
down full
run up full -s lxc.prlimit.nofile=50:60 -s lxc.prlimit.core=0 -s lxc.prlimit.nproc=unlimited
if [ "$status" = 0 ]; then
	is "$(grep -e '^Max open' -e '^Max core' "/proc/$(init_of full)/limits" | tr -s ' ')" \
		"$(printf 'Max core file size 0 0 bytes \nMax open files 50 60 files ')" 'limits'
	down full
else
	run up full -s lxc.prlimit.nofile=50:60 -s lxc.prlimit.core=0
	is "$(grep -e '^Max open' -e '^Max core' "/proc/$(init_of full)/limits" | tr -s ' ')" \
		"$(printf 'Max core file size 0 0 bytes \nMax open files 50 60 files ')" 'limits'
	down full
fi

# ---- network ----

run up full -s lxc.net.0.type=empty -s lxc.net.0.flags=up
is "$(inside full -- ip -o addr | tr -s ' ' | cut -d' ' -f2-4)" "$(printf 'lo inet 127.0.0.1/8\nlo inet6 ::1/128')" \
	'net empty and up: lo is up'
down full
run up full -s lxc.net.0.type=none
is "$(readlink "/proc/$(init_of full)/ns/net")" "$(readlink /proc/self/ns/net)" \
	'net none: the network of the host'
down full

done_testing
