#!/bin/sh
# size.t - nothing is longer, wider or deeper than a reader can keep in mind (style.md, Files).
#
# At most 600 lines a file, 60 a function from its name to its closing brace, 4 levels deep (a
# function's own statements are level 1; if, for, while, do and switch add one with braces or
# without, else-if does not), 6 parameters, and 100 columns with tabs of 8. The tree is formatted
# by clang-format, but nothing here relies on it. Tables fenced by "clang-format off" are data:
# their lines do not make a function longer.
# shellcheck disable=SC2317,SC2086 # check calls the functions; the file names are lists of words
. "${0%/*}/lint.sh"

exceptions() {
	cat <<-'EOF'
	columns  .ci/sources  a release is one line, with its sum and its address
	columns  tests/cmd/*  what a command must print is one word of the shell, and stays whole
	columns  tests/live/* likewise
	EOF
}

sources=$(tree | grep -E '\.([cht]|sh|awk)$|^Makefile$|^\.ci/')
c_files=$(tree | grep '\.[ch]$')

long_files() {
	awk '
		FNR == 601 { print FILENAME ":601: more than 600 lines" }' $sources
}

wide_lines() {
	awk '
		{
			n = split($0, cell, "\t")
			columns = 0
			for (i = 1; i <= n; i++) {
				gsub(/[\200-\277]/, "", cell[i]) # in UTF-8 the first byte counts
				columns += length(cell[i])
				if (i < n)
					columns += 8 - columns % 8
			}
			if (columns > 100)
				print FILENAME ":" FNR ": " columns " columns"
		}' $sources
}

# functions: "FILE LINE NAME LINES DEPTH LINE_OF_DEPTH PARAMETERS" of each. It reads tokens and
# keeps a stack of what is open: F a function, B a block, C a statement's head that still waits for
# its statement, D braces around data, P a parenthesis.
functions() {
	code code $c_files | awk '
		$1 != file {
			file = $1
			top = depth = in_function = macro = fenced = 0
			forget_head()
		}
		{
			rest = substr($0, length($1) + length($2) + 3)
			was_macro = macro
			macro = (was_macro || rest ~ /^[ \t]*#/) && rest ~ /\\$/
			if (was_macro || rest ~ /^[ \t]*#/)
				next
			if (fenced && in_function)
				fenced_lines++
			while (match(rest, /[A-Za-z_][A-Za-z_0-9]*|@off|@on|[^ \t]/)) {
				word = substr(rest, RSTART, RLENGTH)
				rest = substr(rest, RSTART + RLENGTH)
				if (word ~ /^@/)
					fenced = word == "@off"
				else if (in_function)
					inside()
				else
					outside()
				if (word !~ /^@/)
					last = word
			}
		}

		# ---- between functions: the head of one, or something else

		function forget_head() {
			name = last = ""
			parens = params = data = braces = 0
			head_line = 0
		}
		function outside() {
			if (!head_line)
				head_line = $2
			if (word == "(") {
				if (++parens == 1 && name == "" && last ~ /^[a-z_A-Z]/ &&
				    last !~ /^__attribute__$|^[A-Z_0-9]+$/) {
					name = last
					params = 1
					counting = 1
				}
			} else if (word == ")") {
				if (--parens == 0) {
					if (counting && last == "(")
						params = 0
					counting = 0
				}
			} else if (word == "," && counting && parens == 1) {
				params++
			} else if (word == "=") {
				data = 1
			} else if (word == "{" && !braces && !data && name != "") {
				in_function = top = 1
				kind[1] = "F"
				level = deepest = deepest_line = 0
				fenced_lines = pending = 0
				start = 1
			} else if (word == "{") {
				braces++
			} else if (word == "}") {
				if (--braces == 0 && !data)
					name = "" # of a struct; its variables may follow
			} else if (word == ";" && !braces) {
				forget_head()
			}
		}

		# ---- in a function

		function push(what, keyword) {
			kind[++top] = what
			head[top] = keyword
			if (what == "B" || what == "C")
				level++
		}
		function pop() {
			if (kind[top] == "B" || kind[top] == "C")
				level--
			top--
		}

		# A statement has ended, and with it all heads that waited for one. But an else goes
		# on with the nearest if, whose block has been popped already when it had one.
		function settle() {
			pending = 0
			if (word == "else" && popped == "if")
				return
			while (kind[top] == "C") {
				popped = head[top]
				pop()
				if (word == "else" && popped == "if")
					return
			}
		}
		function inside() {
			if (pending)
				settle()
			if (word == "(") {
				push("P")
			} else if (word == ")") {
				pop()
				if (kind[top] == "C" && !open[top]) {
					open[top] = 1 # the head is complete
					start = 1
				}
				return
			} else if (word == "{") {
				open_brace()
				return
			} else if (word == "}") {
				close_brace()
				return
			} else if (kind[top] == "D" || kind[top] == "P") {
				return
			} else if (word == ";") {
				pending = start = 1
				popped = ""
				return
			} else if (word == ":") {
				start = 1
				return
			}
			if (!start)
				return
			begin_statement()
		}
		function begin_statement() {
			first = word
			start = 0
			if (level + 1 > deepest && !(last == "else" && word == "if")) {
				deepest = level + 1
				deepest_line = $2
			}
			if (word == "if" && last == "else" && kind[top] == "C") {
				head[top] = "if"
				open[top] = 0
			} else if (word ~ /^(if|for|while|switch)$/) {
				push("C", word)
				open[top] = 0
			} else if (word == "else" || word == "do") {
				push("C", word)
				open[top] = start = 1
			}
		}
		function open_brace() {
			if (kind[top] == "C" && open[top] && start) {
				kind[top] = "B"
			} else if (start && kind[top] ~ /[FB]/) {
				push("B", "")
			} else if (last == ")" && first ~ /^[A-Z_0-9]+$/ && kind[top] ~ /[FB]/) {
				push("B", first) # a macro that loops
			} else {
				push("D", "")
				return
			}
			start = 1
		}
		function close_brace() {
			what = kind[top]
			popped = what == "B" ? head[top] : ""
			pop()
			if (what == "F") {
				lines = $2 - head_line + 1 - fenced_lines
				print file, head_line, name, lines, deepest, deepest_line, params
				in_function = 0
				forget_head()
			} else if (what == "B") {
				pending = start = 1
			}
		}'
}

long_functions() {
	functions | awk '$4 > 60 { print $1 ":" $2 ": " $3 ": " $4 " lines" }'
}

deep_functions() {
	functions | awk '$5 > 4 { print $1 ":" $6 ": " $3 ": " $5 " levels deep" }'
}

many_parameters() {
	functions | awk '$7 > 6 { print $1 ":" $2 ": " $3 ": " $7 " parameters" }'
}

# The counter itself: as many functions as there are lines with nothing but the brace that
# clang-format puts at the end of one.
miscounted() {
	code code $c_files | awk -F '\t' '$3 == "{" { open[$1] = 1 } $3 == "}" && open[$1] {
		n[$1]++; open[$1] = 0 } END { for (f in n) print f, n[f], "braces" }' >"$temp"
	functions | awk '{ n[$1]++ } END { for (f in n) print f, n[f], "functions" }' >>"$temp"
	sort "$temp" | awk '
		$3 == "braces" { want[$1] = $2 }
		$3 == "functions" { got[$1] = $2 }
		END {
			for (f in want)
				if (want[f] != got[f])
					print f ":1: " got[f] + 0 " functions found of " want[f]
		}'
}

temp=$(mktemp)
trap 'rm -f "$temp"' EXIT
trap 'exit 1' HUP INT TERM

check lines 'a file has at most 600 lines' long_files
check columns 'a line has at most 100 columns' wide_lines
check function 'a function has at most 60 lines' long_functions
check depth 'a function is at most 4 levels deep' deep_functions
check parameters 'a function has at most 6 parameters' many_parameters
check counter 'every function was seen' miscounted
finish
