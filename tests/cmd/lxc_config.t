#!/bin/sh
# lxc_config.t - lxc-config: settings, what keys are, mistakes in files, built-in files.
# shellcheck source=../tap.sh
. "${0%/*}/../tap.sh"

# ---- the system's settings, as LXC prints them ----

run lxc config -l
is_status 0 '-l'
is_out 'lxc.default_config
lxc.lxcpath
lxc.bdev.lvm.vg
lxc.bdev.lvm.thin_pool
lxc.bdev.zfs.root
lxc.cgroup.use
lxc.cgroup.pattern' 'names the items'
run lxc config lxc.bdev.zfs.root
is_out lxc 'the value of one'
run lxc config lxc.bdev.z
is_out lxc 'shortened'
run lxc config lxc.bdev.rbd.rbdpool
is_out lxc 'one that is not listed'
run lxc config lxc.cgroup.pattern
is_status 0 'one that is not set'
is_out 'lxc.cgroup.pattern is not set.' 'is no failure'
run lxc config lxc.foo
is_status 1 'one there is not'
is_line1 'lxc-config: Unknown configuration item: lxc.foo' 'is one'
run lxc config lxc.tty.max
is_status 1 "a container's key"
# shellcheck disable=SC2016 # a command to type
is_line1 'lxc-config: Unknown configuration item: lxc.tty.max (a key of containers, which `lxc-config lxc.tty.max?` explains)' \
	'is none of them'
run lxc config
is_status 0 'no item'
has 'Usage: lxc-config ' 'prints the usage'

# ---- what keys are ----

run lxc config 'lxc.tty.max?'
is_status 0 'KEY?'
is_out 'lxc.tty.max
        number from 0 to 64
        default: 0
        Number of terminals for login programs, /dev/tty1 and on.
        before LXC 3: lxc.tty' 'says what it takes, its default and what it is'
run lxc config 'lxc.net.7.link?'
has 'lxc.net.[].link' 'of an interface'
run lxc config 'lxc.network.ipv4?'
has 'lxc.net.[].ipv4.address' 'by an older name'
run lxc config 'lxc.prlimit.nofile?'
has 'lxc.prlimit.*' 'of a family'
run lxc config 'lxc.limit?'
has 'lxc.prlimit.*' 'and its older name'
run lxc config 'lxc.tyt.max?'
is_status 1 'of none'
is_line1 'lxc-config: lxc.tyt.max: unknown key (did you mean lxc.tty.max?)' 'is a mistake'
run lxc config 'lxc.arch?'
has 'not in this version: a start refuses anything but x86_64' 'what no start can act on'
run lxc config ''
is_status 0 'an empty item'
has 'Usage: lxc-config ' 'is none'
run lxc config --list
is_status 0 '--list'
cp "$T/tap/out" "$T/list"
"$BIN/lxcbox" --manual lxc.container.conf | sed -n 's/^\.It Li \([^ ]*\) .*/\1/p' >"$T/manual"
is "$(grep '^lxc\.' "$T/list")" "$(cat "$T/manual")" 'has every key of the manual'
is "$(grep -c '^        default: ' "$T/list")" "$(wc -l <"$T/manual")" 'each with a default'
is "$(awk 'length > 80' "$T/list")" '' 'in lines of a terminal'
run lxc config 'lxc.tty.max?' --json
is "$(tr -d '\n' <"$T/tap/out")" '[  {"key": "lxc.tty.max", "type": "number from 0 to 64", "default": "0", "help": "Number of terminals for login programs, /dev/tty1 and on.", "older": "lxc.tty", "started": true}]' 'as JSON'
json_ok() {
	if command -v python3 >/dev/null; then
		ok "$1" python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$T/tap/out"
	else
		# shellcheck disable=SC2016 # for perl
		ok "$1" perl -MJSON::PP -0777 -ne 'decode_json($_)' "$T/tap/out"
	fi
}
run lxc config --list --json
json_ok 'all of them as JSON'
is "$(grep -c '"key"' "$T/tap/out")" "$(wc -l <"$T/manual")" 'are all there'

# Every key the program knows is one that --check does not call unknown, and that is explained.
bad=''
while read -r key; do
	name=$(echo "$key" | sed 's/\[\]/3/; s/\*$/x/')
	run lxc config "$name?"
	[ "$(sed -n 1p "$T/tap/out")" = "$key" ] || bad="$bad $key"
done <"$T/manual"
is "$bad" '' 'KEY? of each is that key'

# ---- mistakes ----

c=$T/check.conf
cat >"$c" <<'END'
# a comment
lxc.tyt.max = 4
lxc.utsname = old
lxc.idmap = u 0 100000 10
lxc.idmap = u 5 200000 10
lxc.include = /no/such/file
no business of ours
lxc.cap.drop
lxc.cgroup.memory.limit_in_bytes = 64M
lxc.cap.keep = chown
lxc.cap.drop = kill
lxc.pivotdir = x
END
run lxc config --check "$c"
is_status 1 '--check of a file with mistakes'
is_out "$c:2: lxc.tyt.max: unknown key (did you mean lxc.tty.max?)
$c:3: warning: lxc.utsname: since LXC 3 this is called lxc.uts.name (lxc-update-config converts it)
$c:5: lxc.idmap: u 5 200000 10 overlaps an earlier range
$c:6: open /no/such/file: No such file or directory
$c:8: lxc.cap.drop: no = after the key
$c:12: warning: lxc.pivotdir: has no effect any more
$c:10: lxc.cap.keep and lxc.cap.drop are both set
$c:4: lxc.idmap: id 0 of the container is not mapped; a u and a g line must begin there
$c:9: warning: lxc.cgroup.memory.limit_in_bytes: this version cannot do that yet (remove the line to start without it)" \
	'says all of them, where and why'
is "$(wc -c <"$T/tap/err")" 0 'and nothing else'
run lxc config --check --json "$c"
is_status 1 'as JSON'
json_ok 'which it is'
has "{\"file\": \"$c\", \"line\": 2, \"severity\": \"error\", \"key\": \"lxc.tyt.max\", \"message\": \"lxc.tyt.max: unknown key\", \"hint\": \"did you mean lxc.tty.max?\"}" \
	'an error'
has '"severity": "warning", "key": "lxc.utsname"' 'a warning'
is "$(grep -c '"file"' "$T/tap/out")" 9 'all of them'
printf 'lxc.uts.name = a\nlxc.tty.max = 4\n' >"$T/good.conf"
run lxc config --check "$T/good.conf"
is_status 0 'a file without'
is_quiet 'is nothing to speak of'
run lxc config --check --json "$T/good.conf"
is_out '[]' 'nor as JSON'
echo 'lxc.utsname = x' >"$T/warn.conf"
run lxc config --check "$T/warn.conf"
is_status 0 'a warning is no mistake'
run lxc config --check "$T/good.conf" "$T/none.conf" "$c"
is_status 1 'several files'
has "$T/none.conf: open $T/none.conf: No such file or directory" 'one that is not there'
has "$c:2: " 'and the next'
run lxc config --check
is_line1 'lxc-config: --check: no FILE to look at' 'no file'
printf 'lxc.tyt = 1\nlxc.include = %s\nlxc.x\n' "$T/in.conf" >"$T/out.conf"
printf '\nlxc.ab = 1\nlxc.include = %s\n' "$T/out.conf" >"$T/in.conf"
run lxc config --check "$T/out.conf"
has "$T/in.conf:2: lxc.ab: unknown key" 'a mistake in an included file'
has "$T/in.conf:3: $T/out.conf includes itself" 'a loop'
has "$T/out.conf:3: lxc.x: no = after the key" 'and the rest of it'
printf 'lxc.uts.name = a\0b\nlxc.y = 1\n' >"$T/nul.conf"
run lxc config --check "$T/nul.conf"
has "$T/nul.conf:1: a NUL byte" 'a NUL byte'
has "$T/nul.conf:2: lxc.y: unknown key" 'is not the end'
printf 'lxc.x\033[31m = 1\n' >"$T/esc.conf"
run lxc config --check "$T/esc.conf"
is_printable 'nothing that a terminal would act on'
run lxc config --check --json "$T/esc.conf"
is_printable 'as JSON, too'
json_ok 'which it still is'

# What a start would refuse, whatever the machine.
printf 'lxc.mount.entry = a b none bind 0 0\nlxc.mount.entry = /a b none ro 0 0\nlxc.uts.name x = y\n' \
	>"$T/late.conf"
run lxc config --check "$T/late.conf"
is_out "$T/late.conf:3: lxc.uts.name x: unknown key (did you mean lxc.uts.name?)
$T/late.conf:1: lxc.mount.entry: the source a is not an absolute path (the option relative makes it a path inside the root)
$T/late.conf:2: lxc.mount.entry: no file system type (for a bind mount say bind)" \
	'what only a start would refuse'
printf 'lxc.net.0.type = veth\nlxc.net.0.flags = up\n\n\nlxc.net.0.ipv4.gateway = 10.0.0.1\n' >"$T/net.conf"
run lxc config --check "$T/net.conf"
has "$T/net.conf:5: lxc.net.0.ipv4.gateway: the interface has no address" 'of an interface, the line of that key'
printf '\357\273\277lxc.uts.nam = a\n' >"$T/mark.conf"
run lxc config --check "$T/mark.conf"
has "$T/mark.conf:1: lxc.uts.nam: unknown key" 'a mark in front of UTF-8 hides nothing'
for rule in 'c 1:x rwm' 'c 1:3' 'd 1:3 rwm' 'c 1:3 rr' 'c 1:3 rwx' 'c' '/dev/null' '/etc/x rwm' 'b :1 r'; do
	echo "lxc.cgroup2.devices.allow = $rule" >"$T/rule.conf"
	run lxc config --check "$T/rule.conf"
	has 'is not a rule for devices' "a rule for devices: $rule"
done

# Big ones end, and soon: no limit of time but that of the test.
perl -e 'print "lxc.environment = A=" . "x" x 1000000 . "\n"' >"$T/long.conf"
run lxc config --check "$T/long.conf"
is_status 0 'a line of a million bytes'
perl -e 'print "lxc.x=\n" x 100000' >"$T/many.conf"
run lxc config --check "$T/many.conf"
is "$(wc -l <"$T/tap/out")" 100000 'a hundred thousand mistakes'
perl -e 'print "lxc.proc.a$_=1\n" for 1 .. 50000' >"$T/names.conf"
lxc create -n big -t none
cp "$T/names.conf" "$P/big/config"
run lxc start --dry-run big
is_line1 "lxc-start: big: $P/big/config:8193: lxc.proc.a8193: set more than 8192 times" \
	'fifty thousand names'
perl -e 'print "lxc.idmap=u ", $_ * 2, " ", 100000 + $_ * 2, " 1\n" for 0 .. 400' >"$P/big/config"
run lxc start --dry-run big
is_line1 "lxc-start: big: $P/big/config:341: lxc.idmap: more than 340 ranges" \
	'more id ranges than the kernel takes'
perl -e 'print "lxc.tty.max=1\n" x 100000' >"$P/big/config"
run lxc start --dry-run big
is_line1 "lxc-start: big: $P/big/config is larger than 1048576 bytes" 'a hundred thousand lines'

perl -e 'print "lxc.net.$_.type=phys\n" for 0 .. 40000' >"$P/big/config"
run lxc start --dry-run big
is_line1 "lxc-start: big: $P/big/config:1025: lxc.net.1024.type: more than 1024 interfaces" \
	'forty thousand interfaces'
perl -e 'print "lxc.mount.entry=/a b none bind,idmap=container\n" x 8192' >"$P/big/config"
run lxc config --check "$P/big/config"
is "$(wc -l <"$T/tap/out")" 8192 'eight thousand of what cannot be done yet'
mkdir "$T/many.d"
(cd "$T/many.d" && seq 2000 | sed 's/$/.x/' | xargs touch)
perl -e 'print "lxc.include='"$T"'/many.d/\n" x 20000' >"$P/big/config"
run lxc start --dry-run big
like_line1 "lxc-start: big: $P/big/config:*: */many.d: more than 65536 entries of directories" \
	'twenty thousand times a directory of two thousand files'
perl -e 'print "#" x 1000000' >"$T/fat.conf"
perl -e 'print "lxc.include = '"$T"'/fat.conf\n" x 10000' >"$P/big/config"
run lxc update-config "$P/big/config"
is_status 0 'ten thousand times a file of a million bytes, to be converted'

# ---- built-in files ----

run lxc config --builtin
is_status 0 '--builtin'
for name in common.conf userns.conf nesting.conf common.seccomp debian.common.conf; do
	ok "has $name" grep -qx "$name" "$T/tap/out"
done
for name in common.conf userns.conf nesting.conf; do
	"$BIN/lxc-config" --builtin="$name" >"$T/$name"
	run lxc config --check "$T/$name"
	is_status 0 "$name: has no mistake in it"
done
run lxc config --builtin=common.seccomp
is "$(sed -n 1,2p "$T/tap/out" | tr '\n' ' ')" '2 denylist ' 'common.seccomp'
run lxc config --builtin=debian.userns.conf
has 'lxc.include = /usr/share/lxc/config/userns.conf' 'any distribution'
run lxc config --builtin=/etc/passwd
is_status 1 'what is not built in'

# A machine without LXC, whose configurations still name its files.
cat >"$T/inside.sh" <<'END'
for dir in /usr/share/lxc /usr/local/share/lxc; do
	[ ! -d "$dir" ] || mount -t tmpfs none "$dir" || exit 1
done
cd "$1" || exit 1
for conf in debian.common ubuntu.common ubuntu.userns alpine.common openwrt.common kali.common; do
	echo "lxc.include = /usr/share/lxc/config/$conf.conf" >inc.conf
	"$2/lxc-config" --check inc.conf | grep -v ': warning: '
done
mkdir -p box/b1
for name in debian.common debian.userns; do
	echo "lxc.include = /usr/share/lxc/config/$name.conf"
done >box/b1/config
"$2/lxc-info" -P box b1 -c lxc.pty.max -c lxc.tty.dir -c lxc.cap.drop -c lxc.mount.auto \
	-c lxc.cgroup2.devices.deny -c lxc.seccomp.profile
END
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	run unshare -m --propagation private sh "$T/inside.sh" "$T" "$BIN"
	is_status 0 'without LXC installed'
	is_out 'lxc.pty.max = 1024
lxc.tty.dir =
lxc.cap.drop =
lxc.mount.auto = proc:mixed sys:rw cgroup:mixed
lxc.cgroup2.devices.deny =
lxc.seccomp.profile = /usr/share/lxc/config/common.seccomp' 'its files are found by their old paths'
	echo 'lxc.uts.name = mine' >"$T/mine.conf"
	# shellcheck disable=SC2016 # for the inner shell
	run unshare -m --propagation private sh -c '
		mount -t tmpfs none /usr/share && mkdir -p /usr/share/lxc/config || exit 1
		cp "$1" /usr/share/lxc/config/nesting.conf
		echo "lxc.include = /usr/share/lxc/config/nesting.conf" >"$3/b1/config"
		"$2/lxc-info" -P "$3" b1 -c lxc.uts.name' sh "$T/mine.conf" "$BIN" "$T/box"
	is_out 'lxc.uts.name = mine' 'a file that is there counts more'
else
	skip 'without LXC installed' 'needs root and a mount namespace'
fi

done_testing
