/* parse.c - configuration files: grammar, includes and their bounds, and the place of a mistake. */
#include <time.h>

#include "conf.h"
#include "tests/unit/helper.h"
#include "tests/unit/sample.h"

/* ---- lines (reference/config-keys.md, section 1) ---- */

static const struct {
	const char *name, *text, *key, *want;
} lines[] = {
	{ "an empty file", "", "lxc.uts.name", "" },
	{ "a line", "lxc.uts.name = a\n", "lxc.uts.name", "a" },
	{ "no line feed at the end", "lxc.uts.name = a", "lxc.uts.name", "a" },
	{ "no blanks", "lxc.uts.name=a\n", "lxc.uts.name", "a" },
	{ "many blanks", " \t lxc.uts.name \t = \t a \t \n", "lxc.uts.name", "a" },
	{ "CRLF", "lxc.uts.name = a\r\nlxc.tty.max = 3\r\n", "lxc.uts.name", "a" },
	{ "CRLF, a number", "lxc.tty.max = 3\r\n", "lxc.tty.max", "3" },
	{ "CRLF, nothing", "lxc.uts.name = a\r\nlxc.uts.name =\r\n", "lxc.uts.name", "" },
	{ "CRLF, a comment", "# lxc.uts.name = b\r\n\r\nlxc.uts.name = a\r\n", "lxc.uts.name",
	  "a" },
	{ "CR at the very end", "lxc.uts.name = a\r", "lxc.uts.name", "a" },
	{ "a comment", "#lxc.uts.name = b\n", "lxc.uts.name", "" },
	{ "a comment behind blanks", "  \t# lxc.uts.name = b\n", "lxc.uts.name", "" },
	{ "no comment behind a value", "lxc.init.cmd = /a # b\n", "lxc.init.cmd", "/a # b" },
	{ "another program's line", "foo = bar\nlxc.uts.name = a\n", "lxc.uts.name", "a" },
	{ "a line without =", "hello world\nlxc.uts.name = a\n", "lxc.uts.name", "a" },
	{ "an = in a value", "lxc.environment = A=b=c\n", "lxc.environment", "A=b=c\n" },
	{ "the last one counts", "lxc.uts.name = a\nlxc.uts.name = b\n", "lxc.uts.name", "b" },
	{ "reset", "lxc.tty.max = 3\nlxc.tty.max =\n", "lxc.tty.max", "0" },
	{ "reset by quotes", "lxc.tty.max = 3\nlxc.tty.max = \"\"\n", "lxc.tty.max", "0" },
	{ "a list", "lxc.group = a\nlxc.group = b c\n", "lxc.group", "a\nb\nc\n" },
	{ "a list begun anew", "lxc.group = a\nlxc.group =\nlxc.group = b\n", "lxc.group", "b\n" },
	{ "single quotes", "lxc.init.cmd = '/a b'\n", "lxc.init.cmd", "/a b" },
	{ "double quotes", "lxc.init.cmd = \"/a b\"\n", "lxc.init.cmd", "/a b" },
	{ "quotes and blanks", "lxc.init.cmd = \t\"/a b \" \t\n", "lxc.init.cmd", "/a b " },
	{ "quotes and CRLF", "lxc.init.cmd = \"/a b\"\r\n", "lxc.init.cmd", "/a b" },
	{ "one pair only", "lxc.init.cmd = ''/a b''\n", "lxc.init.cmd", "'/a b'" },
	{ "quotes that do not match", "lxc.init.cmd = \"/a'\n", "lxc.init.cmd", "\"/a'" },
	{ "one quote", "lxc.tty.dir = '\n", "lxc.tty.dir", "'" },
	{ "a quote in front", "lxc.init.cmd = '/a' b\n", "lxc.init.cmd", "'/a' b" },
	{ "quotes inside", "lxc.init.cmd = /a 'b c' d\n", "lxc.init.cmd", "/a 'b c' d" },
	{ "a backslash at the end", "lxc.init.cmd = /a \\\nlxc.uts.name = b\n", "lxc.init.cmd",
	  "/a \\" },
	{ "the line behind it", "lxc.init.cmd = /a \\\nlxc.uts.name = b\n", "lxc.uts.name", "b" },
	{ "no escapes", "lxc.init.cmd = /a\\x20\\n\n", "lxc.init.cmd", "/a\\x20\\n" },
	{ "a legacy name", "lxc.utsname = old\n", "lxc.uts.name", "old" },
};

static void test_lines(void)
{
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct conf conf;
		conf_init(&conf);
		if (conf_load_text(&conf, lines[i].text) < 0)
			diag("%s", failure->text);
		is_str(value_of(&conf, lines[i].key), lines[i].want, "%s", lines[i].name);
		conf_free(&conf);
		fail_clear();
	}
}

static const struct {
	const char *name, *text, *words;
} bad_lines[] = {
	{ "no =", "lxc.uts.name a\n", "the new configuration:1: lxc.uts.name a: no = " },
	{ "no =, nothing else", "\n\nlxc.\n", "the new configuration:3: " },
	{ "an unknown key", "lxc.uts.name = a\nlxc.nosuch = b\n",
	  "the new configuration:2: lxc.nosuch: unknown key" },
	{ "an unknown key without a value", "lxc.nosuch =\n", ":1: lxc.nosuch: unknown key" },
	{ "capitals", "lxc.UTS.name = a\n", ":1: lxc.UTS.name: unknown key" },
	{ "a bad number", "# one\n\r\nlxc.tty.max = many\n", ":3: lxc.tty.max: many is not" },
	{ "a bad number, CRLF", "lxc.tty.max = 3x\r\n", ":1: lxc.tty.max: 3x is not" },
	{ "a comment behind a number", "lxc.tty.max = 3 # three\n", ":1: lxc.tty.max: 3 # three" },
	{ "a CR inside", "lxc.uts.name = a\rb\n", ":1: lxc.uts.name: " },
	{ "a control byte", "lxc.uts.name = a\033[1m\n", ":1: lxc.uts.name: " },
};

static void test_bad_lines(void)
{
	for (size_t i = 0; i < ARRAY_LEN(bad_lines); i++) {
		struct conf conf;
		conf_init(&conf);
		is_error(conf_load_text(&conf, bad_lines[i].text), bad_lines[i].words, "%s",
			 bad_lines[i].name);
		conf_free(&conf);
	}
}

/* ---- files ---- */

/* Writes a file and loads it; the caller frees `conf`. */
static int load(struct conf *conf, const char *text)
{
	make_file("main.conf", text);
	conf_init(conf);
	return conf_load(conf, "main.conf");
}

/* Loads one that must be refused with these words. */
static void refuses(const char *name, const char *text, const char *words)
{
	struct conf conf;
	int fds = count_fds();

	is_error(load(&conf, text), words, "%s", name);
	is_int(count_fds(), fds, "and no descriptor is left open");
	conf_free(&conf);
}

/* Loads one whose host name must then be `want`. */
static void names_host(const char *name, const char *text, const char *want)
{
	struct conf conf;

	if (load(&conf, text) < 0)
		diag("%s", failure->text);
	is_str(value_of(&conf, "lxc.uts.name"), want, "%s", name);
	conf_free(&conf);
	fail_clear();
}

static void test_nul(void)
{
	static const char text[] = "lxc.uts.name = a\nlxc.group = b\0lxc.group = c\n";
	struct conf conf;

	auto_fd int fd = open("main.conf", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	must(write(fd, text, sizeof(text) - 1) == sizeof(text) - 1, "write");
	conf_init(&conf);
	is_error(conf_load(&conf, "main.conf"), "main.conf:2: a NUL byte", "a NUL byte");
	conf_free(&conf);
}

static void test_missing(void)
{
	struct conf conf;

	conf_init(&conf);
	is_error(conf_load(&conf, "missing.conf"), "missing.conf: No such file", "a missing file");
	make_dir("dir.conf");
	is_error(conf_load(&conf, "dir.conf"), "dir.conf", "a directory");
	conf_free(&conf);
}

/* ---- includes ---- */

static void make_includes(void)
{
	make_file("one.conf", "lxc.uts.name = one\n");
	make_file("empty.conf", "");
	make_file("bad.conf", "# first\nlxc.tty.max = many\n");
	make_file("nested.conf", "\n\n\nlxc.include = bad.conf\n");
	make_file("wrong.conf", "lxc.include = nowhere.conf\n");
	make_dir("d");
	make_file("d/20-b.conf", "lxc.group = b\nlxc.uts.name = b\n");
	make_file("d/10-a.conf", "lxc.group = a\nlxc.uts.name = a\n");
	make_file("d/30-c.conf", "lxc.group = c\n");
	make_file("d/readme", "lxc.nosuch = 1\n");
	make_file("d/15-x.conf~", "lxc.nosuch = 1\n");
	make_file("d/conf", "lxc.nosuch = 1\n");
	make_file("d/.conf", "lxc.nosuch = 1\n");
	make_dir("none");
	make_dir("broken");
	make_file("broken/a.conf", "lxc.uts.name = a\n");
	make_file("broken/b.conf", "\nlxc.nosuch = 1\n");
	make_link("one.conf", "link.conf");
	make_link("nowhere", "dangling.conf");
	must(mkfifo("fifo.conf", 0644) == 0, "mkfifo");
}

static void test_includes(void)
{
	names_host("an include", "lxc.include = one.conf\n", "one");
	names_host("by a path", "lxc.include = ./d/../one.conf\n", "one");
	names_host("in quotes", "lxc.include = \"one.conf\"\n", "one");
	names_host("through a link", "lxc.include = link.conf\n", "one");
	names_host("of an empty file", "lxc.uts.name = a\nlxc.include = empty.conf\n", "a");
	names_host("of nothing", "lxc.uts.name = a\nlxc.include =\n", "a");
	names_host("what follows counts", "lxc.include = one.conf\nlxc.uts.name = a\n", "a");
	names_host("what came before does not", "lxc.uts.name = a\nlxc.include = one.conf\n",
		   "one");
	names_host("twice", "lxc.include = one.conf\nlxc.include = one.conf\n", "one");
	names_host("a directory", "lxc.include = d\n", "b");
	names_host("with a slash", "lxc.include = d/\n", "b");
	names_host("an empty one", "lxc.uts.name = a\nlxc.include = none\n", "a");
	names_host("a missing one with a slash", "lxc.uts.name = a\nlxc.include = nodir/\n", "a");
	names_host("more slashes", "lxc.uts.name = a\nlxc.include = nodir//\n", "a");
	names_host("nothing", "lxc.uts.name = a\nlxc.include = /dev/null\n", "a");
	refuses("a missing file", "\nlxc.include = missing.conf\n",
		"main.conf:2: open missing.conf: No such file");
	refuses("a dangling link", "lxc.include = dangling.conf\n", "main.conf:1: ");
	refuses("a FIFO", "lxc.include = fifo.conf\n", "fifo.conf is not a regular file");
	refuses("a device", "lxc.include = /dev/zero\n", "/dev/zero is not a regular file");
}

static void test_directory_order(void)
{
	struct conf conf;

	is_int(load(&conf, "lxc.include = d\n"), 0, "a directory of files");
	is_str(value_of(&conf, "lxc.group"), "a\nb\nc\n",
	       "only *.conf of it, in the order of their names");
	char place[64];
	is_str(origin_text(conf.group.at[1].from, place, sizeof(place)), "d/20-b.conf:1",
	       "each setting knows its file");
	conf_free(&conf);
}

/* The place is the innermost file's, said once. */
static void test_places(void)
{
	static const struct {
		const char *name, *text, *starts;
	} rows[] = {
		{ "in the file", "\n\nlxc.nosuch = 1\n", "main.conf:3: lxc.nosuch: " },
		{ "in an include", "\nlxc.include = bad.conf\n", "bad.conf:2: lxc.tty.max: many " },
		{ "two deep", "lxc.include = nested.conf\n", "bad.conf:2: lxc.tty.max: many " },
		{ "in a directory", "lxc.include = broken\n", "broken/b.conf:2: lxc.nosuch: " },
		{ "behind an include", "lxc.include = one.conf\nlxc.nosuch = 1\n",
		  "main.conf:2: lxc.nosuch: " },
		{ "of an include", "lxc.include = wrong.conf\n",
		  "wrong.conf:1: open nowhere.conf" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct conf conf;
		int r = load(&conf, rows[i].text);
		ok(r < 0 && str_after(failure->text, rows[i].starts), "a mistake %s: %s",
		   rows[i].name, failure->text);
		conf_free(&conf);
		fail_clear();
	}
}

/* What follows an include is a line of the file that included. */
static void test_place_behind_include(void)
{
	struct conf conf;
	char place[64];

	is_int(load(&conf, "lxc.include = one.conf\n\nlxc.group = x\n"), 0, "an include");
	is_str(origin_text(conf.group.at[0].from, place, sizeof(place)), "main.conf:3",
	       "behind it the lines are counted on");
	is_str(origin_text(conf_origin(&conf, "lxc.uts.name"), place, sizeof(place)), "one.conf:1",
	       "its own are its own");
	conf_free(&conf);
}

/* ---- bounds (threats G2) ---- */

static void test_loops(void)
{
	refuses("a file that includes itself", "lxc.include = main.conf\n",
		"main.conf includes itself");
	make_link("main.conf", "alias.conf");
	refuses("by another name", "lxc.include = alias.conf\n", "alias.conf includes itself");
	make_file("two.conf", "lxc.include = three.conf\n");
	make_file("three.conf", "lxc.include = two.conf\n");
	refuses("two that include each other", "lxc.include = two.conf\n",
		"three.conf:1: two.conf includes itself");
	make_dir("round");
	make_file("round/a.conf", "lxc.include = round\n");
	refuses("a directory that includes itself", "lxc.include = round\n", "includes itself");
}

/* 16 files deep, itself counted, and no more. */
static void test_depth(void)
{
	char name[32], text[64];

	for (int i = 2; i <= 17; i++) {
		snprintf(name, sizeof(name), "depth%d.conf", i);
		snprintf(text, sizeof(text), "lxc.include = depth%d.conf\n", i + 1);
		make_file(name, i == 16 ? "lxc.uts.name = deep\n" : text);
	}
	names_host("16 files deep", "lxc.include = depth2.conf\n", "deep");
	make_file("depth16.conf", "lxc.include = depth17.conf\n");
	make_file("depth17.conf", "lxc.uts.name = deeper\n");
	refuses("17 files deep", "lxc.include = depth2.conf\n",
		"depth16.conf:1: depth17.conf is included more than 16 files deep");
}

/* A file of `size` bytes: comments, and a host name at its end. */
static void make_large(const char *path, size_t size)
{
	static const char last[] = "\nlxc.uts.name = large";
	auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	char *text = mem_resize(NULL, size + 1);

	memset(text, '#', size);
	snprintf(text + size - strlen(last), sizeof(last), "%s", last);
	must(fd >= 0 && file_write_all(fd, text, size) == 0, path);
	free(text);
}

static void test_size(void)
{
	enum { MAX = 1 << 20 };
	struct conf conf;

	make_large("main.conf", MAX);
	conf_init(&conf);
	is_int(conf_load(&conf, "main.conf"), 0, "a file of 1 MiB");
	is_str(value_of(&conf, "lxc.uts.name"), "large", "read to its end");
	conf_free(&conf);
	make_large("main.conf", MAX + 1);
	conf_init(&conf);
	is_error(conf_load(&conf, "main.conf"), "main.conf is larger", "one byte more");
	conf_free(&conf);
	make_large("half.conf", MAX / 2);
	refuses("1 MiB in all its parts", "lxc.include = half.conf\nlxc.include = half.conf\n",
		"half.conf");
	must(truncate("half.conf", (off_t)1 << 40) == 0, "truncate");
	refuses("a file of 1 TiB that is all hole", "lxc.include = half.conf\n", "are larger");
	unlink("half.conf");
}

/* A bounded number of files; none of a directory is left out in silence. */
static void test_many_files(void)
{
	char name[64];

	make_dir("many");
	for (int i = 0; i < 1023; i++) {
		snprintf(name, sizeof(name), "many/%04d.conf", i);
		make_file(name, i == 1022 ? "lxc.uts.name = last\n" : "");
	}
	names_host("1024 files", "lxc.include = many\n", "last");
	make_file("many/1023.conf", "lxc.uts.name = toomany\n");
	refuses("1025 files", "lxc.include = many\n", "more than 1024 files");
	make_file("many/1024.conf", "lxc.uts.name = more\n");
	make_file("many/1025.conf", "lxc.uts.name = more\n");
	struct conf conf;
	conf_init(&conf);
	is_error(conf_load_text(&conf, "lxc.include = many\n"), "more than 1024 files",
		 "1026 files from memory");
	conf_free(&conf);
}

/* ---- time ---- */

/* The processor time of loading so many lines, in ms; -1 when that fails. */
static long cpu_time(long count)
{
	static const char line[] = "lxc.tty=1\n";
	auto_text struct text text = { 0 };
	struct timespec before, after;
	struct conf conf;

	for (long i = 0; i < count; i++)
		text_add_len(&text, line, sizeof(line) - 1);
	make_file("main.conf", text_get(&text));
	conf_init(&conf);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	int r = conf_load(&conf, "main.conf");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	bool right = conf.tty_max == 1;
	conf_free(&conf);
	return r < 0 || !right ? -1
			       : (after.tv_sec - before.tv_sec) * 1000 +
					 (after.tv_nsec - before.tv_nsec) / 1000000;
}

/* Ten times the lines: not a hundred times the time, as where each looks at all before it. */
static void test_many_lines(void)
{
	long few = cpu_time(10000), many = cpu_time(100000);

	ok(few >= 0, "10000 lines");
	ok(many >= 0, "100000 lines");
	ok(many < 40 * (few + 5), "in time that is in proportion");
	diag("%ld ms and %ld ms", few, many);
}

int main(void)
{
	temp_enter();
	test_lines();
	test_bad_lines();
	test_nul();
	test_missing();
	make_includes();
	test_includes();
	test_directory_order();
	test_places();
	test_place_behind_include();
	test_loops();
	test_depth();
	test_size();
	test_many_files();
	test_many_lines();
	return tap_done();
}
