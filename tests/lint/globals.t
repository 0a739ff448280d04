#!/bin/sh
# globals.t - no variable that changes outlives a call, except those listed here (style.md, Names).
#
# With state that any function may change, every answer depends on all calls before it. What can
# change is told by the objects: it is in .data, .bss or thread-local storage. Constants are in
# .rodata, or in .data.rel.ro when they hold addresses. BUILD says where the objects are.
# shellcheck disable=SC2317 # check calls the functions
. "${0%/*}/lint.sh"

exceptions() {
	cat <<-'EOF'
	global  runtime/fail.c:failure     where fail() writes: in the child, the shared page
	global  runtime/fail.c:own         and where it points until then
	global  runtime/log.c:sink         the log: opened once, for whoever has to say something
	global  runtime/mem.c:sealed       the promise that nothing allocates any more
	global  runtime/seal.c:title_at    where the kernel has this process's title
	global  runtime/seal.c:title_room  and how long it may be
	global  runtime/step_proc.c:text   room for a passwd file, too large for a stack
	EOF
}

# A static of a function is called NAME.1 or so by gcc, FUNCTION.NAME by clang.
variables() {
	objects | while read -r source object; do
		readelf -SsW "$object" 2>&1 | awk -v source="$source" '
			/^ *\[ *[0-9]+\]/ {
				sub(/^ *\[ */, "")
				sub(/\]/, "")
				section[$1] = $2
				changes[$1] = $2 ~ /^\.t?(data|bss)/ && $2 !~ /^\.data\.rel\.ro/
			}
			$1 ~ /^[0-9]+:$/ { seen = 1 }
			$4 == "OBJECT" || $4 == "TLS" || $7 == "COM" {
				if (!changes[$7] && $7 != "COM" || $8 ~ /^__gnu_lto/)
					next
				name = $8
				sub(/\.[0-9]+$/, "", name)
				sub(/.*\./, "", name)
				print source ":1: " name ": " $3 " bytes in " section[$7]
			}
			END {
				if (!seen)
					print source ":1: no object to look at: " FILENAME
			}'
	done
}

check global 'nothing changes but what is listed' variables
finish
