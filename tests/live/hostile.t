#!/bin/sh
# hostile.t - root file systems made by an attacker: start, attach and destroy never leave them.
#
# $T/host has a twin of the same path in the image, so that a link to it that is held inside the
# root leads to the twin; $T/only has none. Both are compared whole after everything that is done:
# with modes, owners, sizes, and times to the nanosecond, also those of the last change of any kind.
# Files of the host have the word "outside" in them, twins "inside".
# shellcheck disable=SC2016 # what is in quotes is for the shells inside
# shellcheck source=../live.sh
. "${0%/*}/../live.sh"

# ---- the canary ----

plant() { # DIRECTORY WORD
	mkdir -p "$1/dir/sub" "$1/dir/dir/pts" "$1/dir/fs/cgroup"
	for file in secret file dir/secret dir/sub/secret dir/console dir/ptmx dir/tty1; do
		echo "$2" >"$1/$file"
	done
	printf '#!/bin/sh\necho %s\n' "$2" >"$1/sh"
	chmod 755 "$1/sh"
	printf 'root:x:0:0:%s:/:/bin/evil\n' "$2" >"$1/passwd"
	mkfifo "$1/fifo"
}
plant "$T/host" outside
plant "$T/only" outside
mkdir "$T/src"
echo source >"$T/src/file"
mknod "$T/host/node" c 1 3

canary() {
	find "$T/host" "$T/only" "$T/src" -printf '%p %y %m %U %G %s %T@ %C@ %l\n' | sort
	find "$T/host" "$T/only" "$T/src" -type f -exec md5sum {} +
	cut -d' ' -f3-6 /proc/self/mountinfo
	ls "$T" "$P"
}
echo 'echo $0' >"$T/typed"
touch "$T/canary"
canary >"$T/canary"
untouched() {
	canary | cmp -s "$T/canary" -
}
ok 'the canary lives' untouched

# ---- links for every target: each start is contained, or fails in one line ----

hostile() { # NAME ROOT-UID: a container with a twin of the canary
	box "$1"
	plant "$(root "$1")$T/host" inside
	printf '#!/bin/sh\necho evil\n' >"$(root "$1")/bin/evil"
	chmod 755 "$(root "$1")/bin/evil"
	mkdir "$(root "$1")/mnt" "$(root "$1")/srv" "$(root "$1")/dev/pts" "$(root "$1")/dev/shm"
	chown -hR "$2:$2" "$(root "$1")"
}
hostile h1 0
hostile m1 100000
map='lxc.idmap = u 0 100000 65536
lxc.idmap = g 0 100000 65536'
echo "$map" >>"$P/m1/config"
canary >"$T/canary"

link_text() { # KIND dir|file
	case $1 in
	absolute) echo "$T/host/$2" ;;
	dots) echo "../../../../../../../../../../../..$T/host/$2" ;;
	hostonly) echo "$T/only/$2" ;;
	hostdots) echo "../../../../../../../../../../../..$T/only/new" ;;
	self) echo "/proc/self/root$T/only/$2" ;;
	init) echo "/proc/1/root$T/only/$2" ;;
	cwd) echo /proc/self/cwd ;;
	loop) echo "${target##*/}" ;;
	esac
}

# The last start has failed, and said so in one line that names the step.
is_one_line() { # NAME
	# shellcheck disable=SC2154 # of run, in tap.sh
	[ "$status" = 1 ] && [ "$(wc -l <"$T/tap/err")" = 1 ] &&
		grep -q "^lxc-start: $1: [a-z][a-z-]*: ." "$T/tap/err"
}

# One start with $target of the image replaced by a link. What is wrong with it, if anything.
start_with() { # NAME dir|file KIND EXPECTED-STATUS OPTION...
	name=$1 R=$(root "$1") kind=$3 wanted=$4
	text=$(link_text "$kind" "$2")
	shift 4
	[ ! -e "$R/$target" ] || mv -T "$R/$target" "$R/aside"
	ln -s "$text" "$R/$target"
	chown -h --reference="$R/bin" "$R/$target"
	run lxc start -F "$name" "$@" -- /bin/sh -c \
		'cd /; for f in "$1" "$1/secret" "$1"/*/secret mnt/* mnt/*/secret; do
			[ ! -f "$f" ] || cat "$f"; done' sh "$target"
	bad=''
	untouched || bad="$bad, the host is changed"
	[ -L "$R/$target" ] || bad="$bad, the link is gone"
	grep -q outside "$T/tap/out" "$T/tap/err" && bad="$bad, the host is seen"
	got=works
	[ ! -s "$T/tap/err" ] || got=fails
	[ "$wanted" = "$got" ] || bad="$bad, it $got"
	[ "$got" = works ] || is_one_line "$name" || bad="$bad, not in one line"
	rm -f "$R/$target"
	[ ! -e "$R/aside" ] || mv -T "$R/aside" "$R/$target"
	[ -z "$bad" ]
	tap_check $? "$name: /$target is a link, $kind: it ${wanted}${bad}"
	canary >"$T/canary"
}

links() { # TARGET dir|file OPTION...
	target=$1 what=$2
	shift 2
	for box in h1 m1; do
		for kind in absolute dots; do
			start_with "$box" "$what" "$kind" works "$@"
		done
		for kind in hostonly hostdots self init loop; do
			start_with "$box" "$what" "$kind" fails "$@"
		done
		[ "$what" = file ] || start_with "$box" dir cwd fails "$@"
	done
}

links dev dir -s lxc.pty.max=2
links dev dir -s lxc.autodev=0 -s lxc.pty.max=2
links dev/console file -s lxc.autodev=0
links dev/tty1 file -s lxc.autodev=0 -s lxc.tty.max=1 -s lxc.pty.max=1
links dev/pts dir -s lxc.autodev=0 -s lxc.pty.max=1
links dev/ptmx file -s lxc.autodev=0 -s lxc.pty.max=1
links dev/shm dir -s lxc.autodev=0 -s 'lxc.mount.entry=tmpfs dev/shm tmpfs create=dir 0 0'
links dev/lxc dir -s lxc.autodev=0 -s lxc.tty.dir=lxc -s lxc.tty.max=1
links proc dir -s lxc.mount.auto=proc:mixed
links sys dir -s lxc.mount.auto=sys:mixed
links sys/fs dir -s lxc.mount.auto=cgroup:mixed:force
links mnt dir -s 'lxc.mount.entry=tmpfs mnt/a/b tmpfs create=dir 0 0'
links mnt/dir dir -s 'lxc.mount.entry=tmpfs mnt/dir tmpfs create=dir 0 0'
links mnt/dir dir -s "lxc.mount.entry=$T/src mnt/dir none bind,create=dir 0 0"
links mnt/file file -s "lxc.mount.entry=$T/src/file mnt/file none bind,create=file 0 0"
links srv dir -s 'lxc.mount.entry=srv mnt/r none bind,relative,create=dir 0 0'
links srv dir -s lxc.init.cwd=/srv
links srv dir -s lxc.init.cwd=/srv/a/b

# ---- .. in targets is no matter of the root: it is refused ----

for entry in '../../only/new' 'mnt/../../../only/new' '..' "$(root h1)/../../../only/new"; do
	run lxc start h1 -s "lxc.mount.entry=tmpfs $entry tmpfs create=dir 0 0"
	is_status 1 "the target $entry"
	like_line1 "lxc-start: h1: *$entry has .. in it*" 'is refused'
done
run lxc start h1 -s 'lxc.mount.entry=../../only mnt/d none bind,relative,create=dir 0 0'
like_line1 'lxc-start: h1: *../../only has .. in it*' 'in a relative source, too'
for dir in ../../only /../only; do
	run lxc start h1 -s "lxc.tty.dir=$dir" -s lxc.tty.max=1
	is_status 1 "lxc.tty.dir=$dir is refused"
	run lxc start -F h1 -s "lxc.init.cwd=$dir" -- /bin/pwd
	like "$(cat "$T/tap/out" "$T/tap/err")" '*/only*' "lxc.init.cwd=$dir is one in the root"
done
ok 'all that leaves the host as it was' untouched

# ---- programs and the passwd of the image ----

up h1 && up m1
canary >"$T/canary"
for box in h1 m1; do
	R=$(root "$box")
	rm "$R/etc/passwd"
	for file in "$T/host/passwd" "../../../../../../../../..$T/only/passwd" /proc/1/root/etc/passwd \
		/proc/self/fd/0 /proc/self/fd/3 /dev/zero /dev/console passwd /etc fifo device huge long \
		binary; do
		case $file in
		fifo) mkfifo "$R/etc/passwd" ;;
		device) mknod "$R/etc/passwd" c 1 5 ;;
		huge) truncate -s 1T "$R/etc/passwd" ;;
		long) tr '\0' x </dev/zero | head -c 300000 >"$R/etc/passwd" ;;
		binary) head -c 70000 "$R/bin/busybox" >"$R/etc/passwd" ;;
		*) ln -s "$file" "$R/etc/passwd" ;;
		esac
		[ "$file" = "$T/host/passwd" ] && wanted=evil || wanted=/bin/sh
		is "$(lxc attach "$box" <"$T/typed" 2>&1)" "$wanted" "$box: /etc/passwd is $file: it ends"
		rm "$R/etc/passwd"
	done
	# A program that is a link to a host's file is one that is not there.
	mv "$R/bin/sh" "$R/bin/sh.away"
	for link in "$T/only/sh" "../../../../../../../..$T/only/sh" sh /proc/1/root/nothing; do
		ln -s "$link" "$R/bin/sh"
		run lxc attach "$box"
		like_line1 "lxc-attach: $box: exec: run the shell /bin/sh: *" "$box: /bin/sh is $link"
		is "$(wc -l <"$T/tap/err") $(wc -c <"$T/tap/out")" '1 0' 'is said in one line'
		run lxc attach "$box" -- sh
		like_line1 "lxc-attach: $box: exec: run sh: *" 'and so it is by name'
		rm "$R/bin/sh"
	done
	ln -s "$T/host/sh" "$R/bin/sh"
	run lxc attach "$box" -- /bin/busybox cat /bin/sh
	has_not outside "$box: a link to a path that both have is one to that of the image"
	rm "$R/bin/sh"
	mv "$R/bin/sh.away" "$R/bin/sh"
done
ok 'all that leaves the host as it was' untouched
down h1 && down m1

# ---- a directory that is swapped for a link while a start goes through it (B2) ----

# It says so once it does.
mkfifo "$T/swaps"
cat >"$T/swap.lua" <<EOT
local at, say = '@', io.open('$T/swaps', 'w')
while true do
	os.rename(at, at .. ".dir")
	os.rename(at .. ".link", at)
	os.rename(at, at .. ".link")
	if not os.rename(at .. ".dir", at) then
		os.rename(at, at .. ".made" .. math.random(1000000))
	end
	if say then
		say:write('swaps\n')
		say:close()
		say = nil
	end
end
EOT
swap() { # PATH
	exec "$BIN/lxcbox" lua -e "$(sed "s|@|$1|" "$T/swap.lua")"
}

# Starts NAME so many times while DIRECTORY of its root changes. Says what is wrong, then how many
# of them worked.
swapped() { # NAME DIRECTORY TIMES OPTION...
	name=$1 at=$(root "$1")/$2 times=$3
	shift 3
	mkdir -p "$at"
	ln -sfn "$T/only/dir" "$at.link"
	chown -h --reference="$(root "$name")/bin" "$at" "$at.link"
	swap "$at" &
	swapper=$!
	read -r _ <"$T/swaps"
	bad='' good=0
	while [ "$times" -gt 0 ]; do
		times=$((times - 1))
		run lxc start -F "$name" "$@" -- /bin/true
		[ "$status" = 0 ] && good=$((good + 1))
		[ "$status" = 0 ] || is_one_line "$name" || bad="$bad $(cat "$T/tap/err")"
	done
	kill "$swapper"
	wait "$swapper" 2>/dev/null
	untouched || bad="$bad, the host is changed"
	rm -rf "$at" "$at".*
	is "$bad" '' "$name: /${at##*/} is swapped for a link meanwhile: $*"
	echo "# $good of them worked"
}
canary >"$T/canary"
for box in h1 m1; do
	swapped "$box" race 40 -s 'lxc.mount.entry=tmpfs race tmpfs create=dir 0 0'
	swapped "$box" race 40 -s 'lxc.mount.entry=tmpfs race/a/b tmpfs create=dir 0 0'
	swapped "$box" race 40 -s "lxc.mount.entry=$T/src/file race/a/f none bind,create=file 0 0"
	swapped "$box" dev 40 -s lxc.autodev=0 -s lxc.pty.max=1 -s lxc.tty.max=1
	swapped "$box" proc 20 -s lxc.mount.auto=proc:mixed
	swapped "$box" race 20 -s lxc.init.cwd=/race/a/b
done

# ---- destroy ----

victim() { # NAME: one without a system
	mkdir -p "$P/$1/rootfs/a/b/c"
	echo "lxc.rootfs.path = $P/$1/rootfs" >"$P/$1/config"
	echo file >"$P/$1/rootfs/a/file"
}
gone() { # NAME WHAT
	run lxc destroy "$1"
	is_status 0 "destroy: $2"
	is_quiet "in silence"
	not_ok 'it is gone' test -e "$P/$1"
	ok 'and nothing else' untouched
}

canary >"$T/canary"
victim d1
for link in "$T/host" "$T/only/dir" "$T/only/secret" ../../../../only/dir .. . \
	"/proc/self/root$T/only"; do
	ln -s "$link" "$P/d1/rootfs/a/$(echo "$link" | tr / :).link"
done
ln -s "$T/only" "$P/d1/snaps.link"
gone d1 'links to the host'

victim d1
newline='
'
for name in "new${newline}line" "$(printf 'esc\033[31m')" "$(printf 'bad\377utf')" -rf '* ' '\134' \
	"$(head -c 255 /dev/zero | tr '\0' n)"; do
	mkdir -p "$P/d1/rootfs/a/$name/$name"
	echo x >"$P/d1/rootfs/a/$name/file"
	ln -s "$T/only" "$P/d1/rootfs/a/$name/link"
done
mkfifo "$P/d1/rootfs/fifo"
mknod "$P/d1/rootfs/node" c 1 3
mkdir -m 000 "$P/d1/rootfs/closed"
gone d1 'names of all kinds'

# Deeper than any path may be: with names of 200 bytes, below a thousand directories and more.
victim d1
thousand=$(head -c 1000 /dev/zero | sed 's|.|d/|g')
long=$(head -c 200 /dev/zero | tr '\0' l)
(cd -P "$P/d1/rootfs" && mkdir -p "$thousand" && cd -P "$thousand" && mkdir -p "$thousand" &&
	cd -P "$thousand" && mkdir -p "$long/$long/$long/$long/$long/$long/$long/$long" &&
	cd -P "$long/$long/$long/$long/$long/$long/$long/$long" && ln -s "$T/only" link && mkdir end)
is $? 0 'directories two thousand deep can be made'
gone d1 'directories two thousand deep'

# Something is mounted in it: told before anything is removed.
for point in "$P/d1/rootfs/a/b" "$P/d1/rootfs/a/b/with blank" "$P/d1/rootfs/a/b/new${newline}line" \
	"$P/d1/rootfs" "$P/d1"; do
	victim d1
	mkdir -p "$point"
	mount --bind "$T/only" "$point"
	[ "$point" = "$P/d1" ] && echo 'lxc.uts.name = x' >"$T/only/config"
	[ "$point" = "$P/d1" ] || find "$P/d1" | sort >"$T/before"
	canary >"$T/canary"
	run lxc destroy d1
	is_status 1 'destroy: a bind mount in it'
	like_line1 'lxc-destroy: d1: something is mounted on *nothing was removed)' 'is said'
	is "$(wc -l <"$T/tap/err")" 1 'in one line'
	is_printable 'that can be printed'
	ok 'nothing is removed' untouched
	[ "$point" = "$P/d1" ] || is "$(find "$P/d1" | sort)" "$(cat "$T/before")" 'of neither'
	umount "$point"
done
rm "$T/only/config"
victim d1
mount --bind "$T/only/secret" "$P/d1/rootfs/a/file"
run lxc destroy d1
like_line1 'lxc-destroy: d1: something is mounted on *' 'destroy: a mount on a file'
umount "$P/d1/rootfs/a/file"
canary >"$T/canary"

# Without /proc the list of mounts cannot be read: then the fence of each directory must hold.
mount --bind "$T/only" "$P/d1/rootfs/a/b"
canary >"$T/canary"
cat >"$T/noproc" <<'EOT'
umount -l /proc && exec "$@"
EOT
run unshare -m --propagation private sh "$T/noproc" "$BIN/lxc-destroy" -P "$P" d1
ok 'destroy: without /proc it does not enter a mount' \
	test "$(find "$T/only" | sort | md5sum)" = "$(sed -n "s|^\($T/only[^ ]*\) . .*|\1|p" \
		"$T/canary" | sort | md5sum)"
for left in "$P"/.d1.trash-*/rootfs/a/b "$P/d1/rootfs/a/b"; do
	[ ! -d "$left" ] || umount "$left"
done
rm -rf "$P"/.d1.trash-* "$P/d1"

# A container that is a link, and a file that cannot be removed.
ln -s "$T/host" "$P/d2"
echo 'lxc.uts.name = x' >"$T/host/config"
canary >"$T/canary"
run lxc destroy d2
is_status 1 'destroy: a container that is a link'
is "$(wc -l <"$T/tap/err")" 1 'is said in one line'
ok 'and nothing happens' untouched
rm "$P/d2" "$T/host/config"
canary >"$T/canary"
victim d1
name=$(printf 'esc\033[31m\nline')
echo x >"$P/d1/rootfs/a/$name"
if chattr +i "$P/d1/rootfs/a/$name" 2>/dev/null; then
	run lxc destroy d1
	is_status 1 'destroy: a file that is immutable'
	is_line1 'lxc-destroy: d1: remove esc\x1B[31m\x0Aline: Operation not permitted' 'is said'
	is "$(wc -l <"$T/tap/err")" 1 'in one line'
	chattr -R -i "$P"/.d1.trash-*
else
	skip 'destroy: a file that is immutable' 'the file system has no such files'
	lxc destroy d1
fi
ok 'a container of that name is there no more' test ! -e "$P/d1"
victim d1
gone d1 'the next one takes what was left of it along'
is "$(find "$P" -maxdepth 1 -name '.d1*')" '' 'which is nothing now'

# The tree changes while it is removed.
n=0 bad=''
while [ "$n" -lt 20 ]; do
	n=$((n + 1))
	victim d1
	mkdir -p "$P/d1/rootfs/race/deep/er"
	(cd "$P/d1/rootfs/race" && seq 300 | xargs mkdir && seq 301 600 | xargs touch)
	ln -s "$T/only" "$P/d1/rootfs/race.link"
	canary >"$T/canary"
	# By descriptor: the tree has another name as soon as it is being removed.
	(cd "$P/d1/rootfs" && swap race) &
	swapper=$!
	read -r _ <"$T/swaps"
	run lxc destroy d1
	kill "$swapper"
	wait "$swapper" 2>/dev/null
	[ "$status" = 0 ] || [ "$(wc -l <"$T/tap/err")" = 1 ] || bad="$bad $(cat "$T/tap/err")"
	rm -rf "$P/d1" "$P"/.d1.trash-*
	mkdir "$P/d1"
	untouched || bad="$bad, the host is changed"
	rmdir "$P/d1"
done
is "$bad" '' 'destroy: directories are swapped for links meanwhile'

# ---- names (G1) ----

canary >"$T/canary"
for command in attach create destroy execute info start stop; do
	for name in ../only /only . .. '' a/b -n ' a' '*' "a${newline}b" "$(printf 'a\033[31mb')" \
		"$(printf 'a\302\233b')" "$(printf 'a\177')" "$(printf 'a\377')" \
		"$(head -c 65 /dev/zero | tr '\0' x)"; do
		case $command in
		create) run lxc create "--name=$name" -t none ;;
		attach | execute) run lxc "$command" "--name=$name" -- /bin/true ;;
		*) run lxc "$command" "--name=$name" ;;
		esac
		[ "$status" = 1 ] && [ ! -s "$T/tap/out" ] && [ "$(wc -l <"$T/tap/err")" = 1 ] &&
			[ "$(grep -c '[^[:print:]]' "$T/tap/err")" = 0 ] &&
			grep -q "^lxc-$command: .*is not a name for a container" "$T/tap/err"
		tap_check $? "lxc-$command: refuses the name '$(printf %s "$name" | tr -c '[:print:]' '?')'"
	done
done
ok 'and touches nothing' untouched
run lxc create -n "$(head -c 64 /dev/zero | tr '\0' x)" -t none
is_status 0 'one of 64 characters is good'

done_testing
