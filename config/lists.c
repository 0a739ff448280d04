/* lists.c - kinds of keys that hold many values, and the forms of those values. */
#include <sys/resource.h>

#include "conf.h"
#include "fail.h"

static void add_item(const struct setting *to, const char *text)
{
	struct items *items = to->field;
	struct arena *mem = &to->conf->mem;

	for (size_t i = 0; to->name && i < items->len; i++)
		if (streq(items->at[i].name, to->name)) { /* a family: the last one counts */
			items->at[i].text = mem_text(mem, text);
			items->at[i].from = to->conf->now;
			return;
		}
	items->at = mem_grow(mem, items->at, &items->len, sizeof(*items->at));
	items->at[items->len - 1] = (struct item){
		.name = to->name ? mem_text(mem, to->name) : NULL,
		.text = mem_text(mem, text),
		.from = to->conf->now,
	};
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

static int set_item(const struct setting *to, const char *value)
{
	if (to->key->check == check_capability && streq(value, "none"))
		clear_items(to);
	if (to->key->check)
		TRY(to->key->check(to->name, value));
	add_item(to, value);
	return 0;
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
		text_format(out, "%s\n", items->at[i].text);
	}
}

static void save_items(const struct key *key, const void *field, struct text *out)
{
	const struct items *items = field;

	int len = (int)strlen(key->name) - (key->flags & KEY_FAMILY ? 1 : 0);

	for (size_t i = 0; i < items->len; i++) {
		const char *name = items->at[i].name;
		text_format(out, "%.*s%s = ", len, key->name, name ? name : "");
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
	if (now && now[strcspn(now, "\r\n")])
		return fail(0, "the value of %s in the environment has a line break in it", value);
	add_item(to, now ? mem_format(&to->conf->mem, "%s=%s", value, now) : value);
	return 0;
}

/* "10,20": one item each, read back joined again. */
static int set_gids(const struct setting *to, const char *value)
{
	while (*value) {
		char digits[16];
		uint64_t gid;
		value += strspn(value, " \t,");
		size_t len = strcspn(value, " \t,");
		if (len == 0)
			return 0;
		if (len >= sizeof(digits))
			return fail(0, "%s is not a group id", value);
		memcpy(digits, value, len);
		digits[len] = '\0';
		if (!str_number(digits, 0, UINT32_MAX - 1, &gid))
			return fail(0, "%s is not a group id", digits);
		add_item(to, digits);
		value += len;
	}
	return 0;
}

static void get_gids(const struct key *key, const void *field, struct text *out)
{
	const struct items *items = field;

	for (size_t i = 0; i < items->len; i++)
		text_format(out, "%s%s", i ? "," : "", items->at[i].text);
}

/* ---- interfaces ---- */

static const struct name net_types[] = {
	{ "empty", NET_EMPTY },
	{ "none", NET_NONE },
	{ NULL, 0 },
};

static int set_net(const struct setting *to, const char *value)
{
	return fail_hint(fail(0, "it can only be emptied"), "lxc.net.0.type = %s", value);
}

static void get_net(const struct key *key, const void *field, struct text *out)
{
	const struct conf_nets *nets = field;

	for (size_t i = 0; i < nets->len; i++)
		if (nets->at[i].type != NET_UNSET)
			text_format(out, "%s\n", names_name(net_types, nets->at[i].type));
}

static void clear_net(const struct setting *to)
{
	((struct conf_nets *)to->field)->len = 0;
}

/* The rows below lxc.net.[] know one field each; here they come together again. */
static void save_net(const struct key *key, const void *field, struct text *out)
{
	const struct conf_nets *nets = field;

	for (size_t i = 0; i < nets->len; i++)
		for (size_t k = 0; k < keys_len; k++) {
			const char *dot = strchr(keys[k].name, ']');
			size_t start = out->len;
			if (!(keys[k].flags & KEY_NET))
				continue;
			text_format(out, "lxc.net.%u%s = ", nets->at[i].index, dot + 1);
			size_t value = out->len;
			keys[k].type->get(&keys[k], (const char *)&nets->at[i] + keys[k].offset,
					  out);
			if (out->len == value)
				out->len = start;
			else
				text_add(out, "\n");
		}
	if (out->at)
		out->at[out->len] = '\0';
}

static int set_net_type(const struct setting *to, const char *value)
{
	uint64_t type = names_value(net_types, value, NET_UNSET);

	if (type == NET_UNSET)
		return fail(0, "%s is none of empty, none", value);
	*(enum conf_net_type *)to->field = (enum conf_net_type)type;
	return 0;
}

static void get_net_type(const struct key *key, const void *field, struct text *out)
{
	const char *name = names_name(net_types, *(const enum conf_net_type *)field);

	text_add(out, name ? name : "");
}

static void clear_net_type(const struct setting *to)
{
	*(enum conf_net_type *)to->field = NET_UNSET;
}

/* clang-format off */
const struct key_type
	key_items    = { "list",  set_items,	get_items,    clear_items,    save_items },
	key_environment = { "list", set_environment, get_items, clear_items, save_items },
	key_gids     = { "gids",  set_gids,	get_gids,     clear_items,    NULL },
	key_net	     = { "empty", set_net,	get_net,      clear_net,      save_net },
	key_net_type = { "word",  set_net_type, get_net_type, clear_net_type, NULL };
/* clang-format on */

/* ---- checks and forms ---- */

int check_capability(const char *name, const char *value)
{
	if (!streq(value, "none") && names_capability(value, 63) < 0)
		return fail_hint(fail(0, "%s is not a capability", value),
				 "small letters and without CAP_, or a number");
	return 0;
}

int check_mount_auto(const char *name, const char *value)
{
	static const char *const tokens[] = {
		"proc",
		"proc:mixed",
		"proc:rw",
		"sys",
		"sys:mixed",
		"sys:ro",
		"sys:rw",
		"cgroup",
		"cgroup:mixed",
		"cgroup:ro",
		"cgroup:rw",
		"cgroup-full",
		"cgroup-full:mixed",
		"cgroup-full:ro",
		"cgroup-full:rw",
		"cgroup2",
		"cgroup2:ro",
	};
	size_t len = strlen(value);

	if (len > 6 && strncmp(value, "cgroup", 6) == 0 && streq(value + len - 6, ":force"))
		len -= 6;
	for (size_t i = 0; i < ARRAY_LEN(tokens); i++)
		if (strlen(tokens[i]) == len && strncmp(tokens[i], value, len) == 0)
			return 0;
	return fail_hint(fail(0, "%s is not an automatic mount", value),
			 "proc, sys, cgroup or cgroup2, with :ro, :rw or :mixed");
}

int idmap_parse(const char *text, struct idmap *map)
{
	struct arena scratch = { 0 };
	size_t count;
	uint64_t number[3];
	char **words = str_words(&scratch, text, &count);
	bool good = count == 4 && (streq(words[0], "u") || streq(words[0], "g"));

	for (size_t i = 0; good && i < 3; i++)
		good = str_number(words[i + 1], i == 2, UINT32_MAX, &number[i]);
	if (good)
		*map = (struct idmap){ words[0][0] == 'g', (uint32_t)number[0], (uint32_t)number[1],
				       (uint32_t)number[2] };
	mem_release(&scratch);
	if (!good)
		return fail_hint(fail(0, "%s is not an id map", text),
				 "u or g, first id inside, first id outside, count");
	/* 4294967295 is no id, and nothing may wrap around it (threats E9). */
	if (number[0] + number[2] > UINT32_MAX || number[1] + number[2] > UINT32_MAX)
		return fail(0, "%s goes beyond the last id, %u", text, UINT32_MAX - 1);
	return 0;
}

int check_idmap(const char *name, const char *value)
{
	struct idmap map;

	return idmap_parse(value, &map);
}

/* One of the two numbers, blanks around it allowed. */
static bool limit_value(const char *from, size_t len, uint64_t *out)
{
	char text[32];

	for (; len && (*from == ' ' || *from == '\t'); len--)
		from++;
	while (len && (from[len - 1] == ' ' || from[len - 1] == '\t'))
		len--;
	if (len >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)len, from);
	if (streq(text, "unlimited") || streq(text, "-1")) {
		*out = UINT64_MAX;
		return true;
	}
	return str_number(text, 0, INT64_MAX, out);
}

int limit_parse(const char *name, const char *value, struct limit *limit)
{
	size_t len = strcspn(value, ":");
	const char *hard = value[len] ? value + len + 1 : value;
	uint64_t number = names_value(names_limits, name, UINT64_MAX);

	if (number == UINT64_MAX && !str_number(name, 0, RLIM_NLIMITS - 1, &number))
		return fail(0, "%s is not a resource limit", name);
	limit->resource = (int)number;
	if (!limit_value(value, len, &limit->soft) ||
	    !limit_value(hard, strlen(hard), &limit->hard))
		return fail_hint(fail(0, "%s is not a limit", value),
				 "SOFT or SOFT:HARD, numbers or unlimited");
	if (limit->soft > limit->hard)
		return fail(0, "the soft limit of %s is above the hard one", value);
	return 0;
}

int check_limit(const char *name, const char *value)
{
	struct limit limit;

	return limit_parse(name, value, &limit);
}

/* The byte that "\ooo" stands for; -1 when that is not what `at` begins with. */
static int octal_byte(const char *at)
{
	if (at[0] != '\\' || at[1] < '0' || at[1] > '3' || at[2] < '0' || at[2] > '7' ||
	    at[3] < '0' || at[3] > '7')
		return -1;
	return (at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0');
}

/* One field of an fstab line, \ooo undone; `*at` moves behind it. NULL at the end of the line. */
static char *fstab_field(struct arena *arena, const char **at)
{
	const char *from = *at + strspn(*at, " \t");
	size_t len = strcspn(from, " \t");
	char *field = mem_get(arena, len + 1), *out = field;

	*at = from + len;
	if (len == 0)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		int byte = octal_byte(from + i);
		*out++ = byte < 0 ? from[i] : (char)byte;
		i += byte < 0 ? 0 : 3;
	}
	*out = '\0';
	return field;
}

int fstab_parse(struct arena *arena, const char *line, struct fstab *entry)
{
	/* Would end a field before its end, for whoever checks it (threats G4). */
	for (const char *at = line; *at; at++)
		if (octal_byte(at) == 0)
			return fail(0, "a NUL byte, written as \\000");
	entry->source = fstab_field(arena, &line);
	entry->target = entry->source ? fstab_field(arena, &line) : NULL;
	entry->type = entry->target ? fstab_field(arena, &line) : NULL;
	entry->options = entry->type ? fstab_field(arena, &line) : NULL;
	if (!entry->options)
		return fail_hint(fail(0, "fewer than four fields"),
				 "SOURCE TARGET TYPE OPTIONS [0 0]");
	if (str_has_dotdot(entry->target))
		return fail(0, "the target %s has .. in it", entry->target);
	if (streq(entry->type, "auto"))
		return fail(0, "the file system type auto is not supported");
	return 0;
}

int check_mount_entry(const char *name, const char *value)
{
	struct arena scratch = { 0 };
	struct fstab entry;
	int r = fstab_parse(&scratch, value, &entry);

	mem_release(&scratch);
	return r;
}
