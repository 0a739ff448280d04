/*
 * property.c - what has to hold of every configuration, tried on many that are made up: lines of
 * every row of the table, by old and new names, with blanks, quotes, comments and lines of others
 * in between. A round depends on nothing but its number and the seed, which PROPERTY_SEED sets.
 */
#include "lines.h"
#include "tests/unit/sample.h"

enum { MAX_LINES = 24, SHOWN = 3 };
#ifdef __SANITIZE_ADDRESS__
enum { ROUNDS = 200 };
#else
enum { ROUNDS = 1000 };
#endif

/* One round: what it is made from, and what was made. */
struct round {
	uint64_t random;
	struct arena mem;
	struct text text;
	struct {
		const struct key *key;
		const char *name;
	} at[MAX_LINES]; /* some of what is set in it */
	size_t len;
};

/* ---- chance ---- */

static uint64_t next(struct round *round)
{
	uint64_t x = round->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	round->random = x;
	return x * 0x2545f4914f6cdd1dULL >> 16;
}

static size_t below(struct round *round, size_t n)
{
	return n ? (size_t)(next(round) % n) : 0;
}

#define PICK(round, list) ((list)[below((round), ARRAY_LEN(list))])

/* ---- values ---- */

static const char *const any_texts[] = {
	"a",   "a b",	 "'a b'",	 "\"", "# no comment", "a = b",	 "\\",	 "'",
	"  a", "lxc.a=", "\xc3\xa4\xff", "0",  "\"a\"",	       "(null)", "none", "a,b"
};
static const char *const paths[] = { "/", "/a", "/a b", "/a\"", "/ä", "/a:b", "/a=b" };
static const char *const roots[] = {
	"/a",	      "dir:/a b",  "overlay:/a:/b",	    "loop:/nonexistent",
	"zfs:pool/a", "/dev/vg/a", "overlayfs:/a:tmpfs:1MB"
};
static const char *const autos[] = { "proc",	       "sys",
				     "proc:rw sys:ro", "cgroup:ro:force",
				     "cgroup2",	       "shmounts:/a:/b" };
static const char *const capabilities[] = { "none", "chown", "chown kill", "33", "none kill" };
static const char *const times[] = {
	"0s", "5 h", "-3ms", "2147483648ns", "-1ns", "3000000us", "7s"
};
static const char *const units[] = { "", "b", "kB", " MB", "GB" };
static const char *const environment[] = { "A=", "A=b", "B= c ", "C='d'", "A=b # c", "\tD=e" };
static const char *const groups[] = { "onboot", "a b", "a:b @c", "x" };

static const struct {
	const struct key_type *type;
	const char *const *texts;
	size_t len;
} pools[] = {
	{ &key_text, any_texts, ARRAY_LEN(any_texts) },
	{ &key_items, any_texts, ARRAY_LEN(any_texts) },
	{ &key_path, paths, ARRAY_LEN(paths) },
	{ &key_rootfs, roots, ARRAY_LEN(roots) },
	{ &key_auto, autos, ARRAY_LEN(autos) },
	{ &key_time, times, ARRAY_LEN(times) },
	{ &key_environment, environment, ARRAY_LEN(environment) },
	{ &key_net_type, net_types, ARRAY_LEN(net_types) },
};

/* Of kinds that are counted. NULL: of another kind. */
static const char *number_for(struct round *round, const struct key *key)
{
	if (key->type == &key_number)
		return mem_format(&round->mem, "%llu",
				  (unsigned long long)(key->min + (long long)below(round, 3) *
									  (key->max - key->min) /
									  2));
	if (key->type == &key_integer)
		return mem_format(&round->mem, "%d", (int)below(round, 9) - 4);
	if (key->type == &key_bool)
		return below(round, 2) ? "1" : "0";
	if (key->type == &key_signal)
		return mem_format(&round->mem, "%zu", 1 + below(round, 64));
	if (key->type == &key_level)
		return mem_format(&round->mem, "%zu", below(round, 9));
	if (key->type == &key_size)
		return mem_format(&round->mem, "%zu%s", below(round, 5000), PICK(round, units));
	if (key->type == &key_gids)
		return mem_format(&round->mem, "%zu, %zu", below(round, 9), below(round, 9));
	if (key->check == check_idmap)
		return mem_format(&round->mem, "%c %zu %zu %zu", below(round, 2) ? 'u' : 'g',
				  below(round, 100), below(round, 100), 1 + below(round, 3));
	return NULL;
}

static const char *word_for(struct round *round, const struct key *key)
{
	size_t len = 0;

	while (key->words[len].name)
		len++;
	return key->words[below(round, len)].name;
}

/* A value for `key`, or none, or one that it does not take. */
static const char *value_for(struct round *round, const struct key *key)
{
	const char *number = number_for(round, key);

	switch (below(round, 12)) {
	case 0:
		return "";
	case 1:
		return PICK(round, any_texts);
	case 2:
		if (key->init)
			return key->init;
		break;
	case 3:
		return sample(key).set;
	}
	if (number)
		return number;
	if (key->words)
		return word_for(round, key);
	if (key->check == check_capability)
		return PICK(round, capabilities);
	if (key->check == check_group)
		return PICK(round, groups);
	for (size_t i = 0; !key->check && i < ARRAY_LEN(pools); i++)
		if (pools[i].type == key->type)
			return pools[i].texts[below(round, pools[i].len)];
	return sample(key).set;
}

/* ---- names ---- */

static const struct key *find_key(const char *name)
{
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (streq(key->name, name))
			return key;
	return NULL;
}

static const struct key *some_key(struct round *round)
{
	for (;;) {
		const struct key *key = &keys[below(round, keys_len)];
		if (is_settable(key))
			return key;
	}
}

/* One of a family. */
static const char *suffix_for(struct round *round, const struct key *key)
{
	static const char *const kinds[] = { "net", "pid", "user" };
	static const char *const limits[] = { "nofile", "core", "5" };
	static const char *const files[] = { "a", "b.c", "memory.max" };

	if (key->check == check_share)
		return PICK(round, kinds);
	return key->check == check_limit ? PICK(round, limits) : PICK(round, files);
}

/* A name for `key`, as since LXC 3. */
static const char *name_for(struct round *round, const struct key *key)
{
	const char *index = strstr(key->name, "[]");

	if (index)
		return mem_format(&round->mem, "lxc.net.%zu%s", below(round, 4), index + 2);
	if (key->flags & KEY_FAMILY)
		return mem_format(&round->mem, "%.*s%s", (int)strlen(key->name) - 1, key->name,
				  suffix_for(round, key));
	return key->name;
}

/* The same before, if it had another. */
static const char *old_name_for(struct round *round, const struct key *key)
{
	const char *index = strstr(key->name, "[].");

	if (index) {
		const char *rest = streq(index + 3, "ipv4.address")   ? "ipv4"
				   : streq(index + 3, "ipv6.address") ? "ipv6"
								      : index + 3;
		return below(round, 4) ? mem_format(&round->mem, "lxc.network.%s", rest)
				       : mem_format(&round->mem, "lxc.network.%zu.%s",
						    below(round, 4), rest);
	}
	if (key->check == check_limit)
		return mem_format(&round->mem, "lxc.limit.%s", suffix_for(round, key));
	for (const struct key *old = keys; old < keys + keys_len; old++)
		if (old->type == &key_alias && streq(old->init, key->name))
			return old->name;
	return name_for(round, key);
}

/* ---- configurations ---- */

/* What forgets many settings, and what is none. */
static const char *const others[] = {
	"",
	"# a comment",
	"   ",
	"foo = bar",
	"lxc.net =",
	"lxc.net.1 =",
	"lxc.network =",
	"lxc.hook =",
	"lxc.prlimit =",
	"lxc.cgroup2 =",
	"#lxc.utsname = x",
	"# lxc.network.type = veth",
	"hello world",
	"#lxc.network.link=a",
	"lxc.kmsg = 1",
	"lxc.pivotdir = x",
	"lxc.sysctl =",
};

static const char *line_for(struct round *round)
{
	static const char *const starts[] = { "", "", "", " ", "\t", "# " };
	static const char *const equals[] = { " = ", "=", " =", "= ", "\t=\t" };
	static const char *const quotes[] = { "", "", "", "", "\"", "'" };
	static const char *const ends[] = { "", "", "", " ", "\r", " \t\r" };

	if (below(round, 5) == 0)
		return PICK(round, others);
	/* every third is about interfaces, for which more lines have to go together */
	const struct key *key = some_key(round);
	for (int i = 0; i < 2 && !(key->flags & KEY_NET); i++)
		key = below(round, 3) ? key : some_key(round);
	if (below(round, 8) == 0)
		key = find_key("lxc.net.[].type");
	const char *name = name_for(round, key);
	round->at[round->len].key = key;
	round->at[round->len].name = name;
	if (below(round, 3) == 0)
		name = old_name_for(round, key);
	const char *quote = PICK(round, quotes);
	return mem_format(&round->mem, "%s%s%s%s%s%s%s", PICK(round, starts), name,
			  PICK(round, equals), quote, value_for(round, key), quote,
			  PICK(round, ends));
}

/* Lines that load, one behind the other. */
static void compose(struct round *round)
{
	size_t count = 1 + below(round, MAX_LINES);
	struct conf conf;

	conf_init(&conf);
	for (size_t i = 0; i < count; i++) {
		const char *line = line_for(round);
		if (conf_load_text(&conf, line) < 0)
			continue;
		text_format(&round->text, "%s\n", line);
		round->len += round->at[round->len].key != NULL;
	}
	conf_free(&conf);
	fail_clear();
}

static bool load(struct conf *conf, const char *text)
{
	conf_init(conf);
	if (conf_load_text(conf, text) == 0)
		return true;
	diag("%s", failure->text);
	fail_clear();
	return false;
}

/* Whether the same mistakes are found in both. */
static bool same_findings(const struct conf *a, const struct conf *b)
{
	int (*const looks[])(const struct conf *, bool (*)(void *, const struct finding *),
			     void *) = { conf_rules, conf_later };

	for (size_t k = 0; k < ARRAY_LEN(looks); k++)
		for (size_t i = 0;; i++) {
			struct finding x = { 0 }, y = { 0 };
			int r = nth_finding(looks[k], a, i, &x);
			int s = nth_finding(looks[k], b, i, &y);
			fail_clear();
			if (r != s || !streq(x.key, y.key)) {
				diag("finding %zu: %s and %s", i, x.key, y.key);
				return false;
			}
			if (r == 0)
				break;
		}
	return true;
}

/* ---- what has to hold ---- */

/* What is saved loads to the same, and is saved to the same again. */
static bool saves(struct round *round)
{
	auto_text struct text once = { 0 }, twice = { 0 };
	struct conf conf, loaded;
	bool good = load(&conf, text_get(&round->text));

	conf_save(&conf, &once);
	good &= load(&loaded, text_get(&once));
	conf_save(&loaded, &twice);
	good &= same_conf(&conf, &loaded) && same_findings(&conf, &loaded);
	if (!streq(text_get(&once), text_get(&twice))) {
		diag("saved:\n%sand again:\n%s", text_get(&once), text_get(&twice));
		good = false;
	}
	conf_free(&conf);
	conf_free(&loaded);
	return good;
}

static bool keeps_lines(struct round *round)
{
	auto_text struct text text = { 0 };
	struct lines lines = { 0 };

	lines_read(&lines, text_get(&round->text));
	lines_save(&lines, &text);
	lines_free(&lines);
	return streq(text_get(&text), text_get(&round->text));
}

/* Brought up to date it means the same, though the type of a root is said elsewhere. */
static bool modernizes(struct round *round)
{
	auto_text struct text text = { 0 };
	struct lines lines = { 0 };
	struct conf before, after;

	lines_read(&lines, text_get(&round->text));
	lines_modernize(&lines);
	lines_save(&lines, &text);
	bool good = lines_modernize(&lines) == 0;
	lines_free(&lines);
	good &= load(&before, text_get(&round->text));
	good &= load(&after, text_get(&text));
	/* Layers are counted only where their type is part of the path. */
	good &= before.rootfs_backend == ROOTFS_OVERLAY || before.rootfs_backend == ROOTFS_AUFS ||
		same_findings(&before, &after);
	good &= same_value(&before, &after, "lxc.rootfs.path");
	for (int i = 0; i < 2; i++) {
		conf_set(i ? &before : &after, "lxc.rootfs.path", "");
		conf_set(i ? &before : &after, "lxc.rootfs.backend", "");
	}
	good &= same_conf(&before, &after);
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (key->type == &key_alias && key->name[strlen(key->name) - 1] != '*' &&
		    strstr(text_get(&text), mem_format(&round->mem, "\n%s =", key->name))) {
			diag("%s is still there", key->name);
			good = false;
		}
	if (!good)
		diag("modernized:\n%s", text_get(&text));
	conf_free(&before);
	conf_free(&after);
	return good;
}

/* Lines in which `name` was set say the same as the configuration it was set in. */
static bool set_both(struct round *round, const char *name, const char *value, bool compare)
{
	auto_text struct text text = { 0 };
	struct lines lines = { 0 };
	struct conf conf, loaded;
	bool good = load(&conf, text_get(&round->text));

	lines_read(&lines, text_get(&round->text));
	int r = conf_set(&conf, name, value), s = lines_set(&lines, name, value);
	lines_save(&lines, &text);
	lines_free(&lines);
	fail_clear();
	good &= (r < 0) == (s < 0) && load(&loaded, text_get(&text));
	if (good && r < 0)
		good = streq(text_get(&text), text_get(&round->text));
	else if (good && compare)
		good = same_conf(&conf, &loaded);
	if (!good)
		diag("set %s = [%s], %d and %d:\n%s", name, value, r, s, text_get(&text));
	conf_free(&conf);
	conf_free(&loaded);
	return good;
}

/* What is emptied as if it had not been set, and not as a line that empties it would be. */
static bool sets(struct round *round)
{
	const struct key *key = some_key(round);
	const char *name = name_for(round, key);

	if (round->len && below(round, 3)) { /* what is not set yet is easily set */
		size_t i = below(round, round->len);
		key = round->at[i].key;
		name = round->at[i].name;
	}
	const char *value = value_for(round, key);
	bool gone = !*value && (key->empty || key->flags & KEY_NET);
	return set_both(round, name, value, !gone);
}

static bool empties(struct round *round)
{
	static const char *const names[] = { "lxc.net",	    "lxc.net.0",  "lxc.net.1",
					     "lxc.hook",    "lxc.cgroup", "lxc.cgroup2",
					     "lxc.prlimit", "lxc.sysctl", "lxc.namespace.share",
					     "lxc.network" };

	return set_both(round, PICK(round, names), "", true);
}

int main(void)
{
	static const struct {
		bool (*holds)(struct round *round);
		const char *what;
	} laws[] = {
		{ saves, "what is saved loads to the same" },
		{ keeps_lines, "lines are kept as they are" },
		{ modernizes, "in new words it means the same" },
		{ sets, "what is set is set, and nothing else" },
		{ empties, "what is emptied is empty, and nothing else" },
	};
	const char *given = getenv("PROPERTY_SEED");
	uint64_t seed = given ? strtoull(given, NULL, 0) : 20140417;
	size_t failed[ARRAY_LEN(laws)] = { 0 }, lines = 0;

	diag("PROPERTY_SEED=%llu, %d rounds", (unsigned long long)seed, ROUNDS);
	for (unsigned i = 1; i <= ROUNDS; i++) {
		struct round round = { .random = ((seed << 24) + i) * 0x9e3779b97f4a7c15ULL | 1 };
		compose(&round);
		for (const char *at = text_get(&round.text); *at; at++)
			lines += *at == '\n';
		for (size_t k = 0; k < ARRAY_LEN(laws); k++)
			if (!laws[k].holds(&round) && failed[k]++ < SHOWN)
				diag("round %u, not so: %s, of\n%s", i, laws[k].what,
				     text_get(&round.text));
		text_free(&round.text);
		mem_release(&round.mem);
	}
	ok(lines > (size_t)5 * ROUNDS, "%d configurations of %zu lines in all", ROUNDS, lines);
	for (size_t k = 0; k < ARRAY_LEN(laws); k++)
		is_int((long long)failed[k], 0, "%s", laws[k].what);
	return tap_done();
}
