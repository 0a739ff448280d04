#!/bin/sh
# create.t - containers on disk: what create makes, refuses and takes back, and what destroy removes.
# shellcheck source=../tap.sh
. "${0%/*}/../tap.sh"

# All there is below the test's containers, with kinds and modes.
all() {
	find "$P" "$T/outside" -printf '%p %y %m %s %l\n' | sort
}
mkdir "$T/outside"
echo keep >"$T/outside/file"
mkdir -p "$P"

# ---- the templates ----

run lxc create -n n1 -t none
is_status 0 'the template none'
is_quiet 'in silence'
is "$(find "$P/n1" -mindepth 1 -printf '%P ')" 'config ' 'makes a configuration and nothing else'
is "$(stat -c %a "$P/n1")" 770 'the directory is 0770'
is "$(stat -c %a "$P/n1/config")" 640 'the configuration 0640'

run lxc create -n t1 -t tiny
is_status 0 'the template tiny'
is "$(sed -n 1p "$P/t1/config")" '# Template used to create this container: tiny' \
	'its name is noted'
ok 'so is the root' grep -qx "lxc.rootfs.path = dir:$P/t1/rootfs" "$P/t1/config"
ok 'and the host name' grep -qx 'lxc.uts.name = t1' "$P/t1/config"
ok 'it holds this program' cmp "$P/t1/rootfs/bin/lxcbox" "$BIN/lxcbox"
is "$(readlink "$P/t1/rootfs/sbin/init")" ../bin/lxcbox 'which is its init'
ok 'and works' "$P/t1/rootfs/bin/lua" -e 'print(1)'
is "$(find "$P/t1/rootfs" -type f | wc -l)" 3 'and passwd and group'
run lxc start --dry-run t1
is_status 0 'it has a plan'
run lxc create -n t2 -t tiny -- --colour=blue
is_status 1 'an option tiny does not have'
is_line1 'lxc-create: t2: the template tiny has no option --colour=blue' 'is refused'

if busybox=$(command -v busybox); then
	run lxc create -n b1 -t busybox
	is_status 0 'the template busybox'
	ok 'it holds the busybox on PATH' cmp "$P/b1/rootfs/bin/busybox" "$busybox"
	is "$(readlink "$P/b1/rootfs/bin/sh")" busybox 'with links for its applets'
	is "$(stat -c %a "$P/b1/rootfs/tmp")" 1777 '/tmp is for all'
	is "$(stat -c %a "$P/b1/rootfs/etc/shadow")" 600 '/etc/shadow is not'
	run lxc start --dry-run b1
	is_status 0 'it has a plan'
	cp "$busybox" "$T/mybox"
	run lxc create -n b2 -t busybox -- --busybox-path "$T/mybox"
	is_status 0 'another busybox'
	is "$(sed -n 2p "$P/b2/config")" \
		"# Parameters passed to the template: --busybox-path $T/mybox" 'is noted'
	run lxc create -n b3 -t busybox -- --busybox-path=/no/box
	is_line1 'lxc-create: b3: find the busybox /no/box: No such file or directory' \
		'one there is not'
	PATH=$BIN run lxc create -n b3 -t busybox
	is_line1 'lxc-create: b3: Failed to find busybox binary (--busybox-path FILE)' \
		'none on PATH'
	not_ok 'leave nothing' test -e "$P/b3"
else
	skip 'the template busybox' 'no busybox here'
fi

run lxc create -t busybox -h
is_status 0 'create -t TEMPLATE -h'
has_err '--busybox-path FILE' 'has the options of the template, too'
run lxc create -h
has_err 'tiny ' 'create -h has the templates'

# ---- what is refused leaves nothing ----

before=$(all)
run lxc create -n x
is_line1 'lxc-create: x: A template must be specified ("none" if you really want a container without a rootfs)' \
	'no template'
run lxc create -n x -t busibox
is_line1 'lxc-create: x: Template "busibox" not found (did you mean busybox?)' 'an unknown template'
run lxc create -n x -t download
is_line1 'lxc-create: x: Template "download" not found' 'one that is like none'
run lxc create -n t1 -t tiny
is_line1 'lxc-create: t1: Container already exists' 'a container that exists'
run lxc create -n x -t tiny -B zfs
is_line1 'lxc-create: x: --bdev: zfs is none of dir, none, best' 'a storage there is not'
run lxc create -n x -t tiny -B none
is_line1 'lxc-create: x: the template tiny needs a root file system' 'a template without its root'
run lxc create -n x -t tiny --dir root
is_line1 'lxc-create: x: --dir: root is not an absolute path' '--dir without a leading /'
run lxc create -n x -t tiny --dir "$T/outside"
is_line1 "lxc-create: x: --dir: $T/outside is not empty" '--dir of a directory in use'
run lxc create -n x -t tiny --dir "$T/outside/file"
is_status 1 '--dir of a file'
run lxc create -n x -t tiny -f "$T/none.conf"
is_line1 "lxc-create: x: open $T/none.conf: No such file or directory" 'no initial configuration'
printf 'lxc.uts.name = x\nlxc.tty.max = lots\n' >"$T/bad.conf"
run lxc create -n x -t tiny -f "$T/bad.conf"
is_line1 "lxc-create: x: $T/bad.conf:2: lxc.tty.max: lots is not a number from 0 to 64" \
	'a bad initial configuration'
run lxc create -n x -t tiny -- --no-such
is_status 1 'a bad option of the template'
run lxc create -n x -t tiny --dir "$T/outside/new" -- --no-such
is_status 1 'the same with a --dir of its own'
not_ok 'which it takes away again' test -e "$T/outside/new"
rm -rf "$T/outside/new"
is "$(all)" "$before" 'nothing of all that is left, and what was there is'
mkdir "$T/outside/mine"
run lxc create -n x -t tiny --dir "$T/outside/mine" -- --no-such
is_status 1 '--dir of an empty directory that was there'
is "$(find "$T/outside/mine")" "$T/outside/mine" 'it stays, and empty'
rmdir "$T/outside/mine"

mkdir "$P/taken"
echo keep >"$P/taken/file"
run lxc create -n taken -t tiny
is_status 1 'a directory that is no container'
is_line1 "lxc-create: taken: Container already exists ($P/taken is there)" 'is not replaced'
is "$(cat "$P/taken/file")" keep 'nor changed'
rm -r "$P/taken"
ln -s "$T/outside" "$P/link"
run lxc create -n link -t tiny
is_status 1 'a link in the place of the container'
is "$(find "$T/outside" -mindepth 1)" "$T/outside/file" 'is not followed'
rm "$P/link"
is "$(all)" "$before" 'and again nothing is left'

# ---- what is given ----

printf 'lxc.group = g1\nlxc.tty.max = 2' >"$T/good.conf"
run lxc create -n f1 -t tiny -f "$T/good.conf"
is_status 0 'an initial configuration'
run lxc info f1 -Hc lxc.group
is_out g1 'is in it'
run lxc info f1 -Hc lxc.tty.max
is_out 1 'the template has the last word'
run lxc create -n d1 -t tiny --dir "$T/elsewhere/root"
is_status 0 '--dir'
ok 'the root is there' test -x "$T/elsewhere/root/bin/lxcbox"
not_ok 'and not here' test -e "$P/d1/rootfs"
if [ "$(id -u)" = 0 ]; then
	printf 'lxc.idmap = u 0 100000 65536\nlxc.idmap = g 0 200000 65536\n' >"$T/map.conf"
	run lxc create -n m1 -t tiny -f "$T/map.conf"
	is_status 0 'with an id map'
	is "$(find "$P/m1/rootfs" ! \( -uid 100000 -gid 200000 \))" '' \
		'all files are of the root of the container'
	is "$(stat -c %u "$P/m1/config")" 0 'but the configuration'
else
	skip 'with an id map' 'only root can give files away'
fi

# ---- two at once ----

wins='' says=''
for _ in 1 2 3 4 5 6 7 8 9 10; do
	(lxc create -n twin -t tiny 2>"$T/e1"; echo $? >"$T/s1") &
	(lxc create -n twin -t tiny 2>"$T/e2"; echo $? >"$T/s2") &
	wait
	wins="$wins$(sort "$T/s1" "$T/s2" | tr -d '\n') "
	says="$says$(cat "$T/e1" "$T/e2" | grep -c 'Container already exists')"
	lxc destroy twin || wins="$wins! "
done
is "$wins" '01 01 01 01 01 01 01 01 01 01 ' 'two creates of one name: exactly one wins, ten times'
is "$says" 1111111111 'and the other says so'

# ---- leftovers of killed commands ----

mkdir -p "$P/.a.tmp-01234567/rootfs" "$P/.b.trash-89abcdef/x" "$P/.c.tmp-0123456" \
	"$P/.d.tmp-0123456g" "$P/.e"
ln -s "$T/outside" "$P/.f.tmp-01234567"
ln -s "$T/outside" "$P/.a.tmp-01234567/rootfs/link"
run lxc create -n n2 -t none
is_status 0 'a create after killed ones'
is "$(cd "$P" && echo .*)" '. .. .c.tmp-0123456 .d.tmp-0123456g .e .f.tmp-01234567' \
	'sweeps what they left, and nothing else'
is "$(cat "$T/outside/file")" keep 'and follows no link'
rm -r "$P"/.c* "$P"/.d* "$P"/.e "$P"/.f*
mkdir -p "$P/.a.tmp-01234567"
exec 8<"$P/.a.tmp-01234567"
flock 8
run lxc destroy n2
is_status 0 'a destroy'
ok 'leaves what another command still works on' test -d "$P/.a.tmp-01234567"
exec 8<&-
run lxc create -n n2 -t none
not_ok 'until that is gone' test -d "$P/.a.tmp-01234567"

# ---- destroy ----

ln -s "$T/outside" "$P/t1/rootfs/outside"
ln -s "$T/outside/file" "$P/t1/rootfs/etc/file"
mkdir -p "$P/t1/rootfs/closed/in"
chmod 0 "$P/t1/rootfs/closed/in" "$P/t1/rootfs/closed"
run lxc destroy t1
is_status 0 'destroy'
is_quiet 'in silence'
not_ok 'it is gone' test -e "$P/t1"
is "$(cat "$T/outside/file")" keep 'what its links led to is not (B9)'
run lxc destroy d1
is_status 0 'destroy of one with a root elsewhere'
not_ok 'removes that, too' test -e "$T/elsewhere/root"
ok 'but nothing above it' test -d "$T/elsewhere"

mkdir "$T/managed"
echo keep >"$T/managed/file"
printf 'lxc.rootfs.path = %s\nlxc.rootfs.managed = 0\n' "$T/managed" >"$P/n1/config"
run lxc destroy n1
is_status 0 'destroy with lxc.rootfs.managed = 0'
is "$(cat "$T/managed/file")" keep 'keeps the root'

for root in / "$P" "$T" /srv; do
	mkdir -p "$P/n1"
	echo "lxc.rootfs.path = $root" >"$P/n1/config"
	run lxc destroy n1
	is_status 1 "destroy with the root $root"
	like_line1 "lxc-destroy: n1: the root file system $root *" 'is refused'
	ok 'and the container stays' test -f "$P/n1/config"
done
echo 'lxc.rootfs.path = /nonexistent/lxcbox/root' >"$P/n1/config"
run lxc destroy n1
is_status 0 'a root that is gone already'

mkdir -p "$P/s1/snaps/snap0"
touch "$P/s1/config"
run lxc destroy s1
is_line1 'lxc-destroy: s1: Destroying s1 failed: s1 has snapshots (-s removes them, too)' \
	'snapshots'
echo "$P" >"$P/s1/lxc_snapshots"
run lxc destroy s1 -s
is_line1 'lxc-destroy: s1: Destroying s1 failed: s1 has clones' 'clones'
rm "$P/s1/lxc_snapshots"
run lxc destroy s1 --snapshots
is_status 0 'destroy -s'
not_ok 'removes the snapshots' test -e "$P/s1"

mkdir -p "$T/outside2"
touch "$T/outside2/config"
ln -s "$T/outside2" "$P/link"
run lxc destroy link
is_status 1 'a link in the place of a container'
ok 'is not followed' test -f "$T/outside2/config"
rm "$P/link"

deep=$P/deep/rootfs
mkdir -p "$deep"
touch "$P/deep/config"
(cd "$deep" && perl -e 'for (1 .. 3000) { mkdir "d"; chdir "d" or die }')
is $? 0 'three thousand directories, one in the other'
run lxc destroy deep
is_status 0 'destroy of them'
not_ok 'leaves none' test -e "$P/deep"

# A root that is another container's, or to be kept.
lxc create -n o1 -t tiny
lxc create -n o2 -t none
echo "lxc.rootfs.path = dir:$P/o1/rootfs" >>"$P/o2/config"
run lxc destroy o2
is_line1 "lxc-destroy: o2: the root file system $P/o1/rootfs is another container's \
(lxc.rootfs.managed = 0 keeps it)" "destroy of one with another's root is refused"
ok 'which is still there' test -x "$P/o1/rootfs/sbin/init"
echo 'lxc.rootfs.managed = 0' >>"$P/o2/config"
run lxc destroy o2
is_status 0 'with managed = 0 it is not'
ok 'but the root is kept' test -x "$P/o1/rootfs/sbin/init"
echo 'lxc.rootfs.managed = 0' >>"$P/o1/config"
run lxc destroy o1
is_status 1 'a root of its own that is to be kept'
ok 'is not removed' test -x "$P/o1/rootfs/sbin/init"
sed -i '/managed/d' "$P/o1/config"
lxc destroy o1

for name in n2 f1; do
	lxc destroy "$name"
done
is "$(cd "$P" && echo .* | tr -d '\n')" '. ..' 'nothing half-made or half-removed is left'

# ---- roots that are no directory of the container's own ----

mkdir -p "$T/cwd/64MB" "$T/cwd/victim"
touch "$T/cwd/64MB/file" "$T/cwd/victim/file" "$T/image"
ln -s "$T/cwd" "$T/cwdlink"
tries='' # what is left of a container whose root is $1, after lxc-destroy says $2
root_of() { # CONFIGURATION STATUS WORDS
	mkdir -p "$P/r1/rootfs"
	printf '%b\n' "$1" >"$P/r1/config"
	run sh -c "cd '$T/cwd' && lxc-destroy -P '$P' r1"
	is_status "$2" "destroy: $1"
	[ -z "$3" ] || has_err "$3" 'and why'
	[ -e "$T/cwd/64MB/file" ] && [ -e "$T/cwd/victim/file" ] && [ -e "$T/image" ]
	tap_check $? 'nothing else is gone'
	[ "$2" = 0 ] || tries="$tries$(test -d "$P/r1" || echo gone)"
	rm -rf "$P/r1"
}
root_of 'lxc.rootfs.path = overlay:/srv:tmpfs:64MB' 0 ''
root_of 'lxc.rootfs.backend = overlayfs\nlxc.rootfs.path = /srv:victim' 0 ''
root_of "lxc.rootfs.path = overlay:/srv:$P/r1/delta" 0 ''
root_of "lxc.rootfs.path = loop:$T/image" 1 'is no directory (lxc.rootfs.managed = 0 keeps it)'
root_of "lxc.rootfs.path = $T/image" 1 'is no directory'
root_of "lxc.rootfs.path = dir:$T/cwdlink" 1 'is no directory'
root_of 'lxc.rootfs.path = zfs:tank/r1' 1 'this version cannot remove one of type zfs'
root_of 'lxc.rootfs.path = /srv/x\nlxc.rootfs.backend = lvm' 1 'cannot remove one of type lvm'
root_of 'lxc.rootfs.path = /srv/x\nlxc.rootfs.backend = lvm\nlxc.rootfs.managed = 0' 0 ''
root_of 'lxc.hook.destroy = /bin/true' 1 'lxc.hook.destroy: this version cannot do that yet'
is "$tries" '' 'what is refused is left alone'

# Not on the host's own files, should this go wrong: on a tmpfs that hides some of them.
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	cat >"$T/hosts.sh" <<'END'
export PATH="$1:$PATH"
mkdir -p "$2/h1"
for dir in /usr/local/x /usr/local/x/y /home/someone /etc/x; do
	top=${dir%"${dir#/usr/local}"}
	[ "$top" ] || top=/$(echo "$dir" | cut -d / -f 2)
	case $2 in "$top"/*) continue ;; esac
	[ -d "$top" ] && mount -t tmpfs none "$top" && mkdir -p "$dir" || exit 9
	touch "$dir/file"
	echo "lxc.rootfs.path = dir:$dir" >"$2/h1/config"
	lxc-destroy -P "$2" h1 2>&1
	[ -e "$dir/file" ] || echo "$dir: gone"
	umount "$top"
done
END
	run unshare -m --propagation private sh "$T/hosts.sh" "$BIN" "$P"
	is "$(grep -c "is the host's own" "$T/tap/out")" "$(wc -l <"$T/tap/out")" \
		"roots among the host's own directories are refused"
	ok 'all of them' grep -q /usr/local/x/y "$T/tap/out"
	rm -rf "$P/h1"
else
	skip "roots among the host's own directories" 'needs root and a mount namespace'
fi

# ---- default.conf ----

cat >"$T/default.sh" <<'END'
mount -t tmpfs none /etc && mkdir /etc/lxc || exit 9
PATH=$1:$PATH P=$2
create() {
	lxc-create -P "$P" -t none -n "$1" 2>&1
	echo "status $?"
}
create without
cat "$P/without/config"
printf '%s\n' '# mine' '' 'foo = bar' 'lxc.include = /usr/share/lxc/config/nesting.conf' \
	'lxc.net.0.type=veth' 'lxc.net.0.hwaddr = 00:16:3e:xx:Xx:xX' \
	'lxc.network.type = veth' 'lxc.network.hwaddr = "02:00:00:00:00:0x"' \
	'#lxc.net.0.hwaddr = 00:16:3e:xx:xx:xx' '  lxc.tty.max = 3 ' >/etc/lxc/default.conf
create with
cat "$P/with/config"
echo 'lxc.uts.nam = x' >/etc/lxc/default.conf
create wrong
[ ! -e "$P/wrong" ] || echo 'is there'
lxc-create -P "$P" -t none -n given -f /dev/null
[ ! -s "$P/given/config" ] || echo 'not empty'
printf 'lxc.default_config = /etc/lxc/other.conf\nlxc.lxcpath = %s/elsewhere\n' "$P" >/etc/lxc/lxc.conf
create other
echo 'lxc.uts.name = o' >/etc/lxc/other.conf
lxc-create -t none -n other && cat "$P/elsewhere/other/config"
lxc-config lxc.default_config
END
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	run unshare -m --propagation private sh "$T/default.sh" "$BIN" "$P/def"
	sed 's/3e:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]$/3e:RANDOM/
		s/00:0[0-9a-f]$/00:0RANDOM/' "$T/tap/out" >"$T/default.out"
	is "$(cat "$T/default.out")" "status 0
status 0
# mine

foo = bar
lxc.include = /usr/share/lxc/config/nesting.conf
lxc.net.0.type=veth
lxc.net.0.hwaddr = 00:16:3e:RANDOM
lxc.network.type = veth
lxc.network.hwaddr = 02:00:00:00:00:0RANDOM
#lxc.net.0.hwaddr = 00:16:3e:xx:xx:xx
  lxc.tty.max = 3 
lxc-create: wrong: /etc/lxc/default.conf:1: lxc.uts.nam: unknown key (did you mean lxc.uts.name?)
status 1
lxc-create: other: open /etc/lxc/other.conf: No such file or directory
status 1
lxc.uts.name = o
/etc/lxc/other.conf" 'default.conf: missing, applied with settled addresses, wrong, elsewhere'
	first=$(sed -n 's/^lxc.net.0.hwaddr = //p' "$P/def/with/config")
	rm -r "$P/def"
	run unshare -m --propagation private sh "$T/default.sh" "$BIN" "$P/def"
	[ "$first" != "$(sed -n 's/^lxc.net.0.hwaddr = //p' "$P/def/with/config")" ]
	tap_check $? 'another container, another address'
else
	skip 'default.conf' 'needs root and a mount namespace'
fi

done_testing
