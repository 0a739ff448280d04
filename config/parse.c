/* parse.c - a configuration file: lines, quoting, includes; bounded in depth and size. */
#include <dirent.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "conf.h"
#include "fail.h"
#include "file.h"

enum { MAX_DEPTH = 16, MAX_SIZE = 1 << 20, MAX_FILES = 1024 };

/* The files being read, innermost first, so that one that includes itself is seen (threats G2). */
struct source {
	const struct source *outer;
	dev_t dev;
	ino_t ino;
	unsigned depth;
	struct budget *budget;
};

/* What all files together may still cost, and whether a failure has its place in front already. */
struct budget {
	size_t bytes, files;
	bool placed;
};

static int load(struct conf *conf, const char *path, const struct source *outer);

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every *.conf of a directory, in the order of their names (LXC: in the directory's own). */
static int load_directory(struct conf *conf, const char *path, const struct source *outer)
{
	DIR *dir = opendir(path);
	char **names = NULL;
	size_t len = 0;
	int r = 0;

	if (!dir)
		return errno == ENOENT ? 0 : fail(errno, "open the directory %s", path);
	for (struct dirent *entry; (entry = readdir(dir)) && len <= MAX_FILES;) {
		size_t end = strlen(entry->d_name);
		if (end < 6 || !streq(entry->d_name + end - 5, ".conf"))
			continue;
		names = mem_grow(&conf->mem, names, &len, sizeof(*names));
		names[len - 1] = mem_format(&conf->mem, "%s/%s", path, entry->d_name);
	}
	closedir(dir);
	if (len)
		qsort(names, len, sizeof(*names), compare_names);
	for (size_t i = 0; r == 0 && i < len; i++)
		r = load(conf, names[i], outer);
	return r;
}

static int include(struct conf *conf, const char *path, const struct source *from)
{
	size_t len = strlen(path);
	struct stat st;

	if (len == 0)
		return fail(0, "lxc.include: no file named");
	if (path[len - 1] == '/' || (stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return load_directory(conf, str_clean_path(&conf->mem, path), from);
	return load(conf, path, from);
}

/* Cuts blanks at both ends, and one pair of quotes around it all. */
static char *trim(char *text)
{
	text += strspn(text, " \t");
	size_t len = strlen(text);
	while (len && strchr(" \t\r", text[len - 1]))
		len--;
	if (len >= 2 && (text[0] == '"' || text[0] == '\'') && text[len - 1] == text[0]) {
		text++;
		len -= 2;
	}
	text[len] = '\0';
	return text;
}

static int parse_line(struct conf *conf, char *line, const struct source *from)
{
	line += strspn(line, " \t");
	if (!str_after(line, "lxc."))
		return 0; /* a comment, a blank line, or not for us */
	char *equals = strchr(line, '=');
	if (!equals)
		return fail(0, "%.64s: no = after the key", line);
	*equals = '\0';
	line[strcspn(line, " \t")] = '\0';
	char *value = trim(equals + 1);
	if (!streq(line, "lxc.include"))
		return conf_set(conf, line, value);
	struct origin here = conf->now;
	int r = include(conf, mem_text(&conf->mem, value), from);
	conf->now = here;
	return r;
}

static int parse_text(struct conf *conf, char *at, size_t len, const struct source *from)
{
	char *end = at + len;

	while (at < end) {
		char *stop = memchr(at, '\n', (size_t)(end - at));
		if (!stop)
			stop = end;
		*stop = '\0';
		conf->now.line++;
		int r = strlen(at) != (size_t)(stop - at) ? fail(0, "a NUL byte")
							  : parse_line(conf, at, from);
		if (r < 0 && !from->budget->placed) {
			from->budget->placed = true;
			return fail_in(r, "%s:%u", conf->now.file, conf->now.line);
		}
		TRY(r);
		at = stop + 1;
	}
	return 0;
}

static int load(struct conf *conf, const char *path, const struct source *outer)
{
	auto_text struct text text = { 0 };
	struct source here = *outer;
	struct stat st;

	here.outer = outer;
	if (stat(path, &st) < 0)
		return fail(errno, "open %s", path);
	here.dev = st.st_dev;
	here.ino = st.st_ino;
	for (const struct source *s = outer; s->outer; s = s->outer)
		if (s->dev == st.st_dev && s->ino == st.st_ino)
			return fail(0, "%s includes itself", path);
	if (++here.depth > MAX_DEPTH)
		return fail(0, "%s is included more than %d files deep", path, MAX_DEPTH);
	if (here.budget->files == 0)
		return fail(0, "%s is one of more than %d files", path, MAX_FILES);
	here.budget->files--;
	conf->now = (struct origin){ .file = mem_text(&conf->mem, path) };
	if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3))
		return 0; /* /dev/null: nothing, and on purpose */
	int r = file_read(AT_FDCWD, path, here.budget->bytes, &text);
	if (r < 0)
		return r == -ENOENT ? fail(ENOENT, "open %s", path) : r;
	here.budget->bytes -= text.len;
	return text.len ? parse_text(conf, text.at, text.len, &here) : 0;
}

int conf_load_text(struct conf *conf, const char *text)
{
	return conf_load_memory(conf, "the new configuration", text);
}

int conf_load_memory(struct conf *conf, const char *what, const char *text)
{
	struct budget budget = { .bytes = MAX_SIZE, .files = MAX_FILES };
	const struct source none = { .budget = &budget };
	char *copy = mem_text(&conf->mem, text);

	conf->now = (struct origin){ .file = mem_text(&conf->mem, what) };
	return parse_text(conf, copy, strlen(copy), &none);
}

int conf_load(struct conf *conf, const char *path)
{
	struct budget budget = { .bytes = MAX_SIZE, .files = MAX_FILES };
	const struct source none = { .budget = &budget };

	return load(conf, path, &none);
}
