# calls.awk - who calls whom, by the relocations of object files: all that START reaches.
#
# Reads `readelf -rsSW` of the program's objects and of libc. Each function and each variable is in
# a section of its own (-ffunction-sections), so a section's relocations name what its function
# calls, reads, or takes the address of. A table of functions counts as calling them all. So nothing
# that can be called is missed, but for an address made of numbers; what is found may never be
# called. `stop` is for that: a list of edges "CALLER>CALLED" not to be followed; CALLER * stands
# for all of libc.
#
#   awk -v start="NAME..." -v stop="A>B..." -v libc=FILE -f calls.awk
#
# prints what is reached, a line each; PATH is how, NAME<NAME<...<START:
#
#   ours NAME OBJECT PATH       one of our own
#   libc NAME OBJECT PATH       one of libc's that our OBJECT uses
#   inner NAME - PATH           one of libc's that libc uses
#   unknown NAME OBJECT PATH    one that is in neither
#   missing NAME                a START there is not

/^File: / {
	file = $2
	next
}
/^Section Headers:/ {
	part = "sections"
	next
}
/^Relocation section / {
	# Data for debuggers, and the code once more for link-time optimisation, do not run.
	part = $3 ~ /\.(debug|gnu|eh_frame|note|comment)/ ? "" : "relocations"
	from = $3
	gsub(/^\047\.rela?|\047$/, "", from)
	from = file "\t" from
	next
}
/^Symbol table / {
	part = "symbols"
	next
}
part == "sections" && /^ *\[ *[0-9]+\]/ {
	sub(/^ *\[ */, "")
	sub(/\]/, "")
	section[$1] = $2
}
part == "relocations" && $3 ~ /^R_/ && NF > 4 {
	edges[from] = edges[from] "\t" $5
}
part == "symbols" && $1 ~ /^[0-9]+:$/ && $7 ~ /^[0-9]+$/ && $8 != "" && $8 !~ /^[.$]/ {
	at = file "\t" section[$7]
	if ($5 == "LOCAL")
		local[file, $8] = at
	else
		global[$8] = global[$8] "\n" at
	if ($4 == "FUNC" && label[at] == "")
		label[at] = $8
}

END {
	n = split(stop, names, " ")
	for (i = 1; i <= n; i++)
		stopped[names[i]] = 1
	n = split(start, names, " ")
	for (i = 1; i <= n; i++)
		if (names[i] in global)
			follow(names[i], "")
		else
			print "missing", names[i]
	for (done = 0; done < queued; done++) {
		n = split(substr(edges[queue[done]], 2), names, "\t")
		for (i = 1; i <= n; i++)
			follow(names[i], queue[done])
	}
}

# Looks at `name` as the section `by` knows it; queues what is there when it is new.
function follow(name, by,    object, path, called, n, at, i) {
	object = by
	sub(/\t.*/, "", object)
	path = way[by]
	if ((label[by] ">" name) in stopped || is_libc(by) && ("*>" name) in stopped)
		return
	if ((object, name) in local)
		at[n = 1] = local[object, name]
	else if (name in global)
		n = split(substr(global[name], 2), at, "\n")
	else if (name ~ /^\./)
		at[n = 1] = object "\t" name
	else if (!is_libc(by) && name != "_GLOBAL_OFFSET_TABLE_")
		say("unknown", name, object, path)
	for (i = 1; i <= n; i++) {
		called = label[at[i]] != "" && name ~ /^\./ ? label[at[i]] : name
		if (is_libc(at[i]) && !is_libc(by))
			say("libc", called, object, called "<" path)
		if (at[i] in way)
			continue
		way[at[i]] = called (path == "" ? "" : "<" path)
		queue[queued++] = at[i]
		if (is_libc(at[i]) && is_libc(by))
			say("inner", called, "-", way[at[i]])
		else if (!is_libc(at[i]) && label[at[i]] != "") {
			sub(/\t.*/, "", at[i])
			say("ours", called, at[i], called "<" path)
		}
	}
}

function is_libc(at) {
	return index(at, libc) == 1
}

function say(kind, name, object, path) {
	if (!said[kind, name, object]++)
		print kind, name, object, path
}
