#!/bin/sh
# lua.t - lxcbox lua: lines of code, scripts, the prompt.
# shellcheck source=../tap.sh
. "${0%/*}/../tap.sh"

ln -s lxcbox "$BIN/lua" # which is on PATH

# A prompt that is given $1, lines.
prompt() {
	printf '%s\n' "$1" >"$T/typed"
	run lua -i <"$T/typed"
}

# ---- -e ----

run lua -e 'print(1 + 1)'
is_status 0 'a line of code'
is_out 2 'runs'
run lua -e 'x = 20' -e 'print(x + 1)'
is_out 21 'several, one after the other'
run lua -e 'error("no")'
is_status 1 'an error'
like_line1 'lua: (command line):1: no' 'is said'
has_err 'stack traceback:' 'with where it came from'
run lua -e 'x ='
is_status 1 'half a line'
like_line1 'lua: (command line):1: unexpected symbol near <eof>' 'is said'
run lua -e 'print(1)' -e 'error({})' -e 'print(2)'
is_status 1 'the first error'
is_out 1 'is the end'
run lua -e 'io.stderr:write("x\n") os.exit(3)'
is_status 3 'a status of its own'
run lua -e
is_status 1 '-e without code'
has_err 'Usage: lua' 'the usage'
run lua -x
is_status 1 'an unknown option'
run lua --help
is_status 0 '--help'
has_err 'Usage: lua [-i] [-e CODE]... [SCRIPT [WORD...]]' 'the usage'
run lua -e 'print(_VERSION, math.type(3), utf8.char(228), #arg)'
is_status 1 'arg is only there with a script'
run lua -e 'print(_VERSION)'
like "$(cat "$T/tap/out")" 'Lua 5.[45]' 'which Lua'

# ---- scripts ----

cat >"$T/s.lua" <<'EOT'
print(arg[0], #arg, ...)
if arg[2] then error(arg[2]) end
EOT
run lua "$T/s.lua"
is_out "$T/s.lua	0" 'a script'
run lua "$T/s.lua" -e
is_out "$T/s.lua	1	-e" 'words behind it are its own'
run lua -e 'print("first")' "$T/s.lua" a b
is_status 1 'an error in a script'
is_out "$(printf 'first\n%s\t2\ta\tb' "$T/s.lua")" 'after a line of code'
like_line1 "lua: $T/s.lua:2: b" 'is said with its line'
run lua "$T/none.lua"
is_status 1 'a script there is not'
like_line1 "lua: cannot open $T/none.lua*" 'is said'
echo 'print("from stdin", ...)' >"$T/typed"
run lua - x y <"$T/typed"
is_out 'from stdin	x	y' 'a script from standard input'
run "$BIN/lxcbox" lua -e 'print("first word")'
is_out 'first word' 'called as lxcbox lua'
printf '#!%s\nprint("by first line", ...)\n' "$BIN/lua" >"$T/exec"
chmod 755 "$T/exec"
run "$T/exec" x
is_out 'by first line	x' 'a program in Lua'

# ---- the prompt ----

prompt '1 + 1'
is_status 0 'an expression at the prompt'
has '> 2' 'is printed'
run lua </dev/null
is_status 0 'nothing to do: a prompt'
has 'An end of file, Control-D, leaves.' 'says how to leave'
prompt 'for i = 1, 2 do
print(i)
end'
has '> >> >> 1' 'a statement over several lines'
prompt 'nil, 3'
has '> nil	3' 'several values'
prompt 'error("oops")
print("alive")'
is_status 0 'an error at the prompt'
has_err 'lua: stdin:1: oops' 'is said'
has '> alive' 'and is not the end'
prompt 'x = = 3
print("alive")'
has 'alive' 'nor is a mistake'
echo 'print(select("#", ...))' >"$T/count.lua"
prompt 'local a <close> = setmetatable({}, {__close = function() print("closed") end})'
has 'closed' 'what is local ends with its line'
run lua -e 'y = 5' -i <"$T/typed"
has 'closed' '-e before -i'

# shellcheck disable=SC2046 # words
run lua "$T/count.lua" $(seq 1 3000)
is_out 3000 'three thousand words'
prompt 'table.unpack({}, 1, 300)
print("alive")'
has alive 'three hundred results'

done_testing
