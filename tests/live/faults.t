#!/bin/sh
# faults.t - system calls of lxc-start fail one by one, wherever they are: no hang, one clear line,
# nothing left behind (threats J1).
#
# The calls are those of the supervisor in the trace of a good start. strace counts for each process
# by itself, so that the container's own process often meets the same fault; that is as well. What a
# fault keeps even the cleaning from removing, the next command removes.
# shellcheck source=../live.sh
. "${0%/*}/../live.sh"

# Without the default filter: libseccomp 2.6.0 frees twice when it is out of memory.
box c1 <<EOT
lxc.security.profile = compat
lxc.uts.name = c1
lxc.mount.auto = proc:mixed sys:mixed
lxc.tty.max = 1
lxc.pty.max = 4
lxc.idmap = u 0 100000 65536
lxc.idmap = g 0 100000 65536
EOT
chown -hR 100000:100000 "$(root c1)"
chmod 755 "$P/c1"
snapshot

# Every SAMPLE-th fault is tried; all of them with SAMPLE=1.
SAMPLE=${SAMPLE:-2}
errors='ENOSPC EMFILE ENOMEM EIO EAGAIN'

# The calls "NAME NUMBER" of all but the container's own process, which the last execve tells. Left
# out is what cannot fail, and wait4, which without its answer is no more than an endless start.
calls() {
	awk '
		/execve\(/ { inside = $1 }
		{ lines[NR] = $0 }
		END {
			for (i = 1; i <= NR; i++) {
				split(lines[i], word, " ")
				if (word[1] == inside || word[2] !~ /^[a-z0-9_]+\(/)
					continue
				name = word[2]
				sub(/\(.*/, "", name)
				n[word[1] name]++
				if (!seen[name " " n[word[1] name]]++)
					print name, n[word[1] name]
			}
		}' "$1" | grep -v -e '^exit' -e '^execve ' -e '^munmap ' -e '^close ' -e '^arch_prctl ' \
		-e '^set_tid_address ' -e '^geteuid ' -e '^brk ' -e '^wait4 ' -e '^fcntl [1-8]$'
}

# All processes of this namespace but the reaper, this shell, and its children so far.
end_leftovers() {
	for left in /proc/[0-9]*; do
		read -r left_name <"$left/comm" || continue
		case $left_name in
		lxc* | true | strace) kill -KILL "${left#/proc/}" ;;
		esac
	done 2>/dev/null
	lxc info c1 >/dev/null 2>&1
	find "$LXC_RUNTIME_DIR" -mindepth 1 -delete
}

# One start with a fault. What is wrong about it is appended to $T/wrong.
try() { # MODE CALL NUMBER ERROR
	timeout -k 1 30 strace -f -o /dev/null -e "trace=$2" -e "inject=$2:error=$4:when=$3" \
		"$BIN/lxc-start" -P "$P" "$1" -n c1 -- /bin/true >"$T/o" 2>"$T/e"
	try_status=$?
	try_line=$(sed -n 1p "$T/e")
	case $try_status in
	0) ;;
	1)
		case $try_line in
		'lxc-start: c1: '?* | 'lxcbox: out of memory') ;;
		'') [ "$2" = write ] || echo "$*: says nothing" >>"$T/wrong" ;;
		*) echo "$*: no clear line: $try_line" >>"$T/wrong" ;;
		esac
		;;
	124 | 137) echo "$*: hangs" >>"$T/wrong" ;;
	*) echo "$*: status $try_status: $try_line" >>"$T/wrong" ;;
	esac
	lxc info c1 >/dev/null 2>&1
	rmdir "$LXC_RUNTIME_DIR"/* 2>/dev/null # of all containers, if it is empty
	live_tries=0
	while
		live_state >"$T/tap/list"
		sort "$T/tap/list" >"$T/tap/after"
		! diff -U0 "$T/tap/before" "$T/tap/after" >"$T/tap/why"
	do
		live_tries=$((live_tries + 1))
		[ "$live_tries" -lt 300 ] && grep -q '^[-+]process ' "$T/tap/why" && continue
		{
			echo "$*: leaves (status $try_status, $try_line):"
			sed '1,2d' "$T/tap/why"
		} >>"$T/wrong"
		end_leftovers
		break
	done
}

for mode in -d -F; do
	run strace -f -o "$T/trace" "$BIN/lxc-start" -P "$P" $mode -n c1 -- /bin/true
	is_status 0 "a good start ($mode)"
	same_as_before 'leaves nothing'
	calls "$T/trace" >"$T/calls"
	: >"$T/wrong"
	tried=0 i=0
	while read -r call number; do
		i=$((i + 1))
		[ $((i % SAMPLE)) = 0 ] || continue
		# shellcheck disable=SC2086 # words
		set -- $errors
		shift $((i / SAMPLE % 5))
		try $mode "$call" "$number" "$1"
		tried=$((tried + 1))
	done <"$T/calls"
	is "$(cat "$T/wrong")" '' "$tried faults in $i calls ($mode)"
done
run lxc start -F -n c1 -- /bin/true
is_status 0 'and then all is well'
same_as_before 'and nothing is left'

done_testing
