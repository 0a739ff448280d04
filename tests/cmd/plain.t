#!/bin/sh
# plain.t - as an ordinary user, set-user-id, with standard files closed, from odd places.
# shellcheck source=../tap.sh
. "${0%/*}/../tap.sh"

me=$(id -u)
if [ "$me" = 0 ]; then
	chown 65534:65534 "$HOME"
	mkdir "$T/user"
	chown 65534:65534 "$T/user"
else
	mkdir "$T/user"
fi
export LXC_RUNTIME_DIR="$T/user/run"

mine() {
	find "$T/user" "$HOME" | sort
}

# ---- --dry-run needs no privilege, changes nothing, and says the same each time ----

cat >"$T/full.conf" <<EOT
lxc.uts.name = full
lxc.rootfs.path = dir:/var/empty
lxc.mount.auto = proc:mixed sys:mixed cgroup:mixed
lxc.mount.entry = tmpfs tmp tmpfs size=1m,nosuid 0 0
lxc.mount.entry = /usr usr none ro,rbind,create=dir,optional 0 0
lxc.mount.entry = etc/a etc/b none bind,relative,create=file 0 0
lxc.tty.max = 4
lxc.tty.dir = lxc
lxc.pty.max = 16
lxc.console.logfile = $T/user/console.log
lxc.idmap = u 0 100000 65536
lxc.idmap = g 0 100000 65536
lxc.net.0.type = empty
lxc.net.0.flags = up
lxc.cap.drop = sys_module sys_time
lxc.prlimit.nofile = 100:200
lxc.no_new_privs = 1
lxc.environment = A=1
lxc.init.uid = 1000
lxc.init.gid = 100
lxc.init.groups = 5,20
lxc.log.file = $T/user/full.log
EOT
before=$(mine)
run as_user "$BIN/lxc-start" -P "$T/user" --dry-run -f "$T/full.conf" full -- /bin/true 'a b' ''
is_status 0 'an ordinary user: a plan'
cp "$T/tap/out" "$T/plan1"
is "$(cat "$T/tap/err")" '' 'without a complaint'
run as_user "$BIN/lxc-start" -P "$T/user" --dry-run -f "$T/full.conf" full -- /bin/true 'a b' ''
ok 'a second time it is the same' cmp "$T/plan1" "$T/tap/out"
rm -f "$T/user/full.log" # a log is asked for
is "$(mine)" "$before" 'and nothing was made'
for line in 'container full' 'host name full' 'network own, lo up' 'root /var/empty on /var/empty' \
	'mount none on /dev type tmpfs (size=500000,mode=755)' \
	'mount tmpfs on /tmp type tmpfs (nosuid,size=1m) from '"$T/full.conf:4" \
	'mount /etc/a on /etc/b type bind (create=file) from '"$T/full.conf:6" \
	'terminal /dev/lxc/tty4' 'limit nofile 100:200' 'no_new_privs 1' 'user 1000 group 100 groups 5,20' \
	'environment A=1' 'capabilities dropped: sys_module sys_time'; do
	ok "it has: $line" grep -qxF "$line" "$T/plan1"
done
last=0 steps=0
while read -r n; do
	steps=$((steps + 1))
	[ "$n" = $((last + 1)) ] && last=$n
done <<EOT
$(sed -n 's/^step \([0-9]*\) .*/\1/p' "$T/plan1")
EOT
is "$last" "$steps" "and its $steps steps, numbered"
is "$(tail -n 1 "$T/plan1")" "step $steps exec" 'the last is exec'
run as_user "$BIN/lxc-execute" -P "$T/user" --dry-run -f "$T/full.conf" full -- true
is_status 0 'lxc-execute has a plan, too'
has 'command lxc-init -- true' 'with our init'
if [ "$me" = 0 ]; then
	run "$BIN/lxc-start" -P "$T/user" --dry-run -f "$T/full.conf" full -- /bin/true 'a b' ''
	ok 'that of root is the same' cmp "$T/plan1" "$T/tap/out"
	rm -f "$T/user/full.log"
fi

# ---- the life of a container an ordinary user cannot start ----

# shellcheck disable=SC2317 # called by run
user() {
	tap_word=$1
	shift
	as_user env -u XDG_RUNTIME_DIR "$BIN/lxc-$tap_word" "$@"
}
run user ls
is_status 0 'no containers yet'
is_quiet 'in ~/.local/share/lxc'
run user create -n c1 -t tiny
is_status 1 'a container of his own, without a default.conf'
is_line1 "lxc-create: c1: open $HOME/.config/lxc/default.conf: No such file or directory (it needs \
lxc.idmap = u 0 100000 65536 and lxc.idmap = g 0 100000 65536, with your ids of /etc/subuid and \
/etc/subgid)" 'which says what it needs'
not_ok 'and leaves nothing' test -e "$HOME/.local/share/lxc/c1"
mkdir -p "$HOME/.config/lxc"
echo '# mine' >"$HOME/.config/lxc/default.conf"
run user config lxc.default_config
is_out "$HOME/.config/lxc/default.conf" 'a user has a default.conf of his own'
run user config lxc.lxcpath
is_out "$HOME/.local/share/lxc" 'and containers of his own'
run as_user env -u HOME "$BIN/lxc-config" lxc.lxcpath
is_out /.local/share/lxc 'without HOME, below /'
printf '# of mine\n  lxc.lxcpath = %s \nlxc.nonsense = 1\nlxc.bdev.lvm.vg=vg1\n' "$HOME/boxes" \
	>"$HOME/.config/lxc/lxc.conf"
run user config lxc.lxcpath
is_out "$HOME/boxes" 'lxc.conf says otherwise'
run user config lxc.bdev.lvm.v
is_out vg1 'of every item, which may be shortened'
run user create -n c0 -t none
is_status 0 'a container there'
ok 'is there' test -f "$HOME/boxes/c0/config"
run user destroy c0
echo "lxc.default_config = $HOME/other.conf" >"$HOME/.config/lxc/lxc.conf"
run user create -n c0 -t none
is_line1 "lxc-create: c0: open $HOME/other.conf: No such file or directory" \
	'a default.conf that lxc.conf names and is not there'
echo 'lxc.uts.nam = x' >"$HOME/other.conf"
run user create -n c0 -t none
like_line1 "lxc-create: c0: $HOME/other.conf:1: lxc.uts.nam: unknown key*" 'or is wrong'
rm "$HOME/.config/lxc/lxc.conf"

run user create -n c1 -t tiny
is_status 0 'with one'
ok 'is there' test -f "$HOME/.local/share/lxc/c1/config"
run user ls -1
is_out c1 'is listed'
run user info c1 -sH
is_out STOPPED 'and stopped'
if [ "$me" = 0 ]; then
	run user start c1
	is_status 1 'a start without an id map'
	like_line1 'lxc-start: c1: *: Operation not permitted*' 'is not permitted'
	is "$(find "$T/user/run" -mindepth 1 2>&1)" '' 'and leaves nothing'
	run user execute c1 -- true
	is_status 1 'nor is execute'
	mkdir -m 700 "$T/roots"
	run "$BIN/lxc-create" -P "$T/roots" -n r1 -t none
	run user destroy -P "$T/roots" r1
	is_status 1 'a container of root'
	ok 'is not his to destroy' test -f "$T/roots/r1/config"
	mkdir -m 755 "$T/open"
	run "$BIN/lxc-create" -P "$T/open" -n r1 -t none
	run user destroy -P "$T/open" r1
	is_status 1 'also where he can look'
	ok 'is not his' test -f "$T/open/r1/config"
	run user create -P "$T/open" -n r2 -t none
	is_status 1 'nor can he make one there'
	is "$(find "$T/open" -name '.*')" '' 'which leaves nothing'
else
	skip 'a start without an id map' 'only root can become another user'
fi
run user destroy c1
is_status 0 'he can destroy his own'
is "$(find "$HOME/.local/share/lxc" -mindepth 1)" '' 'and it is gone'

# ---- set-user-id (threats E11) ----

if [ "$me" = 0 ] && ! findmnt -nT "$T" -o OPTIONS | grep -q nosuid; then
	mkdir "$T/suid"
	cp "$BIN/lxcbox" "$T/suid/lxcbox"
	"$T/suid/lxcbox" --install "$T/suid"
	for mode in 4755 2755; do
		chmod "$mode" "$T/suid/lxcbox"
		for name in lxcbox lxc-ls lxc-attach lxc-start lxc-create; do
			run as_user "$T/suid/$name" --version
			is_status 1 "$mode $name"
			is_line1 'lxcbox: refuses to run set-user-id' 'refuses'
			is_out '' 'and does nothing'
		done
	done
	run "$T/suid/lxc-ls" --version
	is_status 0 'its owner is no other user: not set-user-id'
else
	skip 'set-user-id' 'needs root, and a file system without nosuid'
fi

# ---- standard files that are closed ----

export LXC_RUNTIME_DIR="$T/run"
mkdir -p "$P"
lxc create -n c1 -t tiny <&- >&- 2>&-
is $? 0 'create with all three closed'
ok 'the program in it is whole' cmp "$BIN/lxcbox" "$P/c1/rootfs/bin/lxcbox"
is "$(tail -n 1 "$P/c1/config")" 'lxc.mount.auto = proc:mixed sys:ro' 'the configuration, too'
lxc stop c1 -o "$T/log" <&- >&- 2>&-
is $? 2 'a failure with all three closed'
is "$(grep -c 'is not running' "$T/log")" 1 'is in the log, once'
is "$(lxc ls -1 <&-)" c1 'ls without a standard input'
is "$(lxc ls -1 2>&-)" c1 'without a standard error'
lxc info c1 >&-
is $? 0 'info without a standard output'
lxc start --dry-run c1 -f "$T/full.conf" >&-
is $? 0 'a plan without a standard output'
lxc create -n c2 -t none >&-
is "$(cat "$P/c2/config")" '' 'nothing is written where it does not belong'
printf 'lxc.tty.max = x\n' >"$P/c2/config"
lxc info c2 -c lxc.tty.max 2>&-
is "$(cat "$P/c2/config")" 'lxc.tty.max = x' 'nor the error into the configuration'

# ---- odd places ----

mkdir -p "$T/gone"
(cd "$T/gone" && rmdir "$T/gone" && "$BIN/lxc-ls" -P "$P" -1) >"$T/out" 2>&1
is "$(cat "$T/out")" "$(printf 'c1\nc2')" 'from a directory that is gone'
(cd "$P" && "$BIN/lxc-ls" -P . -1) >"$T/out" 2>&1
is "$(cat "$T/out")" "$(printf 'c1\nc2')" 'with a relative lxcpath'
is "$(env -i "$BIN/lxc-ls" -P "$P" -1)" "$(printf 'c1\nc2')" 'with an empty environment'
is "$(LXC_RUNTIME_DIR=relative lxc ls -1)" "$(printf 'c1\nc2')" 'a relative LXC_RUNTIME_DIR'
not_ok 'is not followed' test -e relative
blank="$T/a b:c,d\\e"
mkdir "$blank"
run "$BIN/lxc-create" -P "$blank" -n c3 -t none
is_status 0 'an lxcpath with odd characters'
run "$BIN/lxc-ls" -P "$blank" -f -F name,state
is "$(sed -n 2p "$T/tap/out")" 'c3   STOPPED ' 'works'

done_testing
