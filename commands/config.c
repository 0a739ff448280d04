/* config.c - lxc-config: settings of the system, keys of containers, mistakes in files. */
#include "builtin.h"
#include "command.h"
#include "parse.h"
#include "system.h"

struct config_opts {
	bool items, list, check, json;
	const char *builtin;
};
#define AT(field) offsetof(struct config_opts, field)

static const struct opt opts[] = {
	{ 'l', "items", OPT_FLAG, AT(items), NULL, "Print the names of the system's settings" },
	{ 0, "list", OPT_FLAG, AT(list), NULL, "Print what every key of a container is" },
	{ 0, "check", OPT_FLAG, AT(check), NULL, "Print all that is wrong with each FILE" },
	{ 0, "json", OPT_FLAG, AT(json), NULL, "With --list, KEY? and --check: as JSON" },
	{ 0, "builtin", OPT_OPTIONAL, AT(builtin), "NAME",
	  "Print a file that is built in, or the names of them all" },
};

/* ---- the system's settings ---- */

static int print_item(struct call *call, const char *item)
{
	const size_t len = strlen(item);

	for (size_t i = 0; i < system_items_len; i++) {
		/* As LXC: the first one that begins so. */
		if (strncmp(system_items[i].name, item, len) != 0)
			continue;
		const char *value = system_get(&call->mem, system_items[i].name, NULL);
		if (value)
			printf("%s\n", value);
		else
			printf("%s is not set.\n", item);
		return 0;
	}
	fail(0, "Unknown configuration item: %s", item);
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (streq(key->name, item))
			fail_hint(0, "a key of containers, which `lxc-config %s?` explains", item);
	return 1;
}

/* ---- the keys of containers ---- */

/* Text in columns 8 to 79. */
static void put_wrapped(const char *text)
{
	size_t column = 0;

	while (*(text += strspn(text, " "))) {
		size_t len = strcspn(text, " ");
		bool first = column == 0;
		if (!first && column + 1 + len > 72) {
			putchar('\n');
			first = true;
		}
		printf("%s%.*s", first ? "        " : " ", (int)len, text);
		column = first ? len : column + 1 + len;
		text += len;
	}
	putchar('\n');
}

/* The older names of a key, joined by commas. */
static void older_names(const struct key *key, struct text *out)
{
	size_t len = strlen(key->name);

	if (key->flags & KEY_NET) { /* without the number, and an address without its "address" */
		const char *suffix = strchr(key->name, ']') + 1;
		const char *address = strstr(suffix, ".address");
		text_format(out, "lxc.network%.*s",
			    (int)(address ? (size_t)(address - suffix) : strlen(suffix)), suffix);
	}

	for (const struct key *old = keys; old < keys + keys_len; old++) {
		if (old->type != &key_alias ||
		    strncmp(old->init, key->name, strlen(old->init)) != 0)
			continue;
		size_t shared = strlen(old->init);
		if (shared == len || (shared == len - 1 && key->flags & KEY_FAMILY))
			text_format(out, "%s%s", out->len ? ", " : "", old->name);
	}
}

static void print_key(const struct key *key)
{
	auto_text struct text kind = { 0 }, older = { 0 };

	key_describe(key, &kind);
	older_names(key, &older);
	printf("%s\n", key->name);
	put_wrapped(text_get(&kind));
	printf("        default: %s\n", key->init ? key->init : "none");
	put_wrapped(key->help);
	if (older.len)
		printf("        before LXC 3: %s\n", text_get(&older));
	if (key->empty)
		printf("        empty: %s\n", key->empty);
	if (key->flags & KEY_LATER) {
		/* To say the default is not always to ask for nothing. */
		const char *plain = key->flags & KEY_SAID ? NULL : key->init;
		const char *both = plain && key->idle ? " or " : "";
		printf("        not in this version: a start refuses %s%s%s%s\n",
		       plain || key->idle ? "anything but " : "it", plain ? plain : "", both,
		       key->idle ? key->idle : "");
	}
}

static void print_key_json(const struct key *key, const char *before)
{
	auto_text struct text out = { 0 }, kind = { 0 }, older = { 0 };

	key_describe(key, &kind);
	older_names(key, &older);
	text_format(&out, "%s\n  {\"key\": ", before);
	text_json(&out, key->name);
	text_add(&out, ", \"type\": ");
	text_json(&out, text_get(&kind));
	text_add(&out, ", \"default\": ");
	text_json(&out, key->init);
	text_add(&out, ", \"help\": ");
	text_json(&out, key->help);
	text_add(&out, ", \"older\": ");
	text_json(&out, older.len ? text_get(&older) : NULL);
	text_format(&out, ", \"started\": %s}", key->flags & KEY_LATER ? "false" : "true");
	fputs(text_get(&out), stdout);
}

static void print_keys(bool (*wanted)(const struct key *, const char *), const char *name,
		       bool json)
{
	const char *before = "[";

	for (const struct key *key = keys; key < keys + keys_len; key++) {
		if (key->type == &key_alias || (wanted && !wanted(key, name)))
			continue;
		if (json)
			print_key_json(key, before);
		else
			print_key(key);
		before = ",";
	}
	if (json)
		puts("\n]");
}

/* "lxc.net.0.link" is the row "lxc.net.[].link", "lxc.prlimit" and its names "lxc.prlimit.*". */
static bool is_row(const struct key *key, const char *name)
{
	const char *index = strchr(key->name, '[');
	size_t len = strlen(key->name);

	if (streq(key->name, name))
		return true;
	if (key->flags & KEY_FAMILY)
		return strncmp(key->name, name, len - 2) == 0 &&
		       (!name[len - 2] || name[len - 2] == '.');
	if (!index || strncmp(key->name, name, (size_t)(index - key->name)) != 0)
		return false;
	name += index - key->name;
	name += strspn(name, "0123456789N");
	return streq(name, index + 2);
}

static const struct key *find_row(const char *name)
{
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (key->type != &key_alias && is_row(key, name))
			return key;
	return NULL;
}

static bool is_that(const struct key *key, const char *name)
{
	return key == find_row(name);
}

/* "lxc.tty.max?", also by its older name. */
static int explain(struct call *call, const char *word, bool json)
{
	const char *name = mem_text_len(&call->mem, word, strlen(word) - 1);
	struct conf conf;

	conf_init(&conf);
	conf_set(&conf, "lxc.network.type", "empty"); /* then lxc.network.link has a name, too */
	fail_clear();
	const char *modern = conf_modern_name(&conf, name);
	if (!modern) /* one that only has a name with something behind it */
		modern = conf_modern_name(&conf, mem_format(&call->mem, "%s.x", name));
	name = mem_text(&call->mem, modern ? modern : name);
	bool known = find_row(name) != NULL;
	fail_clear();
	if (!known && conf_set(&conf, name, "1") < 0) /* it says what is near */
		fail_hint(0, "lxc-config --list has them all");
	conf_free(&conf);
	if (!known)
		return 1;
	print_keys(is_that, name, json);
	return 0;
}

/* ---- mistakes ---- */

struct report {
	bool json;
	size_t errors, all;
};

static void print_problem(void *arg, const struct problem *problem)
{
	struct report *report = arg;
	char line[1200], shown[4800];
	auto_text struct text out = { 0 };

	report->errors += !problem->warning;
	if (!report->json) {
		if (problem->from.file)
			text_format(&out, "%s:", problem->from.file);
		if (problem->from.line)
			text_format(&out, "%u:", problem->from.line);
		text_format(&out, "%s%s%s", out.len ? " " : "", problem->warning ? "warning: " : "",
			    fail_line(&problem->what, line, sizeof(line)));
		puts(str_printable(text_get(&out), shown, sizeof(shown)));
		return;
	}
	text_format(&out, "%s\n  {\"file\": ", report->all++ ? "," : "[");
	text_json(&out, problem->from.file);
	text_format(&out, ", \"line\": %u, \"severity\": \"%s\", \"key\": ", problem->from.line,
		    problem->warning ? "warning" : "error");
	text_json(&out, problem->key);
	text_add(&out, ", \"message\": ");
	struct failure bare = problem->what;
	bare.hint[0] = '\0';
	text_json(&out, fail_line(&bare, line, sizeof(line)));
	text_add(&out, ", \"hint\": ");
	text_json(&out, problem->what.hint[0] ? problem->what.hint : NULL);
	text_add(&out, "}");
	fputs(text_get(&out), stdout);
}

static int check_files(const struct call *call, bool json)
{
	struct report report = { .json = json };

	if (!call->argc)
		return fail(0, "--check: no FILE to look at");
	for (int i = 0; i < call->argc; i++) {
		struct conf conf;
		conf_init(&conf);
		parse_check(&conf, call->argv[i], print_problem, &report);
		conf_free(&conf);
	}
	if (json)
		puts(report.all ? "\n]" : "[]");
	return report.errors > 0;
}

/* ---- built-in files ---- */

static int print_builtin(struct call *call, const char *name)
{
	if (!*name) {
		for (size_t i = 0; i < builtins_len; i++)
			printf("%s\n", builtins[i].name);
		return 0;
	}
	const char *text = builtin_find(
		name[0] == '/' ? name : mem_format(&call->mem, BUILTIN_DIR "%s", name));
	if (!text)
		return fail_hint(fail(0, "%s is not built in", name),
				 "--builtin alone prints what is");
	fputs(text, stdout);
	return 0;
}

static int run(struct call *call, const void *arg)
{
	const struct config_opts *o = arg;

	if (o->items)
		for (size_t i = 0; i < system_items_len; i++)
			if (system_items[i].listed)
				printf("%s\n", system_items[i].name);
	if (o->list)
		print_keys(NULL, NULL, o->json);
	if (o->builtin)
		return print_builtin(call, o->builtin);
	if (o->check)
		return check_files(call, o->json);
	if (o->items || o->list)
		return 0;
	const char *word = call->argc ? call->argv[0] : "";
	if (!*word) {
		command_help(call->command, call->program, stdout);
		return 0;
	}
	return word[strlen(word) - 1] == '?' ? explain(call, word, o->json)
					     : print_item(call, word);
}

const struct command command_config = {
	.name = "config",
	.about = "Print the system's settings, explain keys, and find mistakes in configurations.",
	.details =
		"ITEM is one of the settings of lxc.system.conf(5), or the beginning of one. KEY? "
		"is a key of a container and a question mark: its kind, its default and what it "
		"does. --check reads each FILE as a start would, but goes on behind every "
		"mistake, and prints one line for each: where it is, what is wrong, and why. It "
		"also warns of names that LXC 3 and later do not know any more, and of settings "
		"that no start of this version can act on. Nothing is started or changed.",
	.status = "0; 1 when there is no such item or key, or when --check has found a mistake, "
		  "which a warning is not.",
	.words = "[ITEM | KEY? | --check FILE...]",
	.opts = opts,
	.n_opts = ARRAY_LEN(opts),
	.opts_size = sizeof(struct config_opts),
	.run = run,
};
