#!/bin/sh
# update.t - lxc-update-config: old names become new ones, and nothing else changes.
# shellcheck source=../tap.sh
. "${0%/*}/../tap.sh"

cat >"$T/old" <<'END'
# a router of 2014
#lxc.utsname = commented
lxc.utsname = r1
  lxc.tty=4
lxc.pts	=  1024
lxc.rootfs = /var/lib/lxc/r1/rootfs
lxc.mount = /var/lib/lxc/r1/fstab
lxc.network.type = veth
lxc.network.flags = up
lxc.network.link = br0   
lxc.network.ipv4 = 10.0.0.2/24
lxc.network.ipv4.gateway = 10.0.0.1
foo = bar

lxc.network.type = phys
lxc.network.link = eth1
lxc.network.1.name = eth7
# lxc.network.type = veth
#lxc.network.link = br9
lxc.network.mtu = 1400
lxc.limit.nofile = 5
lxc.id_map = u 0 100000 65536
lxc.rootfs.backend = dir
lxc.pivotdir = putold
lxc.kmsg = 0
lxc.aa_profile = unconfined
lxc.loglevel = 1
# the default of lxc.tty is 0, see lxc.rootfs
lxc.include = /tmp/x
lxc.seccomp = "/x y"
lxc.unknown = left alone
END
cat >"$T/new" <<'END'
# a router of 2014
#lxc.uts.name = commented
lxc.uts.name = r1
  lxc.tty.max=4
lxc.pty.max	=  1024
lxc.rootfs.path = dir:/var/lib/lxc/r1/rootfs
lxc.mount.fstab = /var/lib/lxc/r1/fstab
lxc.net.0.type = veth
lxc.net.0.flags = up
lxc.net.0.link = br0   
lxc.net.0.ipv4.address = 10.0.0.2/24
lxc.net.0.ipv4.gateway = 10.0.0.1
foo = bar

lxc.net.1.type = phys
lxc.net.1.link = eth1
lxc.net.1.name = eth7
# lxc.net.2.type = veth
#lxc.net.2.link = br9
lxc.net.1.mtu = 1400
lxc.prlimit.nofile = 5
lxc.idmap = u 0 100000 65536
lxc.apparmor.profile = unconfined
lxc.log.level = 1
# the default of lxc.tty is 0, see lxc.rootfs
lxc.include = /tmp/x
lxc.seccomp.profile = "/x y"
lxc.unknown = left alone
END
cp "$T/old" "$T/config"
chmod 640 "$T/config"
[ "$(id -u)" != 0 ] || chown 7:8 "$T/config"
owner=$(stat -c '%a %u %g' "$T/config")
run lxc update-config -c "$T/config"
is_status 0 'a configuration of LXC 1'
is_quiet 'is converted without a word'
ok 'is in the words of LXC 3' diff "$T/new" "$T/config"
ok 'what it was is kept' cmp "$T/old" "$T/config.backup"
is "$(stat -c '%a %u %g' "$T/config")" "$owner" 'mode and owner stay'
is "$(stat -c '%a %u %g' "$T/config.backup")" "$owner" 'and are those of the backup'
run lxc update-config "$T/config"
is_status 0 'once more'
ok 'changes nothing' cmp "$T/new" "$T/config"
ok 'nor the backup' cmp "$T/old" "$T/config.backup"
is "$(find "$T" -maxdepth 1 -name '.*')" '' 'and nothing else is left'

# ---- what it means does not change ----

lxc create -n c1 -t none
values() {
	"$BIN/lxc-config" --list | grep '^lxc\.' | grep -v rootfs.backend | sed 's/\*$/x/' | while read -r key; do
		for n in 0 1 2; do
			"$BIN/lxc-info" -P "$P" c1 -c "$(echo "$key" | sed "s/\[\]/$n/")" 2>&1
		done
	done
}
grep -v 'unknown\|include' "$T/old" >"$P/c1/config"
values >"$T/before"
lxc update-config -c "$P/c1/config"
values >"$T/after"
ok 'every key reads as before' diff "$T/before" "$T/after"

# ---- roots ----

root() { # LINE... WANTED
	printf '%b' "$1" >"$T/config"
	run lxc update-config -c "$T/config"
	is "$(cat "$T/config")" "$2" "$1"
}
root 'lxc.rootfs = /srv/x' 'lxc.rootfs.path = dir:/srv/x'
root 'lxc.rootfs = overlayfs:/a:/b' 'lxc.rootfs.path = overlayfs:/a:/b'
root 'lxc.rootfs = /dev/vg/lv' 'lxc.rootfs.path = /dev/vg/lv'
root "lxc.rootfs = $T/old" "lxc.rootfs.path = $T/old"
root 'lxc.rootfs = /dev/vg/lv\nlxc.rootfs.backend = lvm' 'lxc.rootfs.path = lvm:/dev/vg/lv'
root 'lxc.rootfs.backend = btrfs\nlxc.rootfs = /srv/x\n' 'lxc.rootfs.path = btrfs:/srv/x'
root 'lxc.utsname = a\r\nlxc.tty = 3\r\n' "$(printf 'lxc.uts.name = a\r\nlxc.tty.max = 3\r')"

# An included file may open interfaces, too.
printf 'lxc.network.type = empty\n' >"$T/inc"
printf 'lxc.include = %s\nlxc.network.type = veth\n' "$T/inc" >"$T/config"
run lxc update-config -c "$T/config"
is "$(sed -n 2p "$T/config")" 'lxc.net.1.type = veth' 'interfaces of an included file count'

# ---- what goes wrong ----

run lxc update-config -c "$T/none"
is_status 1 'a file that is not there'
is_line1 "lxc-update-config: open $T/none: No such file or directory" 'is said'
run lxc update-config
is_status 0 'no file'
has 'Usage: lxc-update-config' 'prints the usage'
printf 'lxc.utsname = a\0b\n' >"$T/config"
cp "$T/config" "$T/same"
run lxc update-config -c "$T/config"
is_status 1 'a NUL byte'
ok 'is left as it was' cmp "$T/config" "$T/same"
mkfifo "$T/fifo"
run lxc update-config -c "$T/fifo"
is_line1 "lxc-update-config: $T/fifo is not a regular file" 'a FIFO'
ln -s config "$T/link"
printf 'lxc.utsname = a\n' >"$T/config"
run lxc update-config -c "$T/link"
ok 'a link stays one' test -L "$T/link"
is "$(cat "$T/config")" 'lxc.uts.name = a' 'and its file is converted'
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	# shellcheck disable=SC2016 # for the inner shell
	run unshare -m --propagation private sh -c '
		mkdir "$1/full" && mount -t tmpfs -o size=16k none "$1/full" && cd "$1/full" || exit 9
		yes "lxc.utsname = a" | head -c 7000 >config
		yes x | head -c 6000 >filler
		cp config "$1/kept"
		"$2/lxc-update-config" -c config; status=$?
		cmp config "$1/kept" && find . -name ".*" -type f && exit $status' sh "$T" "$BIN"
	is_status 1 'a full disk'
	is_out '' 'leaves the file as it was, and nothing else'
	has_err 'No space left on device' 'and says so'
else
	skip 'a full disk' 'needs root and a mount namespace'
fi

done_testing
