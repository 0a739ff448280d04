/* options.c - reads a command line by a command's table; prints --help from it. */
#include <getopt.h>

#include "command.h"
#include "system.h"

/* The options every command has; their fields are in struct common. */
struct common {
	const char *name, *lxcpath, *logfile, *level;
	bool quiet, help, usage, version;
};
#define AT(field) offsetof(struct common, field)

const struct opt common_opts[] = {
	{ 'n', "name", OPT_TEXT, AT(name), "NAME", "Name of the container" },
	{ 'P', "lxcpath", OPT_TEXT, AT(lxcpath), "PATH", "Directory of the containers" },
	{ 'o', "logfile", OPT_TEXT, AT(logfile), "FILE", "Also log to FILE" },
	{ 'l', "logpriority", OPT_TEXT, AT(level), "LEVEL", "Log from LEVEL on: TRACE to FATAL" },
	{ 'q', "quiet", OPT_FLAG, AT(quiet), NULL, "Nothing to standard error" },
	{ 'h', "help", OPT_FLAG, AT(help), NULL, "Print this help" },
	{ 0, "usage", OPT_FLAG, AT(usage), NULL, "Print a short help" },
	{ 0, "version", OPT_FLAG, AT(version), NULL, "Print the version" },
};
const size_t common_opts_len = ARRAY_LEN(common_opts);

enum { MAX_OPTS = 48, LONG_ONLY = 256 };

/* One command line being read: the command's own options first, then the common ones. */
struct reading {
	const struct command *command;
	struct arena *mem;
	void *own;
	struct common common;
	struct option longs[MAX_OPTS + 1];
	char letters[3 * MAX_OPTS + 2];
};

/* The i-th option of both tables, with the struct its field is in; NULL beyond the last. */
static const struct opt *nth(struct reading *r, size_t i, void **base)
{
	size_t own = r->command->n_opts;

	*base = i < own ? r->own : (void *)&r->common;
	if (i < own)
		return &r->command->opts[i];
	return i - own < ARRAY_LEN(common_opts) ? &common_opts[i - own] : NULL;
}

/* Whether a common option is one of the command's own, which then counts. */
static bool overridden(const struct command *command, const struct opt *opt)
{
	for (size_t i = 0; i < command->n_opts; i++)
		if (streq(command->opts[i].name, opt->name))
			return true;
	return false;
}

static void make_tables(struct reading *r)
{
	const struct opt *opt;
	size_t n = 0;
	char *letter = r->letters;
	void *base;

	for (size_t i = 0; (opt = nth(r, i, &base)) && n < MAX_OPTS; i++) {
		bool argument = opt->kind != OPT_FLAG, optional = opt->kind == OPT_OPTIONAL;
		if (base != r->own && overridden(r->command, opt))
			continue;
		r->longs[n++] = (struct option){
			opt->name,
			optional ? optional_argument : argument,
			NULL,
			LONG_ONLY + (int)i,
		};
		if (!opt->letter || (base != r->own && strchr(r->letters, opt->letter)))
			continue;
		*letter++ = opt->letter;
		if (argument)
			*letter++ = ':';
		if (optional)
			*letter++ = ':';
	}
}

static int store(struct reading *r, const struct opt *opt, void *base, char *argument)
{
	void *field = (char *)base + opt->offset;
	struct texts *list = field;

	switch (opt->kind) {
	case OPT_FLAG:
		*(bool *)field = true;
		return 0;
	case OPT_TEXT:
		*(const char **)field = argument;
		return 0;
	case OPT_OPTIONAL:
		*(const char **)field = argument ? argument : "";
		return 0;
	case OPT_LIST:
		list->at = mem_grow(r->mem, list->at, &list->len, sizeof(*list->at));
		list->at[list->len - 1] = argument;
		/* A NULL behind it, which the next one overwrites. */
		list->at = mem_grow(r->mem, list->at, &list->len, sizeof(*list->at));
		list->at[--list->len] = NULL;
		return 0;
	}
	return 0;
}

/* The option that getopt_long() answered with. */
static const struct opt *find(struct reading *r, int answer, void **base)
{
	const struct opt *opt;

	if (answer >= LONG_ONLY)
		return nth(r, (size_t)(answer - LONG_ONLY), base);
	for (size_t i = 0; (opt = nth(r, i, base)); i++)
		if (opt->letter == answer)
			return opt;
	return NULL;
}

static int read_options(struct reading *r, int argc, char **argv)
{
	int answer;

	/* "-?" is LXC's spelling; getopt's own answer to a mistake is '?', too. */
	for (int i = 1; i < argc && !streq(argv[i], "--"); i++)
		if (streq(argv[i], "-?"))
			argv[i][1] = 'h';
	optind = 1;
	while ((answer = getopt_long(argc, argv, r->letters, r->longs, NULL)) != -1) {
		void *base;
		const struct opt *opt = answer == '?' ? NULL : find(r, answer, &base);
		if (!opt) /* getopt has said what is wrong */
			return 1;
		TRY(store(r, opt, base, optarg));
	}
	return 0;
}

int option_id(const char *option, const char *text, int64_t *id)
{
	uint64_t number;

	*id = -1;
	if (!text)
		return 0;
	if (!str_number(text, 0, UINT32_MAX - 1, &number))
		return fail(0, "--%s: %s is not an id", option, text);
	*id = (int64_t)number;
	return 0;
}

bool command_has_common(const struct command *command, const struct opt *opt)
{
	return !overridden(command, opt) &&
	       (!streq(opt->name, "name") || (command->flags & CMD_NAME));
}

char command_letter(const struct command *command, const struct opt *opt)
{
	for (size_t i = 0; i < command->n_opts; i++)
		if (command->opts[i].letter == opt->letter && &command->opts[i] != opt)
			return 0;
	return opt->letter;
}

static void print_opts(const struct opt *opts, size_t n, const struct command *command, FILE *to)
{
	for (size_t i = 0; i < n; i++) {
		char left[64];
		if (command && !command_has_common(command, &opts[i]))
			continue;
		const char *open = opts[i].kind == OPT_OPTIONAL ? "[=" : "=";
		const char *end = opts[i].kind == OPT_OPTIONAL ? "]" : "";
		char letter[8] = "    ";
		char c = command ? command_letter(command, &opts[i]) : opts[i].letter;
		if (c)
			snprintf(letter, sizeof(letter), "-%c, ", c);
		snprintf(left, sizeof(left), "%s--%s%s%s%s", letter, opts[i].name,
			 opts[i].arg ? open : "", opts[i].arg ? opts[i].arg : "",
			 opts[i].arg ? end : "");
		fprintf(to, "  %-28s%s%s\n", left, strlen(left) > 27 ? " " : "", opts[i].help);
	}
}

static void print_usage(const struct command *command, const char *program, FILE *to)
{
	fprintf(to, "Usage: %s %s[OPTION]...%s%s\n", program,
		command->flags & CMD_NAME ? "[-n] NAME " : "", command->words ? " " : "",
		command->words ? command->words : "");
}

void command_help(const struct command *command, const char *program, FILE *to)
{
	print_usage(command, program, to);
	fprintf(to, "\n%s\n", command->about);
	if (command->n_opts) {
		fprintf(to, "\nOptions:\n");
		print_opts(command->opts, command->n_opts, NULL, to);
	}
	fprintf(to, "\nCommon options:\n");
	print_opts(common_opts, ARRAY_LEN(common_opts), command, to);
}

const char *option_path(struct call *call, const char *path)
{
	char here[4096];

	if (path[0] == '/')
		return path;
	if (!getcwd(here, sizeof(here))) {
		fail(errno, "find the working directory");
		return NULL;
	}
	return str_clean_path(&call->mem, mem_format(&call->mem, "%s/%s", here, path));
}

/* Name, path and log, as the common options and the system configuration say. */
static int set_up(struct reading *r, struct call *call)
{
	const struct common *c = &r->common;

	call->lxcpath = c->lxcpath ? c->lxcpath : system_get(&call->mem, "lxc.lxcpath", NULL);
	call->lxcpath = str_clean_path(&call->mem, call->lxcpath);
	call->lxcpath = option_path(call, call->lxcpath);
	if (!call->lxcpath)
		return -EINVAL;
	/* By its one true name: a container is the same by whatever path it is reached. */
	auto_free char *real = realpath(call->lxcpath, NULL);
	if (real)
		call->lxcpath = mem_text(&call->mem, real);
	call->name = c->name;
	call->quiet = c->quiet;
	if (c->quiet)
		log_quiet();
	if (c->level)
		log_set_level(log_level_of(c->level));
	if ((r->command->flags & CMD_NAME) && !call->name) {
		if (!call->argc)
			return fail(0, "No container name specified");
		call->name = call->argv[0];
		call->argv++;
		call->argc--;
	}
	if (call->name && !str_is_name(call->name))
		return fail_hint(fail(0, "%s is not a name for a container", call->name), "%s",
				 STR_NAME_RULE);
	if (call->name) /* title_set() writes over the words of the command line */
		call->name = mem_text(&call->mem, call->name);
	log_container(call->name);
	return c->logfile && !streq(c->logfile, "none") ? log_open(c->logfile) : 0;
}

int command_run(const struct command *command, struct call *call, int argc, char **argv)
{
	struct reading r = { .command = command, .mem = &call->mem };

	call->command = command;
	if (command->flags & CMD_BARE) {
		call->argc = argc - 1;
		call->argv = argv + 1;
		return command->run(call, NULL);
	}
	r.own = mem_get(&call->mem, command->opts_size + 1);
	make_tables(&r);
	int result = read_options(&r, argc, argv);
	if (result > 0)
		command_help(command, call->program, stderr);
	if (result)
		return result;
	if (r.common.version) {
		printf("%s\n", VERSION);
		return 0;
	}
	if (r.common.usage) {
		print_usage(command, call->program, stderr);
		return 0;
	}
	call->argc = argc - optind;
	call->argv = argv + optind;
	if (r.common.help) {
		command_help(command, call->program, stderr);
		if (!command->own_help)
			return 0;
		call->help = true;
		return command->run(call, r.own);
	}
	TRY(set_up(&r, call));
	return command->run(call, r.own);
}
