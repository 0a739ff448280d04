#!/bin/sh
# missing.t - containers that do not exist or do not run: exit statuses and words.
# shellcheck source=../tap.sh
. "${0%/*}/../tap.sh"

# ---- there is none ----

run lxc start none1
is_status 1 'start'
is_line1 "lxc-start: none1: No container config specified (there is no $P/none1/config)" 'why'
run lxc execute none1 -- true
is_status 1 'execute'
like_line1 'lxc-execute: none1: Executing a container with no configuration file may crash the host*' \
	'why'
run lxc stop none1
is_status 2 'stop'
is_line1 'lxc-stop: none1: none1 is not running' 'why'
run lxc stop none1 -k
is_status 2 'stop -k'
run lxc stop none1 -r
is_status 2 'stop -r'
run lxc stop none1 -W
is_status 2 'stop -W'
run lxc attach none1 -- true
is_status 1 'attach'
is_line1 'lxc-attach: none1: none1 is not running' 'why'
run lxc info none1
is_status 1 'info'
is_line1 "lxc-info: none1: none1 doesn't exist" 'why'
is_out '' 'and prints nothing'
run lxc destroy none1
is_status 1 'destroy'
is_line1 'lxc-destroy: none1: Container is not defined' 'why'
run lxc destroy none1 -f
is_status 1 'destroy -f'

for opts in '' -1 -f '-f -F name,pid' --active --running --frozen --stopped --defined '-g x' x \
	'--filter x'; do
	# shellcheck disable=SC2086 # words
	run lxc ls $opts
	[ "$status" = 0 ] && [ ! -s "$T/tap/out" ] && [ ! -s "$T/tap/err" ]
	tap_check $? "ls $opts: nothing, and no error, without even an lxcpath"
done
run lxc ls -f -F name,wings
is_status 0 'ls with a column there is not'
has_err 'Invalid key: wings' 'says so'
run lxc ls -f -F 'NAME'
is_out '' 'no head without a container'
run lxc ls --filter '('
is_status 1 'a filter that is none'
is_line1 'lxc-ls: ( is not a regular expression' 'is said'
not_ok 'no run directory was made' test -e "$T/run"
not_ok 'no lxcpath was made' test -e "$P"

# ---- there is one, and it does not run ----

run lxc create -n c1 -t none
is_status 0 'a container'
run lxc stop c1
is_status 2 'stop of a stopped one'
is_line1 'lxc-stop: c1: c1 is not running' 'why'
run lxc attach c1
is_status 1 'attach to a stopped one'
is_line1 'lxc-attach: c1: c1 is not running' 'why'
run lxc info c1
is_status 0 'info of a stopped one'
is_out "$(printf 'Name:           c1\nState:          STOPPED')" 'name and state'
run lxc info c1 -sH
is_out STOPPED 'the state alone'
for o in -i -p -S; do
	run lxc info c1 "$o"
	is_status 0 "info $o of a stopped one"
	is_quiet 'has nothing to say'
done
run lxc info c1 -c lxc.tty.max -c lxc.uts.name
is_out "$(printf 'lxc.tty.max = 0\nlxc.uts.name =')" 'values of keys'
run lxc info c1 -Hc lxc.tty.max
is_out 0 'one value alone'
run lxc info c1 -c lxc.no.such
is_status 0 'an unknown key is no failure'
is_line1 'lxc.no.such invalid' 'but said'
run lxc ls
is_out 'c1  ' 'ls pads'
run lxc ls -1
is_out c1 'ls -1 does not'
run lxc ls -f
is_out "$(printf 'NAME STATE   AUTOSTART GROUPS IPV4 IPV6 UNPRIVILEGED \nc1   STOPPED 0         -      -    -    false        ')" \
	'ls -f: each column as wide as its widest entry, then a blank'
run lxc ls --running
is_out '' 'it is not running'
run lxc ls --stopped -1
is_out c1 'it is stopped'

# ---- options of stop that exclude each other ----

for o in '-k -t 3' '-k -r' '-k --nokill' '--nolock' '-t -2' '-t 3x' '-t 99999999999'; do
	# shellcheck disable=SC2086 # words
	run lxc stop c1 $o
	is_status 1 "stop $o"
done
run lxc stop c1 -t -2
is_line1 'lxc-stop: c1: Invalid timeout -2' 'why'

# ---- groups, filters ----

lxc create -n web1 -t none
lxc create -n web2 -t none
cat >"$P/web1/config" <<EOT
lxc.group = all
lxc.group = www front
lxc.start.auto = 1
EOT
echo 'lxc.group = all' >"$P/web2/config"
run lxc ls -1
is_out "$(printf 'c1\nweb1\nweb2')" 'sorted by name'
run lxc ls -1 web
is_out "$(printf 'web1\nweb2')" 'a regular expression, unanchored'
run lxc ls -1 --filter '^c|2$'
is_out "$(printf 'c1\nweb2')" 'an extended one'
run lxc ls -1 -g all
is_out "$(printf 'web1\nweb2')" 'members of a group'
run lxc ls -1 -g all,www
is_out web1 'of all groups'
run lxc ls -1 -g al
is_out '' 'whole names only'
run lxc ls -f -F name,groups,autostart web1
is_out "$(printf 'NAME GROUPS        AUTOSTART \nweb1 all,www,front 1         ')" 'columns chosen'
run lxc ls -f -F 'NAME, State Pid,ram,swap,INTERFACE,ipv4,ipv6,unprivileged' web2
is_status 0 'all other columns, in any case'
is "$(sed -n 2p "$T/tap/out")" 'web2 STOPPED -   -   -    -         -    -    false        ' \
	'are empty for a stopped one'
run lxc ls web
is_out "$(printf 'web1\nweb2')" 'no terminal: one a line'

# ---- what is no container ----

mkdir "$P/empty" "$P/.web3.tmp-0123abcd" "$P/dir"
mkdir "$P/dir/config"
echo x >"$P/file"
cp "$P/c1/config" "$P/.web3.tmp-0123abcd"
run lxc ls -1
is_out "$(printf 'c1\nweb1\nweb2')" 'files, empty and half-made directories are not listed'
run lxc info dir
is_status 1 'nor known'
run lxc ls -P "$P/file"
is_status 0 'a file as lxcpath has none'

if [ "$(id -u)" = 0 ]; then
	run as_user "$BIN/lxc-info" -P "$P" c1
	is_status 1 "root's container, looked at by a user"
	is_line1 "lxc-info: c1: Insufficent privileges to control $P:c1" 'is said'
	for c in stop attach destroy; do
		run as_user "$BIN/lxc-$c" -P "$P" c1
		is_line1 "lxc-$c: c1: Insufficent privileges to control $P:c1" "$c: the same"
	done
else
	skip "root's container, looked at by a user" 'we are not root'
fi
if [ -c /dev/full ]; then
	lxc ls -1 >/dev/full 2>"$T/tap/err"
	status=$?
	is_status 1 'output that cannot be written'
	is_line1 'lxc-ls: write the output: No space left on device' 'is said'
	"$BIN/lxcbox" --version >/dev/full 2>"$T/tap/err"
	status=$?
	is_status 1 'also of one line'
else
	skip 'output that cannot be written' 'no /dev/full'
fi

done_testing
