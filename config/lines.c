/*
 * lines.c - a configuration as lines.
 *
 * What a line means depends on those before it: lxc.network.link is of the interface that the
 * last lxc.network.type opened, in this file or in one it includes. So each line, as it is added,
 * is also set in a configuration, `follow`, whose only use is to know that.
 */
#include "lines.h"

#include <sys/random.h>
#include <sys/stat.h>

/* The key and value of a line, or of one that is commented out; `at`: where the key begins. */
static void split(struct lines *lines, struct line *line, size_t *at)
{
	size_t start = strspn(line->text, " \t");
	size_t marks = strspn(line->text + start, "#");

	start += marks;
	start += marks ? strspn(line->text + start, " \t") : 0;
	*at = start;
	struct parsed parts = parse_split(mem_text(&lines->mem, line->text + start));
	if (!parts.value || (marks && parts.key[strcspn(parts.key, "\"'`,;()")]))
		return;
	line->comment = marks > 0;
	line->key = parts.key;
	line->value = parts.value;
}

/*
 * The modern name of a commented-out key. A commented-out lxc.network.type opens an interface for
 * those behind it, but takes no number away from a real one.
 */
static const char *name_of_comment(struct lines *lines, const struct line *line)
{
	struct conf *conf = lines->follow;
	struct conf_nets kept = conf->net;
	const char *name;

	if (lines->shadow) {
		conf->net.open = true;
		conf->net.current = lines->shadow - 1;
	}
	name = conf_modern_name(conf, line->key);
	const struct conf_nets *nets = &conf->net;
	if (streq(line->key, "lxc.network.type"))
		lines->shadow = (nets->len ? nets->at[nets->len - 1].index + 1 : 0) + 1;
	conf->net.open = kept.open;
	conf->net.current = kept.current;
	return name;
}

static void add(struct lines *lines, const char *text, size_t len)
{
	lines->at = mem_grow(&lines->mem, lines->at, &lines->len, sizeof(*lines->at));
	struct line *line = &lines->at[lines->len - 1];
	size_t at;

	line->text = mem_text_len(&lines->mem, text, len);
	split(lines, line, &at);
	if (line->key) {
		const char *name = line->comment ? name_of_comment(lines, line)
						 : conf_modern_name(lines->follow, line->key);
		line->name = name ? mem_text(&lines->mem, name) : NULL;
	}
	if (line->key && !line->comment) {
		if (streq(line->key, "lxc.network.type"))
			lines->shadow = 0;
		parse_follow(lines->follow, line->text, &lines->budget);
	}
	fail_clear(); /* what is wrong with it is not asked here */
}

void lines_read(struct lines *lines, const char *text)
{
	if (!lines->follow) {
		lines->follow = mem_get(&lines->mem, sizeof(*lines->follow));
		conf_init(lines->follow);
	}
	while (*text) {
		size_t len = strcspn(text, "\n");
		add(lines, text, len);
		text += len + (text[len] == '\n');
	}
}

void lines_free(struct lines *lines)
{
	if (lines->follow)
		conf_free(lines->follow);
	mem_release(&lines->mem);
	*lines = (struct lines){ 0 };
}

void lines_save(const struct lines *lines, struct text *out)
{
	for (size_t i = 0; i < lines->len; i++) {
		text_add(out, lines->at[i].text);
		text_add(out, "\n");
	}
}

/* All of it once more: a change may be one for the lines behind it. */
static void again(struct lines *lines)
{
	auto_text struct text text = { 0 };

	lines_save(lines, &text);
	lines_free(lines);
	lines_read(lines, text_get(&text));
}

/* The first `len` bytes of `start`, then `value`; and what ends the file's other lines. */
static char *make_text(struct lines *lines, const char *start, size_t len, const char *value)
{
	const char *first = lines->at[0].text;
	bool cr = first && *first && first[strlen(first) - 1] == '\r';
	auto_text struct text text = { 0 };

	text_add_len(&text, start, len);
	conf_save_line(&text, value);
	return mem_format(&lines->mem, "%.*s%s", (int)text.len - 1, text_get(&text),
			  cr ? "\r" : "");
}

static void set_text(struct lines *lines, struct line *line, const char *key, const char *value)
{
	const char *start = mem_format(&lines->mem, "%s = ", key);

	line->text = make_text(lines, start, strlen(start), value);
}

/* Puts `value` behind the "=" of a line. */
static void set_value(struct lines *lines, struct line *line, const char *value)
{
	size_t len = strcspn(line->text, "=") + 1;

	len += strspn(line->text + len, " \t");
	line->text = make_text(lines, line->text, len, value);
	line->value = mem_text(&lines->mem, value);
}

static void remove_line(struct lines *lines, size_t i)
{
	memmove(&lines->at[i], &lines->at[i + 1], (lines->len - i - 1) * sizeof(*lines->at));
	lines->len--;
}

static bool is_set(const struct line *line, const char *name)
{
	return line->key && !line->comment && line->name && streq(line->name, name);
}

static bool is_include(const struct line *line)
{
	return line->key && !line->comment && streq(line->key, "lxc.include");
}

/* ---- names ---- */

/* Gives a line its key's modern name, and says whether it had another. */
static bool rename_key(struct lines *lines, struct line *line)
{
	if (!line->name || streq(line->name, line->key))
		return false;
	char *key = strstr(line->text, line->key);
	line->text = mem_format(&lines->mem, "%.*s%s%s", (int)(key - line->text), line->text,
				line->name, key + strlen(line->key));
	line->key = line->name;
	return true;
}

/*
 * "lxc.rootfs = /dir" said its type elsewhere or not at all; LXC 3 wants it in front. A device or
 * an image without a type is still looked at for what it is. LXC 2.1 also took the type of an
 * lxc.rootfs.path from elsewhere.
 */
static bool add_root_type(struct lines *lines, struct line *line, bool legacy)
{
	const char *name = names_name(rootfs_types, lines->follow->rootfs_backend);
	enum rootfs_type type;
	struct stat st;

	if (!*line->value || !rootfs_split(line->value, &type) || type != ROOTFS_ANY)
		return false;
	if (!name && (!legacy || str_after(line->value, "/dev/") ||
		      (stat(line->value, &st) == 0 && S_ISREG(st.st_mode))))
		return false;
	const char *typed = mem_format(&lines->mem, "%s:%s", name ? name : "dir", line->value);
	if (!rootfs_split(typed, &type))
		return false; /* the type was no good for that path before, either */
	set_value(lines, line, typed);
	return true;
}

/* What LXC 3 has no word for, and does without. */
static bool is_gone(const struct line *line)
{
	static const char *const gone[] = { "lxc.rootfs.backend", "lxc.pivotdir", "lxc.kmsg" };

	for (size_t i = 0; line->key && i < ARRAY_LEN(gone); i++)
		if (streq(line->key, gone[i]))
			return true;
	return false;
}

/* What a root is made from, by its own type or by that of lxc.rootfs.backend. */
static unsigned root_type(const struct lines *lines)
{
	const struct conf *conf = lines->follow;

	if (!conf->rootfs_path)
		return ROOTFS_ANY;
	return conf_root_type(conf);
}

/* Whether the root would be another without the lines that go: an included file may say it. */
static bool needs_backend(const struct lines *lines)
{
	struct lines without = { 0 };
	bool said = false;

	for (size_t i = 0; i < lines->len; i++) {
		const struct line *line = &lines->at[i];
		bool backend = is_set(line, "lxc.rootfs.backend");
		said |= backend;
		if (!backend)
			lines_read(&without, line->text);
	}
	unsigned type = said && without.follow ? root_type(&without) : ROOTFS_ANY;
	unsigned now = root_type(lines);
	lines_free(&without);
	/* A type put in front is the same type; a directory has always been found without one. */
	return said && now != type && !(now == ROOTFS_ANY && type == ROOTFS_DIR);
}

size_t lines_modernize(struct lines *lines)
{
	size_t changed = 0, kept = 0;

	for (size_t i = 0; i < lines->len; i++) {
		struct line *line = &lines->at[i];
		bool other = rename_key(lines, line);
		if (line->name && streq(line->name, "lxc.rootfs.path"))
			other |= add_root_type(lines, line, other);
		changed += other;
	}
	bool backend = needs_backend(lines);
	for (size_t i = 0; i < lines->len; i++) {
		bool needed = backend && is_set(&lines->at[i], "lxc.rootfs.backend");
		if (is_gone(&lines->at[i]) && !needed)
			changed++;
		else
			lines->at[kept++] = lines->at[i];
	}
	lines->len = kept;
	fail_clear();
	return changed;
}

/* ---- changes ---- */

/* What a line sets or empties; NULL: nothing. */
static const char *name_of(const struct line *line)
{
	return line->comment ? NULL : line->name ? line->name : line->key;
}

/* One of them gone, interfaces without a number would take others' numbers. */
static void number_nets(struct lines *lines)
{
	for (size_t i = 0; i < lines->len; i++)
		if (lines->at[i].key && str_after(lines->at[i].key, "lxc.network"))
			rename_key(lines, &lines->at[i]);
}

/* A line at the end; without a value, one that empties the key. */
static void append(struct lines *lines, const char *key, const char *value)
{
	const char *start = mem_format(&lines->mem, "%s =%s", key, *value ? " " : "");

	lines->at = mem_grow(&lines->mem, lines->at, &lines->len, sizeof(*lines->at));
	lines->at[lines->len - 1].text = make_text(lines, start, strlen(start), value);
}

/* What an empty line of that key does not make it: autodev is 1 when nothing is said, else 0. */
static const char *default_of(const char *name)
{
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (streq(key->name, name) && key->empty)
			return key->init;
	return "";
}

/* Whether a line forgets `name` along with others: "lxc.net =" what "lxc.net.0.type" has set. */
static bool is_reset(const struct line *line, const char *name)
{
	const char *key = name_of(line);

	return key && !*line->value && !streq(key, name) && conf_empties(key, name);
}

/* What is behind the last line that forgets `key` along with others: before that it is not set. */
static size_t behind_reset(const struct lines *lines, const char *key)
{
	size_t start = lines->len;

	while (start > 0 && !is_reset(&lines->at[start - 1], key))
		start--;
	return start;
}

static void clear(struct lines *lines, const char *key, bool included)
{
	if (str_after(key, "lxc.net"))
		number_nets(lines);
	for (size_t i = lines->len, start = behind_reset(lines, key); i-- > start;) {
		const struct line *line = &lines->at[i];
		if (name_of(line) && conf_empties(key, name_of(line)))
			remove_line(lines, i);
	}
	if (included)
		append(lines, key, default_of(key));
}

static bool is_net_type(const char *name)
{
	return str_after(name, "lxc.net.") && streq(strrchr(name, '.'), ".type");
}

/*
 * In place of the lines that set it, if nothing behind them may say otherwise: of the first, where
 * the keys behind a type, and the order of a family, want it. But for these two not of one that is
 * empty: it may stand where a value may not.
 */
static bool replace(struct lines *lines, const char *name, const char *value)
{
	size_t start = lines->len;
	bool net = str_after(name, "lxc.net."), plain = false;

	for (size_t i = 0; i < keys_len; i++)
		plain |= streq(keys[i].name, name);

	while (start > 0 && !is_include(&lines->at[start - 1]) &&
	       !is_reset(&lines->at[start - 1], name))
		start--;
	size_t at = start;
	while (at < lines->len &&
	       (!is_set(&lines->at[at], name) || (!plain && !*lines->at[at].value)))
		at++;
	bool found = at < lines->len;
	if (found)
		set_text(lines, &lines->at[at], lines->at[at].key, value);
	for (size_t i = lines->len; i-- > start;) {
		if (i == at || !is_set(&lines->at[i], name))
			continue;
		if (net)
			number_nets(lines);
		remove_line(lines, i);
	}
	return found;
}

/* Of an interface that now has another type, the lines that are not for that one. */
static void drop_foreign(struct lines *lines, const char *type)
{
	size_t len = strlen(type) - strlen("type");
	auto_text struct text now = { 0 };

	if (conf_get(lines->follow, type, &now) < 0)
		return; /* there is no such interface */
	for (size_t i = lines->len; i-- > 0;) {
		auto_text struct text value = { 0 };
		const struct line *line = &lines->at[i];
		if (line->name && !line->comment && strncmp(line->name, type, len) == 0 &&
		    conf_get(lines->follow, line->name, &value) < 0)
			remove_line(lines, i);
	}
}

/* What was refused leaves no trace in what the lines say. */
static int refused(struct lines *lines, int r)
{
	struct failure said = *failure;

	again(lines);
	*failure = said;
	return r;
}

int lines_set(struct lines *lines, const char *key, const char *value)
{
	bool included = false;

	if (key[strcspn(key, " \t=")])
		return fail(0, "%s: no line can set a key of that name", key);
	lines_read(lines, ""); /* makes sure of `follow` */
	lines->follow->now = (struct origin){ .file = "the new value" };
	const char *name = conf_modern_name(lines->follow, key);
	name = mem_text(&lines->mem, name ? name : key);
	int r = conf_set(lines->follow, key, value);
	if (r < 0)
		return refused(lines, r);
	for (size_t i = 0; i < lines->len; i++)
		included |= is_include(&lines->at[i]);
	/* What a file includes may go by the interfaces there are: none of them is changed. */
	bool add = (included && str_after(name, "lxc.net")) || (*value && conf_adds(name));
	if (!add && !*value)
		clear(lines, name, included);
	else if (add || !replace(lines, name, value))
		append(lines, name, value);
	if (!included && is_net_type(name))
		drop_foreign(lines, name);
	again(lines);
	return 0;
}

/*
 * The first byte of what is made up is that of one host. All zeros, which is no address, end in
 * something else.
 */
static int settle(char *address)
{
	unsigned char random[17];
	size_t last = 0;

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return fail(EIO, "make a random hardware address");
	for (size_t i = 0; i < sizeof(random) && address[i]; i++) {
		if ((address[i] | 0x20) != 'x')
			continue;
		address[i] = "0123456789abcdef"[random[i] & (i == 1 ? 0xc : 0xf)];
		last = i;
	}
	if (!address[strspn(address, "0:")])
		address[last] = last == 1 ? '4' : '1';
	return 0;
}

int lines_settle(struct lines *lines)
{
	for (size_t i = 0; i < lines->len; i++) {
		struct line *line = &lines->at[i];
		if (!line->name || line->comment || !str_after(line->name, "lxc.net.") ||
		    !streq(strrchr(line->name, '.'), ".hwaddr") ||
		    !line->value[strcspn(line->value, "xX")])
			continue;
		char *address = mem_text(&lines->mem, line->value);
		TRY(settle(address));
		set_value(lines, line, address);
	}
	return 0;
}
