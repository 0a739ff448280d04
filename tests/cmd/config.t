#!/bin/sh
# config.t - mistakes in a configuration: where, what, and a hint; -s; nothing raw on the terminal.
# shellcheck source=../tap.sh
. "${0%/*}/../tap.sh"

lxc create -n c1 -t none
conf=$P/c1/config

# Line 3 of the configuration is $1; what lxc-start says of it is $2, a pattern.
wrong() {
	printf '# one\nlxc.uts.name = c1\n%s\n' "$1" >"$conf"
	run lxc start --dry-run c1
	[ "$status" = 1 ] && [ ! -s "$T/tap/out" ] && [ "$(wc -l <"$T/tap/err")" = 1 ]
	tap_check $? "refused, in one line: $1"
	like_line1 "lxc-start: c1: $conf:3: $2" "said: $1"
}

# ---- values ----

wrong 'lxc.uts.nam = x' 'lxc.uts.nam: unknown key (did you mean lxc.uts.name?)'
wrong 'lxc.net.0.tipe = empty' 'lxc.net.0.tipe: unknown key (did you mean lxc.net.\[\].type?)'
wrong 'lxc.completely.different = 1' 'lxc.completely.different: unknown key'
wrong 'lxc.tty.max' 'lxc.tty.max: no = after the key'
wrong 'lxc.tty.max = many' 'lxc.tty.max: many is not a number from 0 to 64'
wrong 'lxc.tty.max = 65' 'lxc.tty.max: 65 is not a number from 0 to 64'
wrong 'lxc.tty.max = -1' 'lxc.tty.max: -1 is not a number*'
wrong 'lxc.tty.max = 0x10' 'lxc.tty.max: 0x10 is not a number*'
wrong 'lxc.tty.max = 4 # four' 'lxc.tty.max: 4 # four is not a number*'
wrong 'lxc.autodev = yes' 'lxc.autodev: yes is neither 0 nor 1'
wrong 'lxc.signal.halt = SIGNOPE' 'lxc.signal.halt: SIGNOPE is not a signal (a number, or a name *)'
wrong 'lxc.haltsignal = 99' 'lxc.haltsignal: 99 is not a signal *'
wrong 'lxc.rootfs.path = rootfs' 'lxc.rootfs.path: rootfs is not a root file system (DIR, or TYPE:PATH)'
wrong 'lxc.rootfs.path = zfs:tank/c1' 'lxc.rootfs.path: this version cannot do zfs yet (remove the line *)'
wrong 'lxc.init.cwd = tmp' 'lxc.init.cwd: tmp is not an absolute path'
wrong 'lxc.cap.drop = sys_admin CAP_CHOWN' \
	'lxc.cap.drop: CAP_CHOWN is not a capability (small letters and without CAP_, or a number)'
wrong 'lxc.mount.auto = proc:half' 'lxc.mount.auto: proc:half is not an automatic mount (*)'
wrong 'lxc.idmap = u 0 100000' 'lxc.idmap: u 0 100000 is not an id map (u or g, *)'
wrong 'lxc.idmap = u 0 4294967000 1000' 'lxc.idmap: * goes beyond the last id, 4294967294'
wrong 'lxc.prlimit.nofle = 1' 'lxc.prlimit.nofle: nofle is not a resource limit'
wrong 'lxc.prlimit.nofile = lots' 'lxc.prlimit.nofile: lots is not a limit (SOFT or SOFT:HARD, *)'
wrong 'lxc.prlimit.nofile = 20:10' 'lxc.prlimit.nofile: the soft limit of 20:10 is above the hard one'
wrong 'lxc.net.0.type = veht' 'lxc.net.0.type: veht is none of empty, none, veth, *'
wrong 'lxc.console.size = big' 'lxc.console.size: big is not a size (*)'
wrong 'lxc.security.profile = none' 'lxc.security.profile: none is none of compat, system'
wrong 'lxc.environment = =x' 'lxc.environment: =x has no name before the ='
wrong 'lxc.environment = NOT_SET_HERE' 'lxc.environment: NOT_SET_HERE is not in the environment'
wrong 'lxc.init.groups = 5,users' 'lxc.init.groups: users is not a group id'
wrong 'lxc.init.uid = root' 'lxc.init.uid: root is not a number*'
wrong "$(printf 'lxc.uts.name = a\001b')" 'lxc.uts.name: the value has a control character in it'

# ---- mounts ----

wrong 'lxc.mount.entry = /srv' 'lxc.mount.entry: fewer than four fields (SOURCE TARGET TYPE OPTIONS *)'
wrong 'lxc.mount.entry = tmpfs ../../x tmpfs create=dir 0 0' \
	'lxc.mount.entry: the target ../../x has .. in it'
wrong 'lxc.mount.entry = tmpfs a/\056\056/x tmpfs create=dir 0 0' \
	'lxc.mount.entry: the target a/../x has .. in it'
for entry in '/srv srv none rw' 'srv srv none bind' '../etc srv none bind,relative' \
	'/srv srv none bind,size=3' 'none /elsewhere tmpfs rw' 'a b auto rw' 'a b none move'; do
	printf '# one\nlxc.rootfs.path = /srv\nlxc.mount.entry = %s 0 0\n' "$entry" >"$conf"
	run lxc start --dry-run c1
	is_status 1 "lxc.mount.entry = $entry"
	like_line1 "lxc-start: c1: $conf:3: lxc.mount.entry: *" 'and where'
done

# ---- includes ----

wrong 'lxc.include = /no/such/file' 'open /no/such/file: No such file or directory'
wrong "lxc.include = $conf" "$conf includes itself"
mkfifo "$T/fifo"
wrong "lxc.include = $T/fifo" "$T/fifo is not a regular file"
wrong 'lxc.include = /dev/zero' '/dev/zero is not a regular file'
printf 'lxc.tty.max = 1\n\nlxc.tty.max = x\n' >"$T/inc"
printf 'lxc.include = %s\n' "$T/inc" >"$conf"
run lxc start --dry-run c1
is_line1 "lxc-start: c1: $T/inc:3: lxc.tty.max: x is not a number from 0 to 64" \
	'a mistake in an included file is said to be there'
mkdir "$T/dir.d"
echo 'lxc.uts.name = second' >"$T/dir.d/2.conf"
echo 'lxc.uts.name = first' >"$T/dir.d/1.conf"
echo 'lxc.uts.name = third' >"$T/dir.d/3.txt"
echo "lxc.include = $T/dir.d" >"$conf"
run lxc info c1 -Hc lxc.uts.name
is_out second 'a directory: *.conf, in the order of their names'
i=0
while [ "$i" -lt 20 ]; do
	echo "lxc.include = $T/deep$((i + 1))" >"$T/deep$i"
	i=$((i + 1))
done
echo 'lxc.tty.max = 1' >"$T/deep20"
echo "lxc.include = $T/deep0" >"$conf"
run lxc start --dry-run c1
like_line1 'lxc-start: c1: *is included more than 16 files deep' 'a chain without an end'
head -c 1100000 /dev/zero | tr '\0' '#' >"$conf"
run lxc start --dry-run c1
like_line1 "lxc-start: c1: $conf is larger than 1048576 bytes" 'a huge file'
printf 'lxc.uts.name = a\0b\n' >"$conf"
run lxc start --dry-run c1
like_line1 "lxc-start: c1: $conf:1: a NUL byte" 'a NUL byte'
rm "$conf"
mkfifo "$conf"
run lxc start --dry-run c1
like_line1 "lxc-start: c1: $conf is not a regular file" 'a FIFO in its place'
run lxc ls -f
is_out '' 'is no container'
rm "$conf"

# ---- other places, and -s ----

printf 'lxc.uts.name = one\n' >"$conf"
printf 'lxc.uts.name = other\n' >"$T/rc"
run lxc start --dry-run c1
has 'host name one' 'the container'"'"'s own file'
run lxc start --dry-run c1 -f "$T/rc"
has 'host name other' 'another file'
run lxc start --dry-run nobody --rcfile "$T/rc"
has 'host name other' 'for a container that is not defined'
run lxc start --dry-run c1 -f "$T/none"
is_line1 "lxc-start: c1: open $T/none: No such file or directory" 'another file that is not there'
run lxc start --dry-run c1 -s lxc.uts.name=two -s 'lxc.tty.max = 3'
has 'host name two' '-s overrides'
run lxc start --dry-run c1 -s lxc.uts.name=two -s lxc.uts.name=three
has 'host name three' 'the last one'
run lxc start --dry-run c1 -s lxc.uts.name=
has_not 'host name' 'to nothing'
run lxc execute --dry-run c1 -s lxc.environment=A=b=c -s lxc.environment=D=e -- true
has 'environment A=b=c' 'of a list'
has 'environment D=e' 'each adds'
run lxc start --dry-run c1 -s lxc.uts.name
is_line1 'lxc-start: c1: lxc.uts.name: not of the form KEY=VALUE' '-s without a value'
run lxc start --dry-run c1 -s lxc.tty.max=x
is_line1 'lxc-start: c1: lxc.tty.max: x is not a number from 0 to 64' '-s with a bad one'
run lxc start --dry-run c1 -s lxc.uts.nme=x
like_line1 'lxc-start: c1: lxc.uts.nme: unknown key (did you mean lxc.uts.name?)' 'and a bad key'
run lxc start --dry-run c1 -s "lxc.uts.name=a
lxc.hook.start=/bin/x"
like_line1 '*lxc.uts.name: the value has a line break in it' 'a line break (G4)'

# ---- what only a plan can see ----

run lxc start --dry-run c1 -s 'lxc.idmap=u 0 100000 10' -s 'lxc.idmap=u 5 200000 10'
like_line1 '*overlaps an earlier range' 'id ranges that overlap'
run lxc start --dry-run c1 -s 'lxc.idmap=u 0 100000 10'
like_line1 '*id 0 of the container is not mapped*' 'no group 0'
run lxc start --dry-run c1 -s lxc.cap.keep=chown -s lxc.cap.drop=chown
like_line1 '*lxc.cap.keep and lxc.cap.drop are both set' 'keep and drop'
run lxc start --dry-run c1 -s lxc.rootfs.path=/srv -s lxc.tty.dir=../x
is_status 1 'a tty.dir that leads out'
run lxc start --dry-run c1 -s lxc.rootfs.path=/srv -s lxc.cap.keep=62
like_line1 '*this kernel has no capability 62' 'a capability there is not yet'
run lxc execute --dry-run c1
like_line1 'lxc-execute: c1: no command given*' 'no command'

# ---- nothing raw (F2) ----

esc=$(printf '\033]0;owned\007\033[2J\302\233')
for key in lxc.group lxc.environment=A lxc.rootfs.path=/srv lxc.console.path=/x lxc.init.cmd=/x \
	lxc.console.logfile=/x lxc.mount.entry= lxc.log.file=/x lxc.cap.drop= lxc.net.0.type=; do
	eq=' = '
	[ "${key#*=}" = "$key" ] || eq=
	printf 'lxc.rootfs.path = /srv\n%s%s%s x tmpfs rw 0 0\n' "$key" "$eq" "$esc" >"$conf"
	for c in 'start --dry-run' 'ls -f -F name,groups,autostart,state' \
		'info -c lxc.group -c lxc.environment -c lxc.rootfs.path -c lxc.mount.entry' \
		'info -c lxc.init.cmd -c lxc.console.path -c lxc.net.0.type -c lxc.log.file'; do
		# shellcheck disable=SC2086 # words
		run lxc ${c%% *} c1 ${c#* }
		is_printable "$key in lxc-$c: no control byte reaches the terminal"
	done
done
printf 'lxc.environment = A=%s\n' "$esc" >"$conf"
run lxc start --dry-run c1
is_printable 'nor from the environment in a plan'
printf 'lxc.environment = A=a\233b\n' >"$conf"
run lxc info c1 -c lxc.environment
has 'A=a\x9Bb' 'but as \xNN'
printf 'lxc.group = a%sb\n' "$(printf '\033[1m')" >"$conf"
run lxc ls -f -F name,groups
has_err 'lxc.group: the value has a control character in it' 'a control character is refused'
printf 'lxc.%s = x\n' "$(printf '\033[1m')" >"$conf"
run lxc start --dry-run c1
has_err ':1: lxc.\x1B[1m: unknown key' 'and in errors'

run lxc start --dry-run x -f /dev/null
is_status 0 '/dev/null is an empty configuration'

done_testing
