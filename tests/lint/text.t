#!/bin/sh
# text.t - what a user reads says what the program does, and the tree holds nothing but sources.
#
# The manual comes from the tables the program goes by (lxcbox --manual); README and doc/ are
# written by hand, so what they name has to be there. LXCBOX is the program.
# shellcheck disable=SC2317,SC2086 # check calls the functions; the file names are lists of words
. "${0%/*}/lint.sh"

# Names in README.md or doc/ that look like commands and are none.
exceptions() {
	:
}

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
trap 'exit 1' HUP INT TERM

commands=$(sed -n 's/^COMMAND(\(.*\))$/\1/p' commands/list.h | tr _ -)
source_of() { # COMMAND
	echo "commands/$(echo "$1" | tr - _).c"
}
pages=$(tree | grep -E '^doc/.*\.[1-9]$')
prose=$(tree | grep -E '^README\.md$|^doc/')
"$LXCBOX" --list | sort >"$temp/list"
for command in $commands; do
	"$LXCBOX" --manual "lxc-$command" >"$temp/lxc-$command.1" 2>&1
done
keys_page=$temp/lxc.container.conf.5
"$LXCBOX" --manual lxc.system.conf >"$temp/lxc.system.conf.5" 2>&1
"$LXCBOX" --manual lxc.container.conf >"$keys_page" 2>&1

there() {
	for file in README.md LICENSE .gitignore .clang-format; do
		[ -s "$file" ] || echo "$file: is not there"
	done
	[ "$(head -n 1 LICENSE)" = 'MIT License' ] || echo "LICENSE:1: not the MIT License"
}

# --list has the commands of list.h, but for those that are not called lxc-NAME.
listed() {
	[ -s "$temp/list" ] || echo "$LXCBOX: --list names nothing"
	while read -r name; do
		echo "$commands" | grep -qx "${name#lxc-}" || echo "$name: not in commands/list.h"
	done <"$temp/list"
	for command in $commands; do
		grep -qx "lxc-$command" "$temp/list" ||
			grep -q CMD_HIDDEN "$(source_of "$command")" ||
			echo "commands/list.h:1: lxc-$command is not in --list"
	done
}

# Commands a text names: lxc-NAME, and "lxcbox NAME" at the beginning of a line to be typed.
named() {
	for file in $prose; do
		grep -noE '(^|[^a-zA-Z0-9_./-])lxc-[a-z]+(-[a-z]+)*' "$file" |
			sed 's/^\([0-9]*\):.*\(lxc-\)/\1 \2/' | while read -r line name; do
			grep -qx "$name" "$temp/list" || echo "$file:$line: $name: no such command"
		done
		sed -n 's/^\(    \|[$#] \)*lxcbox \([a-z][a-z]*\).*/\2/p' "$file" |
			while read -r name; do
			echo "$commands" | grep -qx "$name" ||
				echo "$file:1: lxcbox $name: no such command"
		done
	done
}

# A page for each command, for the configuration, and those in doc/.
linted() {
	for page in "$temp"/*.[1-9] $pages; do
		[ "$(wc -l <"$page")" -gt 5 ] || echo "${page##*/}: hardly anything in it"
		mandoc -T lint -W warning "$page" >"$temp/lint" 2>&1 ||
			sed "s|^mandoc: *[^:]*:|${page##*/}:|" "$temp/lint"
	done
	[ "$(ls "$temp"/lxc-*.1)" ] || echo "commands/list.h:1: names no commands"
}

# .Xr NAME SECTION of a page of ours is a page of ours.
referred() {
	for page in "$temp"/*.[1-9] $pages; do
		sed -n 's/^\.Xr \(lxc[^ ]*\) \([1-9]\).*/\1.\2/p' "$page" | while read -r other; do
			[ -e "$temp/$other" ] || [ -e "doc/$other" ] ||
				echo "${page##*/}: no page $other"
		done
	done
}

# The options of a text, a line each: "-n --name" or "--name".
manual_options() {
	sed -n 's/^\.It Fl \([^-]\) , Fl -\([a-z-]*\).*/-\1 --\2/p
		s/^\.It Fl -\([a-z-]*\).*/--\1/p' "$1" | sort
}
help_options() {
	sed -n 's/^  \(-.\), \(--[a-z-]*\).*/\1 \2/p
		s/^      \(--[a-z-]*\).*/\1/p' "$1" | sort
}

# What the manual has, --help has, and the other way round; each command has both.
helped() {
	for command in $commands; do
		page=$temp/lxc-$command.1
		# It hands all its words on, --help among them.
		! grep -q CMD_BARE "$(source_of "$command")" || continue
		"$LXCBOX" "$command" --help >"$temp/help" 2>&1 </dev/null ||
			echo "commands/$command.c:1: --help fails"
		manual_options "$page" >"$temp/a"
		help_options "$temp/help" >"$temp/b"
		[ -s "$temp/a" ] || echo "commands/$command.c:1: a manual without options"
		comm -23 "$temp/a" "$temp/b" | sed "s|^|commands/$command.c:1: not in --help: |"
		comm -13 "$temp/a" "$temp/b" | sed "s|^|commands/$command.c:1: not in the manual: |"
		grep -q "^Usage: lxc-$command " "$temp/help" ||
			echo "commands/$command.c:1: --help without its usage"
	done
}

# Every key that is set somewhere in a text is one there is.
keys_named() {
	for file in $prose; do
		grep -noE 'lxc\.[a-z_0-9]+(\.[a-z_0-9]+)+ *=' "$file" | tr -d ' =' | tr ':' ' ' |
			while read -r line key; do
			key=$(echo "$key" | sed 's/^lxc\.net\.[0-9]*\./lxc.net.[]./')
			family=${key%.*}.'*'
			grep -qF -e ".It Li $key " -e ".It Li $family " "$keys_page" ||
				echo "$file:$line: $key: no such key"
		done
	done
}

# Sources: text, none of it large, nothing a tool has made.
only_sources() {
	tree | while read -r file; do
		size=$(wc -c <"$file")
		[ "$size" -le 204800 ] || echo "$file: $size bytes"
		[ "$(tr -d '\0' <"$file" | wc -c)" = "$size" ] || echo "$file: is not text"
		case $file in
		*.[oad] | *.so | *.orig | *.rej | *.bak | *~ | *.tar* | *.gz | *.log | core)
			echo "$file: is not a source"
			;;
		esac
		[ "$(head -c 4 "$file" | tr -d '\0')" != "$(printf '\177ELF')" ] ||
			echo "$file: is a program"
	done
}

check files 'README and LICENSE are there' there
check list '--list has the commands of list.h' listed
check named 'the commands that texts name are there' named
check keys 'the keys that texts set are there' keys_named
check page 'each page of the manual is well made' linted
check refer 'the pages refer to pages there are' referred
check help '--help and the manual have the same options' helped
check source 'the tree has nothing but sources' only_sources
finish
