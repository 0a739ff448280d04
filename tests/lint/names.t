#!/bin/sh
# names.t - what things are called and said (style.md: Names, Errors, Comments, Build).
#
# A public name leads to its file, a file says first what it is for, a message is half a sentence
# that the printer can end with the errno. What a compiler could tell is taken from the objects, the
# rest from the text without comments or quotes. BUILD says where the objects are.
# shellcheck disable=SC2317,SC2086 # check calls the functions; the file names are lists of words
. "${0%/*}/lint.sh"

exceptions() {
	cat <<-'EOF'
	prefix  runtime/spawn.c:run_*          what is done with a struct run, whose file this is
	prefix  runtime/state.c:record_*       what is done with a struct record, whose file this is
	prefix  runtime/state.c:seen_*         what is done with a struct seen, whose file this is
	prefix  runtime/seal.c:title_*         the process's title, which sealing makes room for
	prefix  runtime/step_*                 the rows of child.c's table
	prefix  runtime/str.c:text_*           what is done with a struct text, whose file this is
	prefix  config/conf.c:origin_*         what is done with a struct origin, whose file this is
	prefix  config/conf.c:key_*            a kind of key; keys.c names them all alike
	prefix  config/types.c:key_*           likewise
	prefix  config/lists.c:key_*           likewise
	prefix  config/net.c:key_*             likewise
	prefix  config/forms.c:idmap_*         what is done with a struct idmap of forms.h
	prefix  config/forms.c:fstab_*         likewise, struct fstab
	prefix  config/forms.c:limit_*         likewise, struct limit
	prefix  config/forms.c:rootfs_*        likewise, enum rootfs_type
	prefix  config/forms.c:address_*       likewise, an address
	prefix  config/rules.c:conf_*          a part of conf.c
	prefix  config/parse.c:conf_*          a part of conf.c
	prefix  config/parse.c:key_*           a kind of key; keys.c names them all alike
	prefix  config/save.c:conf_*           a part of conf.c
	prefix  commands/options.c:command_*   what is done with a struct command
	prefix  commands/options.c:common_*    the options that are common to all commands
	prefix  commands/options.c:option_*    what is done with an option's argument
	banned  runtime/process.c:strtoull     hexadecimal, and the kernel's own
	banned  runtime/state.c:strtoul        hexadecimal, and compared with what it has to be
	message commands/template.c:Failed     LXC's own words, which scripts look for
	EOF
}

c_files=$(tree | grep '\.[ch]$')
program=$(echo "$c_files" | grep -v '^tests/')
scripts=$(tree | grep -E '\.(t|sh|awk)$'; grep -l '^#!' .ci/*)
everything=$(tree)

# The reader itself: a line for each line. One that finds nothing would find nothing wrong.
unread() {
	for part in code text comments; do
		[ "$(code $part $c_files | wc -l)" = "$(cat $c_files | wc -l)" ] ||
			echo "tests/lint/lint.sh: code $part: not all lines"
	done
	code code $c_files | grep -q 'fail *(' || echo "tests/lint/lint.sh: no code"
	code comments $c_files | grep -q 'threats' || echo "tests/lint/lint.sh: no comments"
	messages | grep -q '%s' || echo "$self: no messages"
}

# ---- public names

# symbols: "SOURCE NAME" of all that is public. gcc's LTO adds hidden ones of its own.
symbols() {
	objects | while read -r source object; do
		readelf -sW "$object" 2>&1 | awk -v source="$source" '
			$5 == "GLOBAL" && $6 != "HIDDEN" && $7 != "UND" {
				print source, $8
				found = 1
			}
			END {
				if (!found)
					print source, "(no-object)"
			}'
	done
}

# place SOURCE NAME: where it is defined, as well as a search for its name can tell.
place() {
	line=$(grep -nE "^[a-zA-Z_].*\\<$2( = |\\(|\\[|;)" "$1" | head -n 1)
	echo "$1:${line%%:*}"
}

# A name begins with that of its file; commands/start.c has command_start and nothing else.
wrong_prefix() {
	symbols | while read -r source name; do
		file=${source##*/}
		file=${file%.c}
		case $source in
		commands/*) ! grep -q "^COMMAND($file)$" commands/list.h || file=command_$file ;;
		esac
		case $name in
		"$file"*) ;;
		*) echo "$(place "$source" "$name"): $name: does not begin with $file" ;;
		esac
	done
}

# What no other file uses is static. A use in the own header, beside the declaration, is a macro's.
unused() {
	symbols >"$temp"
	code code $c_files | awk -v symbols="$temp" '
		BEGIN {
			while ((getline row < symbols) > 0) {
				split(row, word, " ")
				source[word[2]] = word[1]
			}
			delete source["main"]
		}
		{
			rest = substr($0, length($1) + length($2) + 3)
			while (match(rest, /[A-Za-z_][A-Za-z_0-9]*(##)?/)) {
				word[1] = substr(rest, RSTART, RLENGTH)
				rest = substr(rest, RSTART + RLENGTH)
				if (!(word[1] in source) || source[word[1]] == $1)
					continue
				if ($1 ~ /\.h$/)
					declared[word[1]]++
				else
					used[word[1]] = 1
			}
		}
		END {
			for (name in source)
				if (!used[name] && declared[name] < 2 && name !~ /^command_/)
					print source[name], name
		}' | while read -r source name; do
			echo "$(place "$source" "$name"): $name: no other file uses it"
		done
}

# ---- the language

# What is not used, and why. The compiler refuses some of it (base.h), but not where libc's header
# comes after that list. A test may use what it tests against.
banned_words() {
	cat <<-'EOF'
	goto: each resource has an owner in scope
	alloca strcpy strcat stpcpy sprintf vsprintf gets: have no bound
	atoi atol atoll atof scanf fscanf sscanf: take much for a number
	strtol strtoul strtoll strtoull strtoimax strtoumax: take signs and blanks
	strtok: keeps a place of its own
	system popen: run a shell
	mktemp tmpnam tempnam tmpfile: use a name that can be guessed
	assert abort raise: would act on the parent, in a child of clone3
	__LINE__: has no place in a message
	EOF
}

# A directive is not looked at: base.h has its list in one.
banned() {
	code code $program | WORDS=$(banned_words) awk '
		BEGIN {
			rows = split(ENVIRON["WORDS"], row, "\n")
			for (i = 1; i <= rows; i++) {
				n = split(substr(row[i], 1, index(row[i], ":") - 1), words, " ")
				for (k = 1; k <= n; k++)
					bad[words[k]] = 1
			}
		}
		$3 == "#pragma" { next }
		{
			rest = substr($0, length($1) + length($2) + 3)
			where = $1 ":" $2 ": "
			if (rest ~ /(^|[^a-z_])typedef[ \t].*(struct|union|enum)/)
				print where "typedef: a struct, union or enum is called by its name"
			while (match(rest, /[A-Za-z_][A-Za-z_0-9]*/)) {
				word = substr(rest, RSTART, RLENGTH)
				rest = substr(rest, RSTART + RLENGTH)
				call = rest ~ /^[ \t]*\(/ || word ~ /^(goto|__LINE__)$/
				if ((word in bad) && call)
					print where word ": not in this program"
			}
		}'
}

# TRY is the only macro that hides a return.
hidden_returns() {
	code code $c_files | awk '
		{
			rest = substr($0, length($1) + length($2) + 3)
			if (!more && rest ~ /^[ \t]*#[ \t]*define/) {
				name = rest
				sub(/^[ \t]*#[ \t]*define[ \t]+/, "", name)
				sub(/[^A-Za-z_0-9].*/, "", name)
				more = 1
			}
			if (more && name != "TRY" && rest ~ /(^|[^A-Za-z_0-9])return[^A-Za-z_0-9]/)
				print $1 ":" $2 ": " name ": a macro that hides a return"
			more = more && rest ~ /\\$/
		}'
}

# ---- comments

# The first line of a file is "NAME - what it is for", in a comment or at the start of one.
nameless() {
	for file in $c_files; do
		awk -v name="${file##*/}" '
			NR == 1 && /^\/\*$/ { next }
			{
				sub(/^\/?[ ]?\*[ ]/, "")
				exit index($0, name " - ") != 1
			}' "$file" || echo "$file:1: does not begin with \"${file##*/} - \""
	done
	for file in $scripts; do
		awk -v name="${file##*/}" '
			NR == 1 && /^#!/ || /^# shellcheck / || /^#$/ { next }
			{ exit !(index($0, "# " name " ") == 1 && index($0, " - ")) }' "$file" ||
			echo "$file:1: does not begin with \"${file##*/} - \""
	done
}

# Code that is commented out: a line of a comment that is a statement, #if 0, and // at all.
dead_code() {
	code comments $c_files | awk '
		{
			text = substr($0, length($1) + length($2) + 3)
			where = $1 ":" $2 ": "
			if (text ~ /^[ \t]*\/\//)
				print where "a comment is /* */"
			gsub(/^[ \t]*(\/\*+|\*)|\*\/[ \t]*$/, "", text)
			sub(/[ \t]+$/, "", text)
			if (text ~ /^[ \t]*[A-Za-z_*][^.]*[^ ] (=|[-+|&]=) [^.]*;$/ ||
			    text ~ /^[^.]*\);$/ || text ~ /^[ \t]*\}$/ ||
			    text ~ /(^|[ \t])(return|break|continue)( [^ .]+)?;$/ ||
			    text ~ /^[ \t]*(if|for|while|switch) \(.*\)[ \t]*\{?$/)
				print where "looks like code: " text
		}'
	grep -nHE '^[ 	]*#[ 	]*if[ 	]+0' $c_files | sed 's/$/: code that is switched off/'
}

undone() {
	grep -nHIE '(^|[^A-Za-z_.X-])([T]ODO|[F]IXME|[X]XX)([^A-Za-z_X]|$)' $everything |
		grep -vE 'issue [0-9]+|#[0-9]+' | sed 's/$/: what issue?/'
}

# ---- messages

# messages: "FILE<tab>LINE<tab>TEXT" of each string among the arguments of fail() and log_*(), its
# pieces joined.
messages() {
	code text $program | awk '
		$1 != file { file = $1; depth = 0 }
		$3 ~ /^#/ { next }
		{
			rest = substr($0, length($1) + length($2) + 3)
			while (match(rest, /"([^"\\]|\\.)*"|[A-Za-z_][A-Za-z_0-9]*|[^ \t]/)) {
				word = substr(rest, RSTART, RLENGTH)
				rest = substr(rest, RSTART + RLENGTH)
				call = last ~ /^(fail(_in|_hint)?|log_[a-z]+)$/
				if (word == "(" && (depth || call))
					depth++
				else if (depth && word == ")")
					depth--
				if (word ~ /^"/ && (depth || said != "")) {
					if (said == "")
						line = $2
					said = said substr(word, 2, length(word) - 2)
				} else if (said != "" && word !~ /^PRI[a-zA-Z0-9]+$/) {
					print file "\t" line "\t" said
					said = ""
				}
				last = word
			}
		}'
}

bad_messages() {
	messages | awk -F '\t' '
		{
			where = $3
			sub(/ .*/, "", where)
			where = $1 ":" $2 ": " where ": "
		}
		$3 ~ /([Ff]ailed|[Uu]nable) to / { print where "says that, not what" }
		$3 ~ /(^|[^.])\.$/ { print where "no full stop: " $3 }
		$3 ~ /!$/ { print where "no exclamation: " $3 }
		$3 ~ /\\n/ { print where "no line feed: " $3 }
		$3 ~ /%m/ { print where "the printer adds the errno: " $3 }'
}

# Only main.c, the monitor and the log print; commands print what they are for.
printing() {
	code code $program | awk '
		$1 !~ /^(runtime|config)\// { next }
		$1 ~ /^runtime\/(log|mem)\.c$/ { next }
		/(^|[^A-Za-z_0-9])(v?f?printf|f?put[cs]|putchar|perror|v?(warn|err)x?)[ \t]*\(/ ||
		/(^|[^A-Za-z_0-9])(stderr|stdout|STDERR_FILENO)/ { print $1 ":" $2 ": prints" }'
}

# ---- every file

# Nothing of the machine it was written on, this one or those we know of, and no package registry.
# (The brackets keep this file from naming what it forbids.)
of_this_machine() {
	path='(^|[^A-Za-z0-9_.])/([w]ork/|[r]oot/[a-z]|[U]sers/|[t]mp/(bs|bash|build|lint))'
	grep -nHIE "$path" $everything | sed 's/$/ (a path of one machine)/'
	for here in "$(pwd)" "${HOME-}"; do
		case $here in
		/*/*) grep -nHIF "$here/" $everything | sed 's/$/ (a path of this machine)/' ;;
		esac
	done
	registry='(deb|ftp|security|snapshot|archive|packages)[.](debian|ubuntu)[.](org|com)'
	registry="$registry|[n]pmjs|[p]ypi|[c]rates[.]io|[p]roxy[.]golang|[r]ubygems"
	grep -nHIiE "$registry" $everything | sed 's/$/ (a package registry)/'
}

temp=$(mktemp)
trap 'rm -f "$temp"' EXIT
trap 'exit 1' HUP INT TERM

check reader 'all of the sources is read' unread
check prefix 'a public name begins with the name of its file' wrong_prefix
check static 'what is public is used by another file' unused
check banned 'what style.md forbids is not used' banned
check return 'no macro but TRY hides a return' hidden_returns
check header 'a file begins with its name and what it is for' nameless
check dead 'no code in comments' dead_code
check todo 'nothing undone without the number of an issue' undone
check message 'messages have no "Failed to", no full stop, no errno of their own' bad_messages
check print 'only main.c, the monitor and the log print' printing
check machine 'no path of one machine, no package registry' of_this_machine
finish
