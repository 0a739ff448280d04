#!/bin/sh
# linked.t - the program as it is shipped: needs nothing, gives nothing away, and is hard to break.
#
# One static-pie: no loader, no library, nothing writable that can be run, and nothing left writable
# that is only written while it starts; small enough for a router. LXCBOX is the program, and in
# BUILD there is lxcbox.debug, the same before its symbols were taken off.
# shellcheck disable=SC2317 # check calls the functions
. "${0%/*}/lint.sh"
debug=$BUILD/lxcbox.debug

# Bytes: the target of this stage, and what may never be exceeded (Makefile: MAXSIZE).
target=655360
limit=716800

elf=$(mktemp)
trap 'rm -f "$elf"' EXIT
trap 'exit 1' HUP INT TERM
readelf -hldSW "$LXCBOX" >"$elf" 2>&1

# must REGEX WORDS, must_not REGEX WORDS: a line of readelf's that there is, or is not.
must() {
	grep -qE -e "$1" "$elf" || echo "$LXCBOX: $2"
}
must_not() {
	REGEX=$1 WORDS="$LXCBOX: $2: " awk '
		$0 ~ ENVIRON["REGEX"] { print ENVIRON["WORDS"] $0 }' "$elf"
}

static() {
	must '^ *Entry point' 'not a program'
	must_not '^ *INTERP' 'wants a loader'
	must_not '\((NEEDED|RPATH|RUNPATH)\)' 'wants a library'
	must_not '\((PLTGOT|PLTREL|JMPREL|SONAME|VERNEED|VERSYM|VERDEF)\)' 'as if for a loader'
	# Only the empty entry that has to be there.
	readelf --dyn-syms -W "$LXCBOX" | awk -v file="$LXCBOX" '
		$1 ~ /^[0-9]+:$/ && $1 != "0:" { print file ": a symbol for a loader: " $8 }'
}

independent() {
	must '^ *Type: +DYN' 'cannot be loaded anywhere'
	must 'FLAGS_1.* PIE' 'not marked as position independent'
	must_not '\(TEXTREL\)|TEXTREL$' 'its code is changed when it is loaded'
}

hardened() {
	must '^ *GNU_RELRO ' 'nothing is made read-only'
	must 'BIND_NOW' 'not bound at once'
	must '^ *GNU_STACK ' 'does not say that its stack is data'
	awk -v file="$LXCBOX" '
		/^ +(LOAD|GNU_STACK|GNU_RELRO) / {
			flags = ""
			for (i = 7; i < NF; i++)
				flags = flags $i
			if (flags ~ /E/ && ($1 != "LOAD" || flags ~ /W/))
				print file ": writable and executable: " $0
		}
		# [Nr] Name Type Address Off Size ES Flags
		/^ *\[ *[0-9]+\]/ {
			sub(/^ *\[ *[0-9]+\] */, "")
			if ($7 ~ /W/ && $7 ~ /X/)
				print file ": writable and executable: " $1
		}' "$elf"
}

# What is to be read-only after relocation lies in RELRO, all of it.
covered() {
	awk -v file="$LXCBOX" '
		/Section to Segment/ { mapping = 1 }
		/^ +GNU_RELRO / { relro = sprintf("%02d", segment) }
		/^ +[A-Z][A-Z_]+ +0x/ { segment++ }
		mapping && $1 == relro { inside = " " $0 " " }
		/^ *\[ *[0-9]+\] \.(data\.rel\.ro|dynamic|got|got\.plt|init_array|fini_array) / {
			sub(/^ *\[ *[0-9]+\] */, "")
			want[$1] = 1
		}
		END {
			for (name in want)
				if (!index(inside, " " name " "))
					print file ": not in RELRO: " name
		}' "$elf"
}

protected() {
	readelf -sW "$debug" | awk -v file="$debug" '
		$8 == "__stack_chk_fail" && $7 != "UND" { found = 1 }
		END {
			if (!found)
				print file ": no stack protector"
		}'
}

# musl CVE-2025-26519: iconv writes out of bounds. Nothing of ours converts anything.
no_iconv() {
	readelf -sW "$debug" | awk -v file="$debug" '
		$8 ~ /iconv/ { print file ": " $8 }
		$1 ~ /^[0-9]+:$/ { symbols++ }
		END {
			if (symbols < 100)
				print file ": has no symbols to look at"
		}'
}

stripped() {
	must_not '^ *\[ *[0-9]+\] \.(symtab|strtab|debug|comment|note|gnu\.lto)' 'not stripped'
}

# Where and on what it was built. A name of a few letters is in any text.
untold() {
	host=$(uname -n)
	case $host in ? | ?? | ??? | ???? | localhost) host= ;; esac
	top=$(pwd)
	for secret in "$top" "$BUILD/" $host; do
		case $secret in
		/ | /? | /?? | build/) continue ;;
		esac
		for file in "$LXCBOX" "$debug"; do
			! grep -aqF -e "$secret" "$file" || echo "$file: tells of $secret"
		done
	done
}

small() {
	size=$(wc -c <"$LXCBOX")
	[ "$size" -le "$limit" ] || echo "$LXCBOX: $size bytes, of at most $limit"
	[ "$size" -le "$target" ] || echo "$LXCBOX: $size bytes; the target is $target"
	grep -q "^MAXSIZE := $limit\$" Makefile || echo "Makefile:1: MAXSIZE is not $limit"
}

check static 'needs no loader and no library' static
check pie 'can be loaded anywhere' independent
check hardened 'nothing is writable and executable' hardened
check relro 'all that can be is read-only once it runs' covered
check stack 'the stack is protected' protected
check iconv 'iconv is not in it' no_iconv
check strip 'no symbols, no remarks' stripped
check told 'does not tell where it was built' untold
check size 'small enough' small
finish
