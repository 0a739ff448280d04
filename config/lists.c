/* lists.c - kinds of keys that hold many values. */
#include "conf.h"
#include "fail.h"

/* No configuration is that long, and one name is compared with all the others. */
enum { MAX_ITEMS = 8192 };

static int add_item(const struct setting *to, const char *text)
{
	struct items *items = to->field;
	struct arena *mem = &to->conf->mem;

	for (size_t i = 0; to->name && !(to->key->flags & KEY_MANY) && i < items->len; i++)
		if (streq(items->at[i].name, to->name)) { /* the last one counts */
			items->at[i].text = mem_text(mem, text);
			items->at[i].from = to->conf->now;
			return 0;
		}
	if (items->len >= MAX_ITEMS)
		return fail(0, "set more than %d times", MAX_ITEMS);
	items->at = mem_grow(mem, items->at, &items->len, sizeof(*items->at));
	items->at[items->len - 1] = (struct item){
		.name = to->name ? mem_text(mem, to->name) : NULL,
		.text = mem_text(mem, text),
		.from = to->conf->now,
	};
	return 0;
}

/* All, or of a family the one that is named. */
static void clear_items(const struct setting *to)
{
	struct items *items = to->field;
	size_t kept = 0;

	for (size_t i = 0; to->name && i < items->len; i++)
		if (!streq(items->at[i].name, to->name))
			items->at[kept++] = items->at[i];
	items->len = kept;
}

/* Of one kind no two ranges may have an id in common; the kernel takes 340 of them. */
static int check_ranges(const struct items *ranges, const char *value)
{
	struct idmap fresh, other;
	size_t same = 0;

	TRY(idmap_parse(value, &fresh));
	for (size_t i = 0; i < ranges->len; i++) {
		TRY(idmap_parse(ranges->at[i].text, &other));
		same += other.gid == fresh.gid;
		if (idmap_overlap(&fresh, &other))
			return fail(0, "%s overlaps an earlier range", value);
	}
	return same < 340 ? 0 : fail(0, "more than 340 ranges");
}

static void limit_text(uint64_t limit, char *out, size_t size)
{
	if (limit == UINT64_MAX)
		snprintf(out, size, "unlimited");
	else
		snprintf(out, size, "%llu", (unsigned long long)limit);
}

/* Of what has parts the one form in which LXC, too, reads it back; `value` has been checked. */
static const char *usual_form(const struct setting *to, const char *value)
{
	struct arena *mem = &to->conf->mem;
	struct idmap map;
	struct limit limit;
	char soft[24], hard[24];

	if (to->key->check == check_idmap && idmap_parse(value, &map) == 0)
		return mem_format(mem, "%c %u %u %u", map.gid ? 'g' : 'u', map.inside, map.outside,
				  map.count);
	if (to->key->check != check_limit || limit_parse(to->name, value, &limit) < 0)
		return value;
	limit_text(limit.soft, soft, sizeof(soft));
	limit_text(limit.hard, hard, sizeof(hard));
	return limit.soft == limit.hard ? mem_text(mem, soft)
					: mem_format(mem, "%s:%s", soft, hard);
}

static int set_item(const struct setting *to, const char *value)
{
	const struct items *items = to->field;

	if (to->key->check)
		TRY(to->key->check(to->name, value));
	if (to->key->check == check_idmap)
		TRY(check_ranges(items, value));
	if (to->key->check == check_capability &&
	    (streq(value, "none") || (items->len && streq(items->at[0].text, "none"))))
		clear_items(to); /* "none" is alone */
	return add_item(to, usual_form(to, value));
}

static int set_items(const struct setting *to, const char *value)
{
	if (!(to->key->flags & KEY_WORDS))
		return set_item(to, value);
	while (*(value += strspn(value, " \t"))) {
		size_t len = strcspn(value, " \t");
		TRY(set_item(to, mem_text_len(&to->conf->mem, value, len)));
		value += len;
	}
	return 0;
}

/* One item a line; a family as the lines that set it. */
static void get_items(const struct key *key, const void *field, struct text *out)
{
	const struct items *items = field;

	for (size_t i = 0; i < items->len; i++) {
		if (key->flags & KEY_FAMILY)
			text_format(out, "%.*s%s = ", (int)strlen(key->name) - 1, key->name,
				    items->at[i].name);
		bool end = !(key->flags & KEY_JOINED) || i + 1 < items->len;
		text_format(out, "%s%s", items->at[i].text, end ? "\n" : "");
	}
}

static void save_items(const char *name, const void *field, struct text *out)
{
	const struct items *items = field;

	for (size_t i = 0; i < items->len; i++) {
		const char *rest = items->at[i].name;
		text_format(out, "%s%s = ", name, rest ? rest : "");
		conf_save_line(out, items->at[i].text);
	}
}

/* NAME alone takes the value it has now, which is also what is kept. */
static int set_environment(const struct setting *to, const char *value)
{
	size_t len = strcspn(value, "=");
	const char *now = value[len] ? NULL : getenv(value);

	if (len == 0)
		return fail(0, "%s has no name before the =", value);
	if (!value[len] && !now)
		return fail(0, "%s is not in the environment", value);
	if (now)
		TRY(check_value(value, now));
	return add_item(to, now ? mem_format(&to->conf->mem, "%s=%s", value, now) : value);
}

/* "10,20": one item each, read back joined again. One comma too many is no mistake, as in LXC. */
static int set_gids(const struct setting *to, const char *value)
{
	while (*(value += strspn(value, " \t,"))) {
		char digits[16];
		uint64_t gid;
		size_t len = strcspn(value, " \t,");
		if (len >= sizeof(digits))
			return fail(0, "%s is not a group id", value);
		memcpy(digits, value, len);
		digits[len] = '\0';
		if (!str_number(digits, 0, UINT32_MAX - 1, &gid))
			return fail(0, "%s is not a group id", digits);
		snprintf(digits, sizeof(digits), "%u", (unsigned)gid);
		TRY(add_item(to, digits));
		value += len + strspn(value + len, " \t");
		if (*value && *value != ',')
			return fail(0, "%s follows a group id without a comma", value);
	}
	return 0;
}

static void get_gids(const struct key *key, const void *field, struct text *out)
{
	const struct items *items = field;

	for (size_t i = 0; i < items->len; i++)
		text_format(out, "%s%s", i ? "," : "", items->at[i].text);
}

/* ---- automatic mounts: of each kind one, the last ---- */

static const char *const auto_kinds[] = { "proc", "sys", "cgroup", "shmounts" };

/* "/DIR" or "/DIR:/DIR", neither of which leads up. */
static bool are_dirs(const char *dirs)
{
	struct arena scratch = { 0 };
	char *host = mem_text(&scratch, dirs), *inside = strchr(host, ':');

	if (inside)
		*inside++ = '\0';
	bool good = *host == '/' && !str_has_dotdot(host);
	if (inside)
		good &= *inside == '/' && !str_has_dotdot(inside) && !strchr(inside, ':');
	mem_release(&scratch);
	return good;
}

/* Whether ":ro" of ":ro:force" is one of the modes in `without`. */
static bool lacks(const char *without, const char *mode)
{
	char first[8];

	snprintf(first, sizeof(first), "%.*s", *mode ? (int)strcspn(mode + 1, ":") + 1 : 0, mode);
	return *first && strstr(without, first);
}

/* The kind a token is of, and whether there is such a token. */
static const char *auto_kind(const char *token)
{
	static const char *const modes[] = { "",       ":mixed",       ":ro",	    ":rw",
					     ":force", ":mixed:force", ":ro:force", ":rw:force" };
	const struct {
		const char *name, *kind;
		const char *without; /* modes it does not have */
	} families[] = { { "proc", auto_kinds[0], ":ro" },
			 { "sys", auto_kinds[1], "" },
			 { "cgroup", auto_kinds[2], "" },
			 { "cgroup-full", auto_kinds[2], "" },
			 { "cgroup2", auto_kinds[2], ":mixed:rw" } };

	for (size_t f = 0; f < ARRAY_LEN(families); f++) {
		const char *mode = str_after(token, families[f].name);
		size_t n = families[f].kind == auto_kinds[2] ? ARRAY_LEN(modes) : 4;
		for (size_t m = 0; mode && m < n; m++)
			if (streq(mode, modes[m]) && !lacks(families[f].without, mode))
				return families[f].kind;
	}
	const char *dirs = str_after(token, "shmounts:");
	return dirs && are_dirs(dirs) ? auto_kinds[3] : NULL;
}

static int set_auto(const struct setting *to, const char *value)
{
	struct items *items = to->field;

	while (*(value += strspn(value, " \t"))) {
		size_t len = strcspn(value, " \t"), kept = 0;
		char *token = mem_text_len(&to->conf->mem, value, len);
		const char *kind = auto_kind(token);
		if (!kind)
			return fail_hint(fail(0, "%s is not an automatic mount", token),
					 "proc, sys, cgroup or cgroup2, with :ro, :rw or :mixed, "
					 "or shmounts:/DIR");
		for (size_t i = 0; i < items->len; i++)
			if (auto_kind(items->at[i].text) != kind)
				items->at[kept++] = items->at[i];
		items->len = kept;
		bool bare = streq(token, "proc") || streq(token, "sys");
		TRY(add_item(to, bare ? mem_format(&to->conf->mem, "%s:mixed", token) : token));
		value += len;
	}
	return 0;
}

/* On one line, always in the same order. */
static void get_auto(const struct key *key, const void *field, struct text *out)
{
	const struct items *items = field;
	size_t start = out->len;

	for (size_t kind = 0; kind < ARRAY_LEN(auto_kinds); kind++)
		for (size_t i = 0; i < items->len; i++)
			if (auto_kind(items->at[i].text) == auto_kinds[kind])
				text_format(out, "%s%s", out->len > start ? " " : "",
					    items->at[i].text);
}

/* clang-format off */
const struct key_type
	key_items = { "list", set_items, get_items, clear_items, save_items, true },
	key_environment = { "list", set_environment, get_items, clear_items, save_items, true },
	key_gids = { "list of ids", set_gids, get_gids, clear_items, NULL, true },
	key_auto = { "list of words", set_auto, get_auto, clear_items, NULL, true };
/* clang-format on */
