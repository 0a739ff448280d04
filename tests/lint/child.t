#!/bin/sh
# child.t - what runs between clone and exec calls nothing it must not call (style.md, The child).
#
# That process is a copy of its parent: what stdio still holds would be written twice, and libc
# takes the thread for the parent's, so that raise, abort and gettid would act on the parent. So it
# makes system calls, words what fails, and does nothing else.
#
# calls.awk follows every call from child_main through our objects, and on through libc's: what is
# listed here as harmless is looked at, too. BUILD says where the objects are; they are as good for
# this as the shipped program, in which link-time optimisation has joined the same functions.
# shellcheck disable=SC2317,SC2046 # check calls the functions; file names are lists of words
. "${0%/*}/lint.sh"

# Our own files that may have a part in it.
exceptions() {
	cat <<-'EOF'
	ours  runtime/child.c   the table, and its runner
	ours  runtime/step_*    the steps
	ours  runtime/mnt.c     mounting, by system calls alone
	ours  runtime/path.c    paths beneath a root, likewise; its removing part allocates
	ours  runtime/sys.c     the system calls themselves
	ours  runtime/fail.c    words a failure on the shared page
	ours  runtime/mem.c     mem_seal(), after which all else in there ends the process
	ours  runtime/names.c   tables, and what looks a number up in them
	EOF
}

# What our code may use of libc, and why that is harmless.
harmless() {
	cat <<-'EOF'
	_exit chdir chroot close dup2 execve fchdir fchmod fcntl fstat fstatat: one system call
	fstatfs getpid getrandom ioctl mkdirat mknodat mount open openat prctl: one system call
	read readlinkat recv sendmsg sethostname setns setsid socket symlinkat: one system call
	syscall umask umount2 unshare write: one system call
	prlimit: one system call
	setgroups setresgid setresuid setrlimit: for all threads, of which there is one: see below
	sigemptyset sigprocmask: the mask is this process's own
	isatty tcgetattr tcsetattr: one ioctl
	environ: the caller's variables, to be wiped
	sysconf: of the limit on descriptors, for kernels without close_range
	getcwd: into room of ours
	snprintf vsnprintf: into room of ours; musl's neither allocate nor lock
	strerror: of a table of constants; there is no other language
	__errno_location: in the thread's own memory
	__stack_chk_fail: an instruction that traps
	EOF
}

# Functions of memory alone, which the compiler also puts in and takes out as it sees fit.
pure() {
	cat <<-'EOF'
	bcmp memchr memcmp memcpy memmove memset mempcpy stpcpy strchr strcmp strcpy strcspn strlen
	strncmp strnlen strrchr strspn
	EOF
}

# What none of them may come to, however indirectly.
forbidden='malloc calloc realloc free aligned_alloc memalign posix_memalign strdup
	raise abort exit gettid tkill fork vfork pthread_create pthread_exit pthread_kill
	fopen fdopen fclose fflush opendir __ofl_add syslog vsyslog openlog setlocale
	getpwnam getpwuid getgrnam getgrgid getpwnam_r getpwuid_r getgrnam_r getgrgid_r'

# But libc never gets there in this process: getcwd() copies only when it was given no room, and no
# thread is ever cancelled.
never='getcwd>strdup *>__cancel *>pthread_exit'

reached=$(mktemp)
trap 'rm -f "$reached"' EXIT
trap 'exit 1' HUP INT TERM

# words_of LIST: those before the colons, one a line.
words_of() {
	"$1" | sed 's/:.*//' | tr -s ' ' '\n'
}

find_calls() {
	readelf -rsSW $(objects | cut -d ' ' -f 2) "$BUILD/musl/libc.a" |
		awk -v start=child_main -v stop="$never" -v libc="$BUILD/musl/libc.a" \
			-f tests/lint/calls.awk >"$reached"
	sed -n 's/^missing \(.*\)/runtime\/child.c:1: \1: no such function/p' "$reached"
	for must in 'ours step_exec' 'ours path_open' 'ours sys_clone' 'inner __syscall_cp' \
		'inner vfprintf' 'inner __synccall'; do
		grep -q "^$must " "$reached" || echo "tests/lint/calls.awk:1: not found: $must"
	done
}

# of KIND: "SOURCE:1: NAME: PATH" of what was found of it.
of() {
	awk -v kind="$1" -v build="$BUILD/" '
		$1 == kind {
			source = $3
			if (index(source, build) == 1)
				source = substr(source, length(build) + 1)
			sub(/\.o$/, ".c", source)
			print source ":1: " $2 ": " $4
		}' "$reached"
}

unlisted_libc() {
	of libc | ALLOWED=$(words_of harmless; words_of pure) awk '
		BEGIN {
			n = split(ENVIRON["ALLOWED"], words)
			for (i = 1; i <= n; i++)
				allowed[words[i] ":"] = 1
		}
		!($2 in allowed)'
	of unknown
}

# What nothing uses any more is taken off the list.
unneeded() {
	words_of harmless | while read -r name; do
		grep -q "^libc $name " "$reached" || echo "$self:1: $name: nothing uses it"
	done
}

forbidden_inside() {
	sed 's/^inner /libc /' "$reached" | FORBIDDEN=$forbidden awk '
		BEGIN {
			n = split(ENVIRON["FORBIDDEN"], words)
			for (i = 1; i <= n; i++)
				forbidden[words[i]] = 1
		}
		$1 == "libc" && ($2 in forbidden) { print "libc:1: " $2 ": " $4 }'
	grep -nHE 'getcwd\((NULL|0)' runtime/*.c | sed 's/$/: allocates/'
}

# The only places a process is made in that way: what the child does then is child_main or a step.
cloned_elsewhere() {
	code code $(tree | grep '\.[ch]$') | awk '
		$1 ~ /^runtime\/(sys\.[ch]|spawn\.c|step_attach\.c)$/ { next }
		/(^|[^a-zA-Z_0-9])(sys_clone|clone|__clone|vfork|_Fork)[ \t]*\(/ ||
		/SYS_(clone|vfork)/ { print $1 ":" $2 ": clones" }'
}

check find 'the calls of child_main are found' find_calls
check ours 'only what belongs to the child is called of ours' of ours
check libc 'of libc only what is known to be harmless is called' unlisted_libc
check unneeded 'that list has nothing nobody calls' unneeded
check forbidden 'in libc this comes to nothing that allocates, exits or signals' forbidden_inside
check clone 'nobody else clones' cloned_elsewhere
finish
