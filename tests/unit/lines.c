/* lines.c - a configuration as lines: kept as they are, changed one by one, brought up to date. */
#include "lines.h"

#include "tests/unit/helper.h"
#include "tests/unit/sample.h"

/* What the lines of `before` are, saved again. */
static void read_save(const char *before, struct text *out)
{
	struct lines lines = { 0 };

	lines_read(&lines, before);
	lines_save(&lines, out);
	lines_free(&lines);
}

/* ---- as they are ---- */

static const char *const texts[][2] = {
	{ "nothing", "" },
	{ "an empty line", "\n" },
	{ "empty lines", "\n\n\n" },
	{ "a line", "lxc.uts.name = a\n" },
	{ "blanks anywhere", " \t lxc.uts.name\t =   a \t \n\t\n  \n" },
	{ "no blanks", "lxc.uts.name=a\nlxc.group=\n" },
	{ "comments", "# a\n#b\n   # c\n##\n#\n#lxc.uts.name = a\n# lxc.utsname = b\n" },
	{ "CRLF", "lxc.uts.name = a\r\n\r\n# b\r\nlxc.group = c\r\n" },
	{ "CRLF here and there", "lxc.uts.name = a\r\n\n# b\nlxc.group = c\r\n" },
	{ "lines of others", "hello world\nfoo = bar\n[section]\n= x\n" },
	{ "what does not load", "lxc.uts.name\nlxc.nosuch = 1\nlxc.tty.max = many\nlxc.\n" },
	{ "quotes", "lxc.init.cmd = \"/a b\"\nlxc.init.cmd = 'x\nlxc.group = ''\n" },
	{ "legacy names", "lxc.utsname = a\nlxc.network.type = veth\nlxc.network.link = b\n" },
	{ "interfaces that there are none of", "lxc.network.link = b\n#lxc.network.link = c\n" },
	{ "includes of nothing", "lxc.include = /nonexistent\nlxc.include =\n" },
	{ "bytes", "# \xc3\xa4 \x80\xff \033[1m\nlxc.group = \x01\n" },
	{ "a backslash", "lxc.init.cmd = /a \\\nlxc.uts.name = b\n" },
};

static void test_texts(void)
{
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		auto_text struct text got = { 0 };
		read_save(texts[i][1], &got);
		is_str(text_get(&got), texts[i][1], "%s: as it was", texts[i][0]);
		ok(!failure->text[0], "and no word of what is wrong with it");
	}
	auto_text struct text got = { 0 };
	read_save("lxc.uts.name = a\nlxc.group = b", &got);
	is_str(text_get(&got), "lxc.uts.name = a\nlxc.group = b\n",
	       "a line feed that is missing at the end is put there");
}

static void test_twice(void)
{
	struct lines lines = { 0 };
	auto_text struct text got = { 0 };

	lines_save(&lines, &got);
	is_str(text_get(&got), "", "no lines");
	lines_read(&lines, "a\n");
	lines_read(&lines, "");
	lines_read(&lines, "lxc.network.type = veth\n");
	lines_read(&lines, "lxc.network.link = b\n");
	lines_save(&lines, &got);
	is_str(text_get(&got), "a\nlxc.network.type = veth\nlxc.network.link = b\n",
	       "read in parts");
	is_str(lines.at[2].name, "lxc.net.0.link", "which know of each other");
	lines_free(&lines);
	lines_free(&lines);
	is_int((long long)lines.len, 0, "freed twice");
}

/* What is known of a line. */
static void test_parts(void)
{
	static const struct {
		const char *line, *key, *name, *value;
		bool comment;
	} rows[] = {
		{ "lxc.uts.name = a", "lxc.uts.name", "lxc.uts.name", "a", false },
		{ " lxc.utsname=\"a b\" \r", "lxc.utsname", "lxc.uts.name", "a b", false },
		{ "lxc.group =", "lxc.group", "lxc.group", "", false },
		{ "# lxc.utsname = a", "lxc.utsname", "lxc.uts.name", "a", true },
		{ "  ##\tlxc.tty = 4", "lxc.tty", "lxc.tty.max", "4", true },
		{ "lxc.network.type = veth", "lxc.network.type", "lxc.net.0.type", "veth", false },
		{ "lxc.network.link = a", "lxc.network.link", NULL, "a", false },
		{ "lxc.network.3.ipv4 = a", "lxc.network.3.ipv4", "lxc.net.3.ipv4.address", "a",
		  false },
		{ "lxc.limit.nofile = 1", "lxc.limit.nofile", "lxc.prlimit.nofile", "1", false },
		{ "lxc.nosuch = a", "lxc.nosuch", NULL, "a", false },
		{ "lxc.include = /nonexistent", "lxc.include", "lxc.include", "/nonexistent",
		  false },
		{ "lxc.uts.name", NULL, NULL, NULL, false },
		{ "# lxc.uts.name", NULL, NULL, NULL, false },
		{ "# set 'lxc.uts.name = a'", NULL, NULL, NULL, false },
		{ "# lxc.uts.name, the name = a", NULL, NULL, NULL, false },
		{ "foo = bar", NULL, NULL, NULL, false },
		{ "", NULL, NULL, NULL, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct lines lines = { 0 };
		lines_read(&lines, rows[i].line);
		lines_read(&lines, "\n");
		const struct line *line = &lines.at[0];
		is_str(line->key, rows[i].key, "[%s]: its key", rows[i].line);
		is_str(line->name, rows[i].name, "its name");
		is_str(line->value, rows[i].value, "its value");
		is_int(line->comment, rows[i].comment, "whether it is commented out");
		lines_free(&lines);
	}
}

/* ---- one setting changed ---- */

#define VETH0 "lxc.net.0.type = veth\nlxc.net.0.veth.pair = v\n"
#define OLD2  "lxc.network.type = veth\nlxc.network.link = a\nlxc.network.type = phys\n"

static const struct {
	const char *name, *before, *key, *value, *after;
} changes[] = {
	{ "a new key", "# a\n\nlxc.group = b\n", "lxc.uts.name", "c",
	  "# a\n\nlxc.group = b\nlxc.uts.name = c\n" },
	{ "of an empty file", "", "lxc.uts.name", "c", "lxc.uts.name = c\n" },
	{ "behind a line that does not end", "lxc.group = b", "lxc.uts.name", "c",
	  "lxc.group = b\nlxc.uts.name = c\n" },
	{ "in its place", "#x\nlxc.uts.name=a\n  y\n", "lxc.uts.name", "c",
	  "#x\nlxc.uts.name = c\n  y\n" },
	{ "the first of several", "lxc.uts.name = a\n#\nlxc.uts.name = b\n\n", "lxc.uts.name", "c",
	  "lxc.uts.name = c\n#\n\n" },
	{ "by its old name", "lxc.group = x\nlxc.utsname = a\n\n", "lxc.uts.name", "c",
	  "lxc.group = x\nlxc.utsname = c\n\n" },
	{ "of both names", "lxc.utsname = a\nlxc.uts.name = b\n", "lxc.utsname", "c",
	  "lxc.utsname = c\n" },
	{ "a new key by an old name", "", "lxc.utsname", "c", "lxc.uts.name = c\n" },
	{ "not a comment", "# lxc.uts.name = a\n", "lxc.uts.name", "c",
	  "# lxc.uts.name = a\nlxc.uts.name = c\n" },
	{ "an emptied one", "lxc.uts.name =\n\n", "lxc.uts.name", "c", "lxc.uts.name = c\n\n" },
	{ "a value in need of quotes", "lxc.init.cmd = /a\n", "lxc.init.cmd", "'/a b'",
	  "lxc.init.cmd = \"'/a b'\"\n" },
	{ "CRLF", "lxc.uts.name = a\r\n\r\n", "lxc.uts.name", "c", "lxc.uts.name = c\r\n\r\n" },
	{ "CRLF, added", "lxc.group = a\r\n", "lxc.uts.name", "c",
	  "lxc.group = a\r\nlxc.uts.name = c\r\n" },
	{ "behind an include", "lxc.uts.name = a\nlxc.include = /nonexistent\n#\n", "lxc.uts.name",
	  "c", "lxc.uts.name = a\nlxc.include = /nonexistent\n#\nlxc.uts.name = c\n" },
	{ "not behind one before it", "lxc.include = /nonexistent\nlxc.uts.name = a\n#\n",
	  "lxc.uts.name", "c", "lxc.include = /nonexistent\nlxc.uts.name = c\n#\n" },
	{ "one of a family", "lxc.limit.core = 1\nlxc.prlimit.nofile = 1\n", "lxc.prlimit.core",
	  "2", "lxc.limit.core = 2\nlxc.prlimit.nofile = 1\n" },
	{ "one of a family that was forgotten", "lxc.prlimit.core = 1\nlxc.prlimit =\n",
	  "lxc.prlimit.core", "2", "lxc.prlimit.core = 1\nlxc.prlimit =\nlxc.prlimit.core = 2\n" },
	{ "a list", "lxc.group = a b\n#\n", "lxc.group", "c",
	  "lxc.group = a b\n#\nlxc.group = c\n" },
	{ "an old list", "lxc.id_map = u 0 1 1\n", "lxc.id_map", "g 0 1 1",
	  "lxc.id_map = u 0 1 1\nlxc.idmap = g 0 1 1\n" },
	{ "of many values", "lxc.cgroup2.a.b = 1\n", "lxc.cgroup2.a.b", "2",
	  "lxc.cgroup2.a.b = 1\nlxc.cgroup2.a.b = 2\n" },
	{ "of an interface", VETH0 "#\n", "lxc.net.0.veth.pair", "w",
	  "lxc.net.0.type = veth\nlxc.net.0.veth.pair = w\n#\n" },
	{ "of an old interface", OLD2 "#\n", "lxc.net.0.link", "b",
	  "lxc.network.type = veth\nlxc.network.link = b\nlxc.network.type = phys\n#\n" },
	{ "of the other old interface", OLD2 "#\n", "lxc.net.1.link", "b",
	  OLD2 "#\nlxc.net.1.link = b\n" },
	{ "a new interface", VETH0, "lxc.net.1.type", "none", VETH0 "lxc.net.1.type = none\n" },
	{ "a new one, the old way", OLD2, "lxc.network.type", "none",
	  OLD2 "lxc.net.2.type = none\n" },
	{ "the same type", VETH0, "lxc.net.0.type", "veth", VETH0 },
	{ "another type, without what is not for it",
	  VETH0 "lxc.net.0.link = a\nlxc.net.1.flags = up\n", "lxc.net.0.type", "phys",
	  "lxc.net.0.type = phys\nlxc.net.0.link = a\nlxc.net.1.flags = up\n" },
	{ "another type of an old interface", OLD2, "lxc.net.0.type", "none",
	  "lxc.network.type = none\nlxc.network.link = a\nlxc.network.type = phys\n" },
	{ "a type said twice", VETH0 "lxc.net.0.type = veth\n", "lxc.net.0.type", "veth", VETH0 },
	{ "a type said twice, in two ways", OLD2 "lxc.net.0.type = phys\nlxc.net.1.type = none\n",
	  "lxc.net.1.type", "veth",
	  "lxc.net.0.type = veth\nlxc.net.0.link = a\nlxc.net.1.type = veth\n"
	  "lxc.net.0.type = phys\n" },
	{ "of an interface that is not made there", "lxc.net.3.link =\n" OLD2, "lxc.net.3.link",
	  "b",
	  "lxc.net.0.type = veth\nlxc.net.0.link = a\n"
	  "lxc.net.1.type = phys\nlxc.net.3.link = b\n" },
	{ "a type that was forgotten", VETH0 "lxc.net =\n#\n", "lxc.net.0.type", "veth",
	  VETH0 "lxc.net =\n#\nlxc.net.0.type = veth\n" },
};

static void change(const char *before, const char *key, const char *value, struct text *out)
{
	struct lines lines = { 0 };

	lines_read(&lines, before);
	if (lines_set(&lines, key, value) < 0)
		diag("%s", failure->text);
	lines_save(&lines, out);
	lines_free(&lines);
}

static void test_changes(void)
{
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		auto_text struct text got = { 0 };
		change(changes[i].before, changes[i].key, changes[i].value, &got);
		is_str(text_get(&got), changes[i].after, "%s: %s", changes[i].name, changes[i].key);
		fail_clear();
	}
}

/* ---- settings taken away ---- */

#define INCLUDE "lxc.include = /nonexistent\n"
#define HOOKS	"lxc.hook.start = /a\nlxc.hook.version = 1\nlxc.hook.clone = /b\n"

static const struct {
	const char *name, *before, *key, *after;
} clears[] = {
	{ "a key", "#\nlxc.uts.name = a\nx\nlxc.utsname = b\n", "lxc.uts.name", "#\nx\n" },
	{ "one by its old name", "#\nlxc.uts.name = a\nx\nlxc.utsname = b\n", "lxc.utsname",
	  "#\nx\n" },
	{ "one there is not", "#\n", "lxc.uts.name", "#\n" },
	{ "not a comment", "# lxc.uts.name = a\n", "lxc.uts.name", "# lxc.uts.name = a\n" },
	{ "a list", "lxc.group = a\nlxc.group =\nlxc.group = b\n", "lxc.group", "" },
	{ "what an include may say", "lxc.uts.name = a\n" INCLUDE "#\n", "lxc.uts.name",
	  INCLUDE "#\nlxc.uts.name =\n" },
	{ "and again", INCLUDE "lxc.uts.name =\n", "lxc.uts.name", INCLUDE "lxc.uts.name =\n" },
	{ "in a file with CRLF", "#\r\nlxc.include = /nonexistent\r\n", "lxc.uts.name",
	  "#\r\nlxc.include = /nonexistent\r\nlxc.uts.name =\r\n" },
	{ "not where one is commented out", "#" INCLUDE "lxc.uts.name = a\n", "lxc.uts.name",
	  "#" INCLUDE },
	{ "all interfaces", VETH0 "lxc.net.3.flags = up\nlxc.net.3 =\nlxc.uts.name = a\n",
	  "lxc.net", "lxc.net.3 =\nlxc.uts.name = a\n" },
	{ "all old ones", OLD2 "lxc.network =\nlxc.uts.name = a\n", "lxc.net",
	  "lxc.uts.name = a\n" },
	{ "all, the old way", OLD2 VETH0, "lxc.network", "" },
	{ "all, and those of an include", VETH0 INCLUDE, "lxc.net", VETH0 INCLUDE "lxc.net =\n" },
	{ "one interface", VETH0 "lxc.net.1.type = none\nlxc.net.10.type = none\n", "lxc.net.1",
	  VETH0 "lxc.net.10.type = none\n" },
	{ "one old interface: the others get numbers", OLD2, "lxc.net.0",
	  "lxc.net.1.type = phys\n" },
	{ "a key of an interface", VETH0, "lxc.net.0.veth.pair", "lxc.net.0.type = veth\n" },
	{ "a type, and what is for it", VETH0 "lxc.net.0.link = a\n", "lxc.net.0.type",
	  "lxc.net.0.link = a\n" },
	{ "all hooks", HOOKS "lxc.hook.start-host = /c\n", "lxc.hook", "lxc.hook.version = 1\n" },
	{ "hooks of an include", HOOKS INCLUDE, "lxc.hook",
	  "lxc.hook.version = 1\n" INCLUDE "lxc.hook =\n" },
	{ "hooks again", INCLUDE "lxc.hook =\n", "lxc.hook", INCLUDE "lxc.hook =\n" },
	{ "one hook", HOOKS, "lxc.hook.start", "lxc.hook.version = 1\nlxc.hook.clone = /b\n" },
	{ "a family", "lxc.prlimit.core = 1\nlxc.limit.nofile = 2\nlxc.group = a\n", "lxc.prlimit",
	  "lxc.group = a\n" },
	{ "a family of an include, again", INCLUDE "lxc.prlimit =\n", "lxc.prlimit",
	  INCLUDE "lxc.prlimit =\n" },
	{ "one of a family", "lxc.prlimit.core = 1\nlxc.prlimit.nofile = 2\n", "lxc.prlimit.core",
	  "lxc.prlimit.nofile = 2\n" },
	{ "a family, not what looks like it",
	  "lxc.cgroup.dir = a\nlxc.cgroup.a.b = 1\n"
	  "lxc.cgroup2.a.b = 1\n",
	  "lxc.cgroup", "lxc.cgroup.dir = a\nlxc.cgroup2.a.b = 1\n" },
};

static void test_clears(void)
{
	for (size_t i = 0; i < ARRAY_LEN(clears); i++) {
		auto_text struct text got = { 0 };
		change(clears[i].before, clears[i].key, "", &got);
		is_str(text_get(&got), clears[i].after, "%s: %s emptied", clears[i].name,
		       clears[i].key);
		fail_clear();
	}
}

/* ---- settings refused ---- */

static const struct {
	const char *before, *key, *value, *words;
} refusals[] = {
	{ "lxc.tty.max = 1\n", "lxc.tty.max", "many", "lxc.tty.max: many is not" },
	{ "lxc.tty = 1\n", "lxc.tty", "65", "lxc.tty: 65 is not" },
	{ "#\n", "lxc.nosuch", "1", "lxc.nosuch: unknown key" },
	{ "#\n", "lxc.nosuch", "", "lxc.nosuch: unknown key" },
	{ "#\n", "lxc.uts.name", "a\nlxc.hook.start = /evil", "line break" },
	{ "#\n", "lxc.uts.name", "a\r", "line break" },
	{ "#\n", "lxc.group", "a\033[1m", "control character" },
	{ "#\n", "lxc.net", "veth", "can only be emptied" },
	{ "#\n", "lxc.sysctl.a=b", "1", "no line can set" },
	{ "#\n", "lxc.include", "/nonexistent", "lxc.include: open /nonexistent: No such file" },
	{ "lxc.net.0.type = phys\n", "lxc.net.0.veth.pair", "a",
	  "not for an interface of type phys" },
	{ "lxc.network.type = phys\n", "lxc.network.mtu", "many", "lxc.network.mtu: many" },
	{ "lxc.idmap = u 0 1 9\n", "lxc.idmap", "u 9 9 1", "overlaps" },
	{ "#\n", "lxc.network.link", "a", "no interface" },
	{ "#\n", "lxc.net.5.mtu", "many", "lxc.net.5.mtu: many" },
};

static void test_refusals(void)
{
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		auto_text struct text got = { 0 };
		struct lines lines = { 0 };
		lines_read(&lines, refusals[i].before);
		is_error(lines_set(&lines, refusals[i].key, refusals[i].value), refusals[i].words,
			 "%s is refused", refusals[i].key);
		lines_save(&lines, &got);
		is_str(text_get(&got), refusals[i].before, "and all is as it was");
		/* also what is not seen: no interface was opened */
		bool one = strstr(refusals[i].before, "lxc.net") != NULL;
		lines_set(&lines, "lxc.network.type", "none");
		ok(streq(lines.at[lines.len - 1].name, one ? "lxc.net.1.type" : "lxc.net.0.type"),
		   "and what they say: %s", lines.at[lines.len - 1].name);
		lines_free(&lines);
	}
}

/* ---- whatever is set is then what the lines say ---- */

static void test_every_key(void)
{
	struct lines lines = { 0 };
	auto_text struct text file = { 0 };
	struct conf conf;
	char name[FULL_NAME];

	lines_read(&lines, "# the beginning\n");
	for (size_t i = 0; i < ARRAY_LEN(net_types); i++) {
		snprintf(name, sizeof(name), "lxc.net.%zu.type", i);
		is_int(lines_set(&lines, name, net_types[i]), 0, "%s", name);
	}
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (is_settable(key))
			is_int(lines_set(&lines, full_name(key, name), sample(key).set), 0,
			       "%s set", name);
	lines_save(&lines, &file);
	conf_init(&conf);
	is_int(conf_load_text(&conf, text_get(&file)), 0, "all keys loaded");
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (is_settable(key))
			is_str(value_of(&conf, full_name(key, name)), sample(key).get, "%s read",
			       name);
	conf_free(&conf);
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (is_settable(key) && key->type != &key_net_type)
			is_int(lines_set(&lines, full_name(key, name), ""), 0, "%s emptied", name);
	lines_set(&lines, "lxc.net", "");
	file.len = 0;
	lines_save(&lines, &file);
	is_str(text_get(&file), "# the beginning\n", "nothing is left of them");
	lines_free(&lines);
	fail_clear();
}

/* ---- hardware addresses ---- */

static const char *const addresses[][2] = {
	{ "lxc.net.0.hwaddr = 00:16:3e:xx:xx:xx\n", "lxc.net.0.hwaddr = 00:16:3e:??:??:??\n" },
	{ "lxc.network.type = veth\n lxc.network.hwaddr=Xx:Ab:00:00:00:0X\n",
	  "lxc.network.type = veth\n lxc.network.hwaddr=?!:Ab:00:00:00:0?\n" },
	{ "lxc.net.0.hwaddr = \"4x:00:00:00:00:00\"\r\n",
	  "lxc.net.0.hwaddr = 4!:00:00:00:00:00\r\n" },
	{ "lxc.net.0.hwaddr = 02:00:00:00:00:01\n", "lxc.net.0.hwaddr = 02:00:00:00:00:01\n" },
	{ "# lxc.net.0.hwaddr = 00:16:3e:xx:xx:xx\n", "# lxc.net.0.hwaddr = 00:16:3e:xx:xx:xx\n" },
	{ "lxc.net.0.link = xxx\nlxc.uts.name = x\n", "lxc.net.0.link = xxx\nlxc.uts.name = x\n" },
};

/* Whether `got` is `want` with a digit for every "?", and for "!" one of a single host's. */
static bool is_like(const char *got, const char *want)
{
	for (; *got && *want; got++, want++) {
		bool digit = strchr("0123456789abcdef", *got) != NULL;
		if (*want == '!' ? !strchr("048c", *got) : *want == '?' ? !digit : *got != *want)
			return false;
	}
	return !*got && !*want;
}

static void test_settle(void)
{
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		auto_text struct text got = { 0 }, again = { 0 };
		struct lines lines = { 0 };
		lines_read(&lines, addresses[i][0]);
		is_int(lines_settle(&lines), 0, "settled");
		lines_save(&lines, &got);
		ok(is_like(text_get(&got), addresses[i][1]), "%s: %s", addresses[i][0],
		   text_get(&got));
		lines_settle(&lines);
		lines_save(&lines, &again);
		is_str(text_get(&again), text_get(&got), "for good");
		lines_free(&lines);
	}
}

/* Two are not the same, in one file or in two. */
static void test_random(void)
{
	auto_text struct text one = { 0 }, two = { 0 };
	const char *text = "lxc.net.0.hwaddr = xx:xx:xx:xx:xx:xx\n"
			   "lxc.net.1.hwaddr = xx:xx:xx:xx:xx:xx\n";
	struct lines a = { 0 }, b = { 0 };

	lines_read(&a, text);
	lines_read(&b, text);
	lines_settle(&a);
	lines_settle(&b);
	ok(!streq(a.at[0].value, a.at[1].value), "two in a file are two: %s", a.at[0].value);
	lines_save(&a, &one);
	lines_save(&b, &two);
	ok(!streq(text_get(&one), text_get(&two)), "those of another file are others");
	lines_free(&a);
	lines_free(&b);
}

int main(void)
{
	test_texts();
	test_twice();
	test_parts();
	test_changes();
	test_clears();
	test_refusals();
	test_every_key();
	test_settle();
	test_random();
	return tap_done();
}
