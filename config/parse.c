/* parse.c - a configuration file: lines, quoting, includes; bounded in depth and size. */
#include "parse.h"

#include <dirent.h>
#include <sys/stat.h>

#include "builtin.h"
#include "file.h"
#include "log.h"

enum { MAX_DEPTH = 16, MAX_SIZE = 1 << 20, MAX_FILES = 1024, MAX_ENTRIES = 65536 };

/* The files being read, innermost first, so that one that includes itself is seen (threats G2). */
struct source {
	const struct source *outer;
	dev_t dev;
	ino_t ino;
	unsigned depth;
	struct budget *budget;
};

static const struct budget whole = { .bytes = MAX_SIZE,
				     .files = MAX_FILES,
				     .entries = MAX_ENTRIES };

static int load(struct conf *conf, const char *path, const struct source *outer);

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of all *.conf of a directory, sorted (LXC: in the directory's own order). */
static int list_directory(struct arena *mem, const char *path, struct budget *budget, char ***names,
			  size_t *len)
{
	DIR *dir = opendir(path);
	int r = 0;

	if (!dir)
		return errno == ENOENT ? 0 : fail(errno, "open the directory %s", path);
	for (struct dirent *entry; r == 0 && (entry = readdir(dir));) {
		size_t end = strlen(entry->d_name);
		if (budget->entries == 0)
			r = fail(0, "%s: more than %d entries of directories", path, MAX_ENTRIES);
		else
			budget->entries--;
		if (r < 0 || end < 6 || !streq(entry->d_name + end - 5, ".conf"))
			continue;
		*names = mem_grow(mem, *names, len, sizeof(**names));
		(*names)[*len - 1] = mem_format(mem, "%s/%s", path, entry->d_name);
	}
	closedir(dir);
	if (*len)
		qsort(*names, *len, sizeof(**names), compare_names);
	return r;
}

static int load_directory(struct conf *conf, const char *path, const struct source *outer)
{
	struct arena scratch = { 0 };
	char **names = NULL;
	size_t len = 0;
	int r = list_directory(&scratch, path, outer->budget, &names, &len);

	for (size_t i = 0; r == 0 && i < len; i++)
		r = load(conf, names[i], outer);
	mem_release(&scratch);
	return r;
}

static int include(struct conf *conf, const char *path, const struct source *from)
{
	size_t len = strlen(path);
	struct stat st;

	if (len == 0)
		return 0; /* as LXC: there is nothing to take back */
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

struct parsed parse_split(char *line)
{
	line += strspn(line, " \t");
	if (!str_after(line, "lxc."))
		return (struct parsed){ NULL, NULL };
	char *equals = strchr(line, '=');
	if (!equals) {
		line[strcspn(line, "\r")] = '\0';
		return (struct parsed){ line, NULL };
	}
	char *value = trim(equals + 1);
	*equals = '\0';
	while (equals > line && (equals[-1] == ' ' || equals[-1] == '\t'))
		*--equals = '\0'; /* a blank inside stays, and makes it no key */
	return (struct parsed){ line, value };
}

static int set_line(struct conf *conf, const struct parsed *line, const struct source *from)
{
	if (!line->key)
		return 0;
	if (!line->value)
		return fail(0, "%.64s: no = after the key", line->key);
	if (!streq(line->key, "lxc.include"))
		return conf_set(conf, line->key, line->value);
	struct origin here = conf->now;
	int r = include(conf, mem_text(&conf->mem, line->value), from);
	conf->now = here;
	return r;
}

static void tell(const struct conf *conf, const struct budget *budget, const char *key,
		 bool warning)
{
	const struct problem problem = { conf->now, warning, key, *failure };

	budget->tell(budget->arg, &problem);
	fail_clear();
}

/* Of a line without a mistake, what had better be known. */
static bool warn_of(struct conf *conf, const char *name)
{
	const char *modern = conf_modern_name(conf, name);

	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (key->type == &key_ignored && streq(key->name, name))
			return fail(0, "%s: has no effect any more", name) < 0;
	if (!modern || streq(modern, name))
		return false;
	fail_hint(fail(0, "%s: since LXC 3 this is called %s", name, modern),
		  "lxc-update-config converts it");
	return true;
}

/* One line of a file that is looked over: whatever is wrong with it is told, and it goes on. */
static void check_line(struct conf *conf, const struct parsed *line, const struct source *from)
{
	bool warning = false;

	/* Before it is set, as that may open the next interface. */
	if (line->value)
		warning = warn_of(conf, line->key);
	struct failure warned = *failure;
	fail_clear();
	if (set_line(conf, line, from) < 0) {
		tell(conf, from->budget, line->key, false);
	} else if (warning) {
		*failure = warned;
		tell(conf, from->budget, line->key, true);
	}
}

static int parse_line(struct conf *conf, char *at, bool nul, const struct source *from)
{
	struct parsed line = { NULL, NULL };

	if (!nul)
		line = parse_split(at);
	if (!from->budget->tell)
		return nul ? fail(0, "a NUL byte") : set_line(conf, &line, from);
	if (nul) {
		fail(0, "a NUL byte");
		tell(conf, from->budget, NULL, false);
	} else {
		check_line(conf, &line, from);
	}
	return 0;
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
		int r = parse_line(conf, at, strlen(at) != (size_t)(stop - at), from);
		if (r < 0 && !from->budget->placed) {
			from->budget->placed = true;
			return fail_in(r, "%s:%u", conf->now.file, conf->now.line);
		}
		TRY(r);
		at = stop + 1;
	}
	return 0;
}

/* One of the files LXC installs, where it is not installed. */
static int load_builtin(struct conf *conf, const char *path, const char *builtin,
			struct source *here)
{
	char *text = mem_text(&conf->mem, builtin);

	conf->now = (struct origin){ .file = mem_format(&conf->mem, "%s (built in)", path) };
	log_debug("%s is not there: the built-in one is taken", path);
	return parse_text(conf, text, strlen(text), here);
}

/* Against loops, depth and number (threats G2). */
static int enter(struct source *here, const char *path)
{
	for (const struct source *s = here->outer; here->ino && s->outer; s = s->outer)
		if (s->dev == here->dev && s->ino == here->ino)
			return fail(0, "%s includes itself", path);
	if (++here->depth > MAX_DEPTH)
		return fail(0, "%s is included more than %d files deep", path, MAX_DEPTH);
	if (here->budget->files == 0)
		return fail(0, "%s is one of more than %d files", path, MAX_FILES);
	here->budget->files--;
	return 0;
}

static int load(struct conf *conf, const char *path, const struct source *outer)
{
	auto_text struct text text = { 0 };
	struct source here = *outer;
	struct stat st;

	here.outer = outer;
	here.dev = 0;
	here.ino = 0;
	if (stat(path, &st) < 0) {
		int missing = errno;
		const char *builtin = missing == ENOENT ? builtin_find(path) : NULL;
		if (!builtin)
			return fail(missing, "open %s", path);
		TRY(enter(&here, path));
		return load_builtin(conf, path, builtin, &here);
	}
	here.dev = st.st_dev;
	here.ino = st.st_ino;
	TRY(enter(&here, path));
	conf->now = (struct origin){ .file = mem_text(&conf->mem, path) };
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > here.budget->bytes)
		return outer->outer
			       ? fail(0, "%s and what was read before it are larger than %d bytes",
				      path, MAX_SIZE)
			       : fail(0, "%s is larger than %d bytes", path, MAX_SIZE);
	int r = file_read(AT_FDCWD, path, here.budget->bytes, &text);
	if (r < 0)
		return r == -ENOENT ? fail(ENOENT, "open %s", path) : r;
	here.budget->bytes -= text.len;
	/* The mark that some editors put in front of UTF-8. */
	size_t mark = str_after(text_get(&text), "\xef\xbb\xbf") ? 3 : 0;
	return text.len ? parse_text(conf, text.at + mark, text.len - mark, &here) : 0;
}

int parse_follow(struct conf *conf, const char *line, struct budget **budget)
{
	if (!*budget) {
		*budget = mem_get(&conf->mem, sizeof(**budget));
		**budget = whole;
	}
	const struct source none = { .budget = *budget };
	struct parsed parts = parse_split(mem_text(&conf->mem, line));
	return set_line(conf, &parts, &none);
}

int conf_define(struct conf *conf, const char *assignment)
{
	struct budget budget = whole;
	const struct source none = { .budget = &budget };
	char *copy = mem_text(&conf->mem, assignment);
	struct parsed parts = parse_split(copy);

	conf->now = (struct origin){ .file = "--define" };
	if (!strchr(assignment, '='))
		return fail(0, "%s: not of the form KEY=VALUE", assignment);
	if (!parts.key)
		return fail(0, "%s: unknown key", assignment);
	return set_line(conf, &parts, &none);
}

int conf_load_text(struct conf *conf, const char *text)
{
	return conf_load_memory(conf, "the new configuration", text);
}

int conf_load_memory(struct conf *conf, const char *what, const char *text)
{
	struct budget budget = whole;
	const struct source none = { .budget = &budget };
	char *copy = mem_text(&conf->mem, text);

	conf->now = (struct origin){ .file = mem_text(&conf->mem, what) };
	return parse_text(conf, copy, strlen(copy), &none);
}

int conf_load(struct conf *conf, const char *path)
{
	struct budget budget = whole;
	const struct source none = { .budget = &budget };

	return load(conf, path, &none);
}

/* What the whole of it breaks, and what no start can act on: all of it is told. */
static bool tell_broken(void *arg, const struct finding *found)
{
	const struct budget *budget = arg;
	const struct problem problem = { found->from, false, found->key, *failure };

	budget->tell(budget->arg, &problem);
	return true;
}

static bool tell_later(void *arg, const struct finding *found)
{
	const struct budget *budget = arg;
	const struct problem problem = { found->from, true, found->key, *failure };

	budget->tell(budget->arg, &problem);
	return true;
}

void parse_check(struct conf *conf, const char *path,
		 void (*each)(void *arg, const struct problem *problem), void *arg)
{
	struct budget budget = whole;
	const struct source none = { .budget = &budget };

	budget.tell = each;
	budget.arg = arg;

	fail_clear();
	if (load(conf, path, &none) < 0) {
		conf->now = (struct origin){ .file = path };
		tell(conf, &budget, NULL, false);
	}
	conf_rules(conf, tell_broken, &budget);
	conf_later(conf, tell_later, &budget);
}

/* Every line of a file or of -s goes by set_line(); this is for whoever has no line. */
static int set_include(const struct setting *to, const char *value)
{
	return conf_load(to->conf, value);
}

static void get_include(const struct key *key, const void *field, struct text *out)
{
}

static void clear_include(const struct setting *to)
{
}

const struct key_type key_include = { "path", set_include, get_include, clear_include, NULL, true };
