#!/bin/sh
# layers.t - who may include whom (style.md, Shape), so that a lower layer never knows a higher one.
#
# Only direct includes are looked at: what they include in turn obeys the same table. For what runs
# between clone and exec everything it can see through them is looked at, too, because its safety
# rests on what it does not know: what allocates, logs or looks up users.
# shellcheck disable=SC2317,SC2086 # check calls the functions; the file names are lists of words
. "${0%/*}/lint.sh"

# Each file that may be included, by the name of its layer. The first pattern that fits counts.
layers() {
	cat <<-'EOF'
	base      runtime/base.h
	base      runtime/fail.*
	base      runtime/log.*
	base      runtime/mem.*
	base      runtime/str.*
	base      runtime/file.*
	base      runtime/sys.*
	base      runtime/names.*
	base      runtime/path.*
	child     runtime/child.*
	child     runtime/step_*
	child     runtime/mnt.*
	forms     config/forms.h
	conf      config/conf.h
	config    config/*
	handle    runtime/ctl.h
	handle    runtime/state.h
	runtime   runtime/*
	hooks     hooks/*
	commands  commands/*
	main      main.c
	tests     tests/*
	EOF
}

# What a layer may include.
allowed() {
	cat <<-'EOF'
	base      base
	conf      base conf forms config
	forms     base conf forms config
	config    base conf forms config
	child     base child forms runtime
	handle    base child forms conf handle runtime
	runtime   base child forms conf handle runtime
	hooks     base conf forms config handle hooks
	commands  base conf forms config child handle runtime hooks commands
	main      base conf forms config child handle runtime hooks commands
	tests     base conf forms config child handle runtime hooks commands tests
	EOF
}

# All that is seen between clone and exec, directly or through another header.
child_files='^runtime/(child|step_[a-z]*|mnt|path)\.c$'
child_headers='base child fail forms mem mnt names nl path plan sys'

# Headers of libraries, and the files that know them.
libraries() {
	cat <<-'EOF'
	lua.h       hooks/* commands/lua.c
	lauxlib.h   hooks/* commands/lua.c
	lualib.h    hooks/* commands/lua.c
	seccomp.h   runtime/filter.c
	EOF
}

# Sources without a header of their own name, and the header that is theirs.
homes() {
	cat <<-'EOF'
	main.c                 -          nothing calls it
	runtime/plan_mount.c   plan.h     a part of the plan
	runtime/plan_print.c   plan.h     a part of the plan
	runtime/step_*         child.h    the steps of one table
	config/keys.c          conf.h     the table of keys
	config/types.c         conf.h     the kinds of the table
	config/lists.c         conf.h     the kinds of the table
	config/net.c           conf.h     the kinds of the table
	config/check.c         conf.h     the checks of the table
	config/rules.c         conf.h     what holds for the whole of a conf
	config/save.c          conf.h     how a conf is written
	commands/options.c     command.h  what runs a command
	commands/container.c   command.h  what commands share
	EOF
}

exceptions() {
	cat <<-'EOF'
	pragma  commands/list.h         included twice, each time to mean something else
	order   runtime/sys.h:sched.h   base.h, which says _GNU_SOURCE, has to come before it
	order   runtime/sys.h:signal.h  likewise
	EOF
}

c_files=$(tree | grep '\.[ch]$')

# includes: "FILE LINE NAME HOW", NAME being a path of ours and HOW " or <.
includes() {
	code text $c_files | awk -v files="$c_files" '
		BEGIN {
			n = split(files, names, "\n")
			for (i = 1; i <= n; i++)
				have[names[i]] = 1
			dirs = split("./ runtime/ config/ hooks/ commands/ tests/", dir, " ")
			dir[1] = ""
		}
		$3 ~ /^#/ && match($0, /include[ \t]*["<][^">]*[">]/) {
			how = $0
			sub(/^[^"<]*/, "", how)
			name = substr(how, 2, index(substr(how, 2), how ~ /^"/ ? "\"" : ">") - 1)
			how = substr(how, 1, 1)
			beside = $1
			sub(/[^\/]*$/, "", beside)
			if (how == "\"") {
				path = beside name
				while (sub(/[^\/.]+\/\.\.\//, "", path))
					;
				found = path in have ? path : ""
				for (i = 1; i <= dirs && found == ""; i++)
					if ((dir[i] name) in have)
						found = dir[i] name
				name = found == "" ? name : found
			}
			print $1, $2, name, how
		}'
}

# Ours is in quotes, theirs is not; what is in quotes is there.
unknown() {
	includes | awk -v files="$c_files" '
		BEGIN {
			n = split(files, names, "\n")
			for (i = 1; i <= n; i++) {
				have[names[i]] = 1
				sub(/.*\//, "", names[i])
				base[names[i]] = 1
			}
		}
		$4 == "\"" && !($3 in have) { print $1 ":" $2 ": no header of ours: " $3 }
		$4 == "<" && ($3 in base) && $3 != "seccomp.h" {
			print $1 ":" $2 ": ours, in <>: " $3
		}'
}

wrong_layer() {
	{
		layers | sed 's/^/layer /'
		allowed | sed 's/^/allowed /'
		includes
	} | awk "$like"'
		$1 == "layer" { layer[++n] = $2; pattern[n] = $3; next }
		$1 == "allowed" {
			for (i = 3; i <= NF; i++)
				may[$2, $i] = 1
			next
		}
		function layer_of(file, i) {
			for (i = 1; i <= n; i++)
				if (like(file, pattern[i]))
					return layer[i]
			return "?"
		}
		$4 == "\"" && !((layer_of($1), layer_of($3)) in may) {
			print $1 ":" $2 ": " $3 ": " layer_of($1) " may not include " layer_of($3)
		}
		$3 ~ /\.c$/ { print $1 ":" $2 ": " $3 ": a source is not included" }'
}

seen_by_child() {
	includes | awk -v files="$child_files" -v headers="$child_headers" '
		BEGIN {
			n = split(headers, names, " ")
			for (i = 1; i <= n; i++)
				may["runtime/" names[i] ".h"] = may["config/" names[i] ".h"] = 1
		}
		$4 == "\"" {
			of[$1] = of[$1] " " $3
			line[$1, $3] = $2
			if ($1 ~ files)
				child[$1] = 1
		}
		function walk(file, from, i, n, names, name) {
			n = split(of[file], names, " ")
			for (i = 1; i <= n; i++) {
				name = names[i]
				if (seen[from, name]++)
					continue
				if (!(name in may))
					print file ":" line[file, name] ": " name ": seen by " from
				walk(name, from)
			}
		}
		END {
			for (file in child)
				walk(file, file)
		}'
}

# A command is reached through its table alone: there is no header of one to be included.
another_command() {
	commands=$(sed -n 's/^COMMAND(\(.*\))$/\1/p' commands/list.h)
	for command in $commands; do
		[ ! -e "commands/$command.h" ] ||
			echo "commands/$command.h:1: the header of a command is for no other"
		[ -e "commands/$command.c" ] || echo "commands/list.h:1: there is no $command.c"
	done
	includes | awk -v commands="$commands" '
		BEGIN {
			n = split(commands, names, "\n")
			for (i = 1; i <= n; i++)
				is["commands/" names[i] ".h"] = 1
		}
		($3 in is) { print $1 ":" $2 ": " $3 ": of another command" }
		$3 == "commands/list.h" && $1 != "main.c" {
			print $1 ":" $2 ": " $3 ": only main.c knows the commands"
		}'
}

wrong_library() {
	{
		libraries | sed 's/^/library /'
		includes
	} | awk '
		$1 == "library" {
			known[$2] = 1
			for (i = 3; i <= NF; i++)
				place[$2, $i] = 1
			next
		}
		{
			dir = $1
			sub(/[^\/]*$/, "*", dir)
		}
		$4 == "<" && ($3 in known) && !(($3, $1) in place) && !(($3, dir) in place) {
			print $1 ":" $2 ": " $3 ": not known in this layer"
		}'
}

# Own header first, then system headers, then ours. A test's own header is that of what it tests.
wrong_order() {
	includes | awk '
		$1 != file { file = $1; ours = 0; n = 0 }
		{
			n++
			own = file
			sub(/c$/, "h", own)
			if ($3 == own || file ~ /^tests\// && n == 1 && $4 == "\"") {
				if (n > 1)
					print file ":" $2 ": " $3 ": the own header is the first"
				has_own[file] = 1
				next
			}
			if ($4 == "\"")
				ours = 1
			else if (ours)
				print file ":" $2 ": " $3 ": a system header after one of ours"
		}'
}

# Each source has its header beside it, or the one it shares; a command has none.
homeless() {
	commands=$(sed -n 's/^COMMAND(\(.*\))$/commands\/\1.c/p' commands/list.h)
	{
		homes | sed 's/^/home /'
		echo "$commands" | sed 's/^/command /'
		echo "$c_files" | grep -E '^(main|(runtime|config|hooks|commands)/.*)\.[ch]$' |
			sed 's/^/file /'
		includes
	} | awk "$like"'
		$1 == "home" { pattern[++n] = $2; header[n] = $3; next }
		$1 == "command" { command[$2] = 1; next }
		$1 == "file" { have[$2] = 1; next }
		{ includes[$1, $3] = 1 }
		END {
			for (file in have)
				if (file ~ /c$/ && !(file in command))
					look(file)
			for (i = 1; i <= n; i++)
				if (!used[i])
					print pattern[i] ":1: no such source in the table of homes"
		}
		function look(file, own, i) {
			own = file
			sub(/c$/, "h", own)
			if (own in have) {
				if (!((file, own) in includes))
					print file ":1: does not include its own header"
				return
			}
			for (i = 1; i <= n; i++) {
				if (!like(file, pattern[i]))
					continue
				used[i] = 1
				sub(/[^\/]*$/, header[i], own)
				if (header[i] != "-" && !((file, own) in includes))
					print file ":1: does not include " own
				return
			}
			print file ":1: no header beside it, and no command"
		}'
}

no_pragma() {
	for header in $(echo "$c_files" | grep 'h$'); do
		[ "$(grep -c '^#pragma once$' "$header")" = 1 ] || echo "$header:1: no #pragma once"
	done
}

check layer 'each layer includes only what is below it' wrong_layer
check child 'what runs between clone and exec sees only what it may use' seen_by_child
check command 'a command knows no other command' another_command
check library 'Lua and libseccomp are known where they belong' wrong_library
check unknown 'what is in quotes is ours, what is in <> is not' unknown
check order 'own header first, then the system'\''s, then ours' wrong_order
check home 'each source has its header' homeless
check pragma 'each header is read once' no_pragma
finish
