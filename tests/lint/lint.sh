# shellcheck shell=sh
# lint.sh - what the house rules share: the files they look at, exceptions, and a report in TAP.
#
# A test defines a function per rule that prints each violation as "FILE:LINE: words", or as
# "FILE:LINE: NAME: words", and ends with the status of what looked for them: a search that could
# not run is no proof. `check` runs it. Excepted is what the test's own `exceptions` lists, each
# with a reason: lines "RULE WHAT REASON", WHAT being FILE or FILE:NAME, and a * at its end matches
# anything. An exception that excepts nothing is a violation as well, so that none is left behind.
set -u
export LC_ALL=C
checks=0 failures=0 self=tests/lint/${0##*/}
: "${BUILD:=build}"
: "${LXCBOX:=$BUILD/lxcbox}"

exceptions() {
	:
}

# For awk: whether a text is what a pattern says, in which a * at the end matches anything.
like='
	function like(text, pattern) {
		if (pattern ~ /[*]$/)
			return index(text, substr(pattern, 1, length(pattern) - 1)) == 1
		return text == pattern
	}'

# tree: the project's files: what git has or would take; without git all but build*/.
tree() {
	if [ -e .git ] && git ls-files >/dev/null 2>&1; then
		git ls-files -co --exclude-standard
	else
		find . \( -name .git -o -path './build*' \) -prune -o ! -type d -print |
			sed 's|^\./||'
	fi | sort -u | while read -r file; do
		if [ -e "$file" ]; then echo "$file"; fi
	done
}

# check RULE SENTENCE COMMAND...: a test that COMMAND finds no violation of the rule.
check() {
	rule=$1 sentence=$2
	shift 2
	checks=$((checks + 1))
	found=$("$@") || found="$found
$self: $*: failed"
	found=$(printf '%s\n' "$found" | sort -t : -k 1,1 -k 2,2n |
		RULE=$rule SELF=$self EXCEPTIONS=$(exceptions) awk "$like"'
		BEGIN {
			self = ENVIRON["SELF"] ": "
			n = split(ENVIRON["EXCEPTIONS"], rows, "\n")
			for (i = 1; i <= n; i++) {
				if (split(rows[i], word) < 3 && rows[i] != "")
					print self "an exception without a reason: " rows[i]
				if (word[1] == ENVIRON["RULE"])
					what[i] = word[2]
			}
		}
		$0 == "" { next }
		{
			file = $1
			sub(/:[0-9]*:$/, "", file)
			name = file ":" $2
			sub(/:$/, "", name)
			for (i in what)
				if (like(file, what[i]) || like(name, what[i])) {
					used[i] = 1
					next
				}
			print
		}
		END {
			for (i in what)
				if (!used[i])
					print self "nothing needs the exception: " rows[i]
		}') || found="$self: awk failed"
	if [ "$found" ]; then
		failures=$((failures + 1))
		echo "not ok $checks - $sentence"
		printf '%s\n' "$found" | awk '
			NR <= 100 { print "#   " $0 }
			END {
				if (NR > 100)
					print "#   and " NR - 100 " more"
			}' >&2
	else
		echo "ok $checks - $sentence"
	fi
}

# objects: "SOURCE OBJECT" of each source the program is made of.
objects() {
	tree | grep -E '^(main|(runtime|config|hooks|commands)/.*)\.c$' | while read -r source; do
		echo "$source $BUILD/${source%.c}.o"
	done
}

# finish: the plan; the test's status.
finish() {
	echo "1..$checks"
	exit $((failures > 0))
}

# code PART FILE...: the C in the files, line by line, as "FILE<tab>LINE<tab>TEXT". PART says what
# is left of it: `code` is without comments and what is in quotes, `text` without comments, and
# `comments` has nothing else. The comments that fence tables off are @off and @on in the code.
code() {
	part=$1
	shift
	[ $# = 0 ] || awk -v part="$part" '
		FNR == 1 { comment = 0 }
		{
			rest = $0
			out = ""
			while (rest != "") {
				if (comment)
					go_on()
				else if (match(rest, /"|\047|\/[*]|\/\//)) {
					keep(part != "comments", RSTART - 1)
					begin()
				} else
					keep(part != "comments", length(rest))
			}
			print FILENAME "\t" FNR "\t" out
		}
		function keep(wanted, n) {
			if (wanted)
				out = out substr(rest, 1, n)
			rest = substr(rest, n + 1)
		}
		function go_on(end) { # to the end of the comment, if it is in this line
			end = index(rest, "*/")
			comment = !end
			end = end ? end + 1 : length(rest)
			if (part != "comments" && substr(rest, 1, end) ~ /clang-format o/)
				out = out (substr(rest, 1, end) ~ /format off/ ? " @off " : " @on ")
			keep(part == "comments", end)
		}
		function begin() { # a comment, or a quote
			if (rest ~ /^\/[*]/) {
				comment = 1
				out = out (part == "comments" ? "" : " ")
				keep(part == "comments", 2)
			} else if (rest ~ /^\/\//) {
				keep(part == "comments", length(rest))
			} else {
				if (!match(rest, /^"([^"\\]|\\.)*"/) &&
				    !match(rest, /^\047([^\047\\]|\\.)*\047/))
					RLENGTH = 1
				if (part == "code")
					out = out (rest ~ /^"/ ? "\"\"" : "0")
				keep(part == "text", RLENGTH)
			}
		}' "$@"
}
