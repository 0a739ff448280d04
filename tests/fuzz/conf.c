/*
 * conf.c - libFuzzer's target for configurations: what has to hold whatever is in their files.
 *
 * An input is the text of main.conf. A line that begins with %%% ends it, and what follows is
 * another file: "%%%" b.conf, the next c.conf, and so on; "%%%d" the same in the directory d.
 * "%%%=" is followed by a key and, from the next line on, a value (with line feeds, perhaps) that
 * the key is to be set to; without it, these are the last line's. All of them are written below a
 * directory of our own, so that lxc.include finds them. Then, in this order:
 *
 *  1. Reading ends, and has failed if and only if it left words behind.
 *  2. What was read, saved and read again says the same, and is saved as the same text.
 *  3. As lines it is the text it was; with modern names, or with addresses for those that were
 *     left to chance, it reads the same.
 *  4. parse_check() has something to say if and only if reading or a rule fails.
 *  5. A key that was set among the lines is refused, or reads as if it were set after them.
 */
#include "lines.h"

#include <sys/stat.h>

#include "fail.h"
#include "log.h"
#include "parse.h"
#include "tests/unit/sample.h"

enum { MAX_FILES = 24 };

static const char marker[] = "%%%", main_file[] = "main.conf";

struct input {
	char *text; /* of main.conf; a NUL follows it, and there may be some in it */
	size_t len;
	size_t before; /* how much of it is there before the key below is set */
	char *key, *value;
	size_t files;  /* besides main.conf */
	bool old_nets; /* lxc.network is named in these */
};

/* ---- files ---- */

static const char *file_name(char out[16], bool below, size_t i)
{
	snprintf(out, 16, "%s%c.conf", below ? "d/" : "", 'b' + (int)i);
	return out;
}

static void remove_files(size_t files)
{
	char name[16];

	for (size_t i = 0; i < files; i++) {
		unlink(file_name(name, false, i));
		unlink(file_name(name, true, i));
	}
}

static char *directory;

static void leave(void)
{
	remove_files(MAX_FILES);
	unlink(main_file);
	rmdir("d");
	if (directory)
		rmdir(directory);
}

static _Noreturn void broken(const char *what, const char *more)
{
	fprintf(stderr, "broken: %s\n%s\n", what, more);
	leave();
	abort();
}

static void holds(bool condition, const char *what, const char *more)
{
	if (!condition)
		broken(what, more);
}

static void write_file(const char *path, const char *text, size_t len)
{
	auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		broken("the fuzzer itself cannot write", path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char shm[] = "/dev/shm/fuzz-XXXXXX", tmp[] = "/tmp/fuzz-XXXXXX";

	directory = mkdtemp(shm);
	directory = directory ? directory : mkdtemp(tmp);
	if (!directory || chdir(directory) < 0 || mkdir("d", 0700) < 0)
		broken("the fuzzer itself has no directory", "");
	atexit(leave);
	log_quiet();
	/* For lxc.environment with only a name. */
	clearenv();
	setenv("TERM", "linux", 1);
	setenv("ODD", " \"a\" 'b' = # \t", 1);
	setenv("BELL", "\a", 1);
	setenv("LINES", "a\nlxc.uts.name = b", 1);
	return 0;
}

/* ---- inputs ---- */

/* The next marker at the beginning of a line, or the end. */
static char *find_marker(char *at, char *end)
{
	while (at < end) {
		if ((size_t)(end - at) >= strlen(marker) && memcmp(at, marker, strlen(marker)) == 0)
			return at;
		char *stop = memchr(at, '\n', (size_t)(end - at));
		at = stop ? stop + 1 : end;
	}
	return end;
}

/* The key is the first line of `part`, the value all the rest but for the last line feed. */
static void take_setting(struct input *in, char *part)
{
	size_t len = strlen(part), first = strcspn(part, "\n");

	if (len && part[len - 1] == '\n')
		part[len - 1] = '\0';
	in->key = part;
	in->value = part[first] ? part + first + 1 : part + first;
	part[first] = '\0';
	in->before = in->len;
}

/* One of the parts behind the first; `kind` is what is behind the marker. */
static void take_part(struct input *in, char kind, char *part, size_t len)
{
	char name[16];

	if (kind == '=') {
		take_setting(in, part);
	} else if (in->files < MAX_FILES) {
		write_file(file_name(name, kind == 'd', in->files++), part, len);
		in->old_nets |= memmem(part, len, "lxc.network", 11) != NULL;
	}
}

/* Where no other key is to be set, that of the last line. */
static void take_last_line(struct input *in, struct arena *mem)
{
	size_t end = in->len;

	end -= end && in->text[end - 1] == '\n';
	while (end && in->text[end - 1] != '\n')
		end--;
	char *line = mem_text_len(mem, in->text + end, in->len - end);
	line[strcspn(line, "\n")] = '\0';
	struct parsed parts = parse_split(line);
	in->before = end;
	in->key = parts.key;
	in->value = parts.value;
}

/* Cuts `text`, of `len` bytes, into its parts, and writes those that are files. */
static void take_input(struct input *in, char *text, size_t len, struct arena *mem)
{
	char *end = text + len, *at = find_marker(text, end);

	in->len = (size_t)(at - text);
	in->text = mem_text_len(mem, text, in->len);
	while (at < end) {
		char *kind = at + strlen(marker);
		char *part = memchr(kind, '\n', (size_t)(end - kind));
		if (!part)
			break;
		at = find_marker(++part, end);
		len = (size_t)(at - part);
		take_part(in, *kind, mem_text_len(mem, part, len), len);
	}
	if (!in->key)
		take_last_line(in, mem);
}

/* ---- what has to be the same ---- */

static void agree_value(const struct conf *a, const struct conf *b, const char *name,
			const char *what)
{
	auto_text struct text before = { 0 }, after = { 0 };
	int r = conf_get(a, name, &before), s = conf_get(b, name, &after);

	if (r == s && streq(text_get(&before), text_get(&after)))
		return;
	fprintf(stderr, "%s: %d \"%s\" and %d \"%s\"\n", name, r, text_get(&before), s,
		text_get(&after));
	broken(what, name);
}

/* A key of every interface, but of no more than are quickly compared. */
static void same_nets(const struct conf *a, const struct conf *b, const struct key *key,
		      const char *what)
{
	char name[FULL_NAME];

	for (size_t i = 0; i < a->net.len && i < 20; i++) {
		snprintf(name, sizeof(name), "lxc.net.%u%s", a->net.at[i].index,
			 strchr(key->name, ']') + 1);
		agree_value(a, b, name, what);
	}
}

/* All of a family at once, where that can be asked for, and each by itself. */
static void agree_family(const struct conf *a, const struct conf *b, const struct key *key,
			 const char *what)
{
	const struct items *items = (const void *)((const char *)a + key->offset);
	auto_text struct text name = { 0 };
	int len = (int)strlen(key->name);

	text_format(&name, "%.*s", len - 2, key->name);
	agree_value(a, b, text_get(&name), what);
	for (size_t i = 0; i < items->len && i < 20; i++) {
		text_free(&name);
		text_format(&name, "%.*s%s", len - 1, key->name, items->at[i].name);
		agree_value(a, b, text_get(&name), what);
	}
}

/*
 * Every key reads the same. What neither of them has set is the default in both, which is not
 * asked for: that would take longer than all the rest. `but`: a key that may differ.
 */
static void same(const struct conf *a, const struct conf *b, const char *but, const char *what)
{
	agree_value(a, b, "lxc.net", what);
	for (size_t i = 0; i < keys_len; i++) {
		const struct key *key = &keys[i];
		if (key->type == &key_alias || (but && streq(key->name, but)))
			continue;
		if (key->flags & KEY_NET)
			same_nets(a, b, key, what);
		else if (key->flags & KEY_FAMILY)
			agree_family(a, b, key, what);
		else if (a->from[i].file || b->from[i].file)
			agree_value(a, b, key->name, what);
	}
}

static void same_text(const struct text *a, const struct text *b, const char *what)
{
	if (streq(text_get(a), text_get(b)))
		return;
	fprintf(stderr, "---- this:\n%s\n---- became this:\n%s\n", text_get(a), text_get(b));
	broken(what, "");
}

/* ---- 1. reading ---- */

/* Reads main.conf; whether that went well. The caller frees `conf`. */
static bool reads(struct conf *conf)
{
	fail_clear();
	conf_init(conf);
	int r = conf_load(conf, main_file);
	holds((r < 0) == (failure->text[0] != '\0'), "failure and words go together",
	      failure->text);
	return r == 0;
}

/* The same for another text of that file. */
static bool reads_text(struct conf *conf, const struct text *text)
{
	write_file(main_file, text_get(text), text->len);
	return reads(conf);
}

/* It has become too large for a configuration, of which there is no more to be said. */
static bool is_bound(void)
{
	return strstr(failure->text, " larger than ") || strstr(failure->text, " more than ");
}

/* ---- 2. saving ---- */

static void check_save(const struct conf *conf)
{
	auto_text struct text once = { 0 }, twice = { 0 };
	struct conf again;

	conf_save(conf, &once);
	conf_init(&again);
	int r = conf_load_text(&again, text_get(&once));
	if (r < 0 && is_bound()) {
		conf_free(&again);
		return;
	}
	holds(r == 0, "what was saved is read", failure->text);
	same(conf, &again, NULL, "saved and read again it is the same");
	conf_save(&again, &twice);
	same_text(&once, &twice, "saved twice it is the same");
	conf_free(&again);
}

/* ---- 3. lines ---- */

/* What kind of a root it is, as far as that is said; that of an old path is said from now on. */
static void same_root(const struct conf *old, const struct conf *new)
{
	unsigned was = old->rootfs_type ? old->rootfs_type : old->rootfs_backend;
	unsigned is = new->rootfs_type ? new->rootfs_type : new->rootfs_backend;

	holds(!old->rootfs_path || was == is || (was == ROOTFS_ANY && is == ROOTFS_DIR),
	      "with modern names the root is of the same type", old->rootfs_path);
}

/* Once modern, always modern. */
static void check_modern(const struct text *text)
{
	auto_text struct text after = { 0 };
	struct lines lines = { 0 };

	lines_read(&lines, text_get(text));
	holds(lines_modernize(&lines) == 0, "what is modern stays as it is", text_get(text));
	lines_save(&lines, &after);
	same_text(text, &after, "what is modern stays as it is");
	lines_free(&lines);
}

/* An address that is made up is one that is read. */
static void check_settled(const struct input *in, const struct conf *conf, bool good)
{
	auto_text struct text text = { 0 };
	struct lines lines = { 0 };
	struct conf settled;

	lines_read(&lines, in->text);
	holds(lines_settle(&lines) == 0, "addresses can be made up", failure->text);
	lines_save(&lines, &text);
	lines_free(&lines);
	bool well = reads_text(&settled, &text);
	holds(well == good, "with addresses made up it is read as well as before",
	      well ? text_get(&text) : failure->text);
	if (good)
		same(conf, &settled, "lxc.net.[].hwaddr", "with addresses made up it is the same");
	conf_free(&settled);
	write_file(main_file, in->text, in->len);
}

static void check_lines(const struct input *in, const struct conf *conf, bool good)
{
	auto_text struct text before = { 0 }, after = { 0 }, all = { 0 };
	struct lines lines = { 0 };
	struct conf modern;

	text_add(&all, in->text);
	if (all.len && in->text[in->len - 1] != '\n')
		text_add(&all, "\n");
	lines_read(&lines, in->text);
	lines_save(&lines, &before);
	same_text(&all, &before, "as lines it is the text it was");
	size_t len = lines.len, changed = lines_modernize(&lines);
	bool gone = lines.len < len;
	lines_save(&lines, &after);
	lines_free(&lines);
	holds((changed > 0) != streq(text_get(&before), text_get(&after)), "changes are counted",
	      text_get(&after));
	check_modern(&after);
	/* A file that is included is converted by itself, and then finds no open interface. */
	if (in->old_nets && strstr(in->text, "lxc.include"))
		return;
	/* A mistake may have gone with the line it was in. */
	bool well = reads_text(&modern, &after);
	if (well && good) {
		same(conf, &modern, "lxc.rootfs.backend", "with modern names it is the same");
		same_root(conf, &modern);
	} else if ((well || !is_bound()) && (good || !gone)) {
		holds(well == good, "with modern names it is read as well as before",
		      well ? text_get(&after) : failure->text);
	}
	conf_free(&modern);
	write_file(main_file, in->text, in->len);
}

/* ---- 4. looking it over ---- */

static void count_problem(void *arg, const struct problem *problem)
{
	holds(problem->what.text[0] != '\0', "a problem has words", problem->key);
	*(size_t *)arg += !problem->warning;
}

static bool stop(void *arg, const struct finding *found)
{
	return false;
}

static void check_check(const struct conf *conf, bool good)
{
	struct conf other;
	size_t problems = 0;

	conf_init(&other);
	parse_check(&other, main_file, count_problem, &problems);
	holds(good || problems, "looked over, a mistake is found", "");
	fail_clear();
	if (good) {
		bool rules = conf_rules(conf, stop, NULL) == 0;
		holds(rules == !problems, "looked over, what rules say is found", failure->text);
		same(conf, &other, NULL, "looked over, it is the same");
	}
	conf_free(&other);
}

/* ---- 5. changes ---- */

/* With an empty value the key is as if it were emptied, or had never been set. */
static void check_emptied(const struct conf *want, const struct conf *got, const char *key)
{
	auto_text struct text is = { 0 }, one = { 0 }, other = { 0 };
	struct conf plain;

	conf_init(&plain);
	int a = conf_get(got, key, &is), b = conf_get(want, key, &one),
	    c = conf_get(&plain, key, &other);
	holds((a == b && streq(text_get(&is), text_get(&one))) ||
		      (a == c && streq(text_get(&is), text_get(&other))),
	      "what was taken away is gone", text_get(&is));
	conf_free(&plain);
}

/* `lines` have been changed, and `want` the same way. */
static void check_changed(const struct lines *lines, const struct conf *want, const char *key,
			  const char *value)
{
	auto_text struct text text = { 0 };
	struct conf got;

	lines_save(lines, &text);
	bool good = reads_text(&got, &text);
	if (good && *value)
		same(want, &got, NULL, "what was set is what is read");
	else if (good)
		check_emptied(want, &got, key);
	else if (!is_bound())
		broken(failure->text, text_get(&text));
	conf_free(&got);
}

static void check_set(const struct input *in, struct arena *mem)
{
	const char *before = mem_text_len(mem, in->text, in->before);
	struct lines lines = { 0 };
	struct conf want;

	/* The lines do not know what their file is called, and could include it. */
	if (!in->key || !in->value || streq(in->key, "lxc.include"))
		return;
	write_file(main_file, before, in->before);
	if (reads(&want)) {
		lines_read(&lines, before);
		fail_clear();
		int r = lines_set(&lines, in->key, in->value);
		holds((r < 0) == (failure->text[0] != '\0'), "failure and words go together",
		      failure->text);
		want.now = (struct origin){ .file = "the new value" };
		if (r == 0) {
			r = conf_set(&want, in->key, in->value);
			holds(r == 0, "what a file may say can be set", failure->text);
			check_changed(&lines, &want, in->key, in->value);
		}
		lines_free(&lines);
	}
	conf_free(&want);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena mem = { 0 };
	struct input in = { 0 };
	struct conf conf;

	take_input(&in, mem_text_len(&mem, (const char *)data, size), size, &mem);
	write_file(main_file, in.text, in.len);
	bool good = reads(&conf), text = strlen(in.text) == in.len;
	if (good)
		check_save(&conf);
	check_check(&conf, good);
	if (text) {
		check_lines(&in, &conf, good);
		if (strstr(in.text, "hwaddr"))
			check_settled(&in, &conf, good);
		check_set(&in, &mem);
	}
	conf_free(&conf);
	remove_files(in.files);
	mem_release(&mem);
	fail_clear();
	return 0;
}
