/* ls.c - lxc-ls: list containers, as names or as a table. */
#include <dirent.h>
#include <regex.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "command.h"
#include "netinfo.h"
#include "state.h"

struct ls_opts {
	bool line, fancy, active, running, frozen, stopped, defined;
	const char *columns, *filter, *groups;
};
#define AT(field) offsetof(struct ls_opts, field)

static const struct opt opts[] = {
	{ '1', "line", OPT_FLAG, AT(line), NULL, "One name a line" },
	{ 'f', "fancy", OPT_FLAG, AT(fancy), NULL, "A table" },
	{ 'F', "fancy-format", OPT_TEXT, AT(columns), "COLUMNS",
	  "Its columns: NAME STATE PID RAM SWAP AUTOSTART GROUPS INTERFACE IPV4 IPV6 "
	  "UNPRIVILEGED" },
	{ 0, "active", OPT_FLAG, AT(active), NULL, "Only those that are not stopped" },
	{ 0, "running", OPT_FLAG, AT(running), NULL, "Only running ones" },
	{ 0, "frozen", OPT_FLAG, AT(frozen), NULL, "Only frozen ones" },
	{ 0, "stopped", OPT_FLAG, AT(stopped), NULL, "Only stopped ones" },
	{ 0, "defined", OPT_FLAG, AT(defined), NULL, "Only those with a configuration" },
	{ 0, "filter", OPT_TEXT, AT(filter), "REGEX", "Only names that match" },
	{ 'g', "groups", OPT_TEXT, AT(groups), "LIST", "Only members of all these groups" },
};

enum column {
	NAME,
	STATE,
	PID,
	RAM,
	SWAP,
	AUTOSTART,
	GROUPS,
	INTERFACE,
	IPV4,
	IPV6,
	UNPRIVILEGED,
	COLUMNS
};
static const char *const titles[COLUMNS] = {
	[NAME] = "NAME",
	[STATE] = "STATE",
	[PID] = "PID",
	[RAM] = "RAM",
	[SWAP] = "SWAP",
	[AUTOSTART] = "AUTOSTART",
	[GROUPS] = "GROUPS",
	[INTERFACE] = "INTERFACE",
	[IPV4] = "IPV4",
	[IPV6] = "IPV6",
	[UNPRIVILEGED] = "UNPRIVILEGED",
};

/* One container; the cells are made only for a table. */
struct row {
	const char *name;
	bool defined;
	enum state state;
	const char *cells[COLUMNS];
};

struct listing {
	struct call *call;
	const struct ls_opts *opts;
	enum column columns[COLUMNS * 2];
	size_t n_columns;
	struct row *rows;
	size_t n_rows;
};

static int compare_rows(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->name, ((const struct row *)b)->name);
}

static void add_row(struct listing *l, const char *name, bool defined)
{
	for (size_t i = 0; i < l->n_rows; i++)
		if (streq(l->rows[i].name, name))
			return;
	l->rows = mem_grow(&l->call->mem, l->rows, &l->n_rows, sizeof(*l->rows));
	l->rows[l->n_rows - 1] = (struct row){ .name = mem_text(&l->call->mem, name),
					       .defined = defined };
}

/* What has a configuration below lxcpath, and what runs without one. A missing path is empty. */
static void find_names(struct listing *l)
{
	DIR *dir = opendir(l->call->lxcpath);

	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		struct stat st;
		char config[320];
		snprintf(config, sizeof(config), "%s/config", entry->d_name);
		if (str_is_name(entry->d_name) && fstatat(dirfd(dir), config, &st, 0) == 0 &&
		    S_ISREG(st.st_mode))
			add_row(l, entry->d_name, true);
	}
	if (dir)
		closedir(dir);
	for (char **at = state_names(&l->call->mem, l->call->lxcpath); *at; at++)
		add_row(l, *at, false);
	if (l->n_rows)
		qsort(l->rows, l->n_rows, sizeof(*l->rows), compare_rows);
}

/* ---- which ---- */

static bool wanted_state(const struct ls_opts *o, const struct row *row)
{
	bool frozen = row->state == STATE_FROZEN;

	if (o->defined && !row->defined)
		return false;
	if (!o->active && !o->running && !o->frozen && !o->stopped)
		return true;
	return (o->active && row->state != STATE_STOPPED) ||
	       (o->running && (row->state == STATE_RUNNING || frozen)) || (o->frozen && frozen) ||
	       (o->stopped && row->state == STATE_STOPPED);
}

static bool has_group(const struct conf *conf, const char *name, size_t len)
{
	for (size_t i = 0; i < conf->group.len; i++)
		if (strlen(conf->group.at[i].text) == len &&
		    strncmp(conf->group.at[i].text, name, len) == 0)
			return true;
	return false;
}

static bool in_groups(const struct conf *conf, const char *list)
{
	while (list && *list) {
		size_t len = strcspn(list, ",");
		if (len && !has_group(conf, list, len))
			return false;
		list += len + (list[len] == ',');
	}
	return true;
}

/* ---- the table ---- */

/* Lines joined as LXC joins them. */
static const char *joined(struct arena *mem, const struct text *lines)
{
	struct text all = { 0 };
	const char *result = "-";

	for (const char *at = text_get(lines); *at;) {
		size_t len = strcspn(at, "\n");
		text_format(&all, "%s%.*s", all.len ? ", " : "", (int)len, at);
		at += len + (at[len] == '\n');
	}
	if (all.len)
		result = mem_text(mem, text_get(&all));
	text_free(&all);
	return result;
}

static bool has_column(const struct listing *l, enum column column)
{
	for (size_t i = 0; i < l->n_columns; i++)
		if (l->columns[i] == column)
			return true;
	return false;
}

static void fill_net(struct listing *l, struct row *row, const struct process *init)
{
	struct arena *mem = &l->call->mem;
	struct netinfo net;

	if (!has_column(l, INTERFACE) && !has_column(l, IPV4) && !has_column(l, IPV6))
		return;
	if (netinfo_read(init, &net) == 0) {
		row->cells[INTERFACE] = joined(mem, &net.names);
		row->cells[IPV4] = joined(mem, &net.v4);
		row->cells[IPV6] = joined(mem, &net.v6);
	}
	netinfo_free(&net);
}

static void fill_config(struct listing *l, struct row *row, const struct conf *conf)
{
	struct text groups = { 0 };

	for (size_t i = 0; i < conf->group.len; i++)
		text_format(&groups, "%s%s", i ? "," : "", conf->group.at[i].text);
	row->cells[AUTOSTART] = conf->start_auto ? "1" : "0";
	row->cells[GROUPS] = groups.len ? mem_text(&l->call->mem, text_get(&groups)) : "-";
	row->cells[UNPRIVILEGED] = conf->idmap.len ? "true" : "false";
	text_free(&groups);
}

/* The configuration it runs with, or else that of its file; a broken one is said and left out. */
static void load_config(struct listing *l, const struct row *row, const struct seen *seen,
			struct conf *conf)
{
	char path[4200];
	int r = 0;

	conf_init(conf);
	snprintf(path, sizeof(path), "%s/%s/config", l->call->lxcpath, row->name);
	if (seen->init.pid)
		r = state_config(seen->dir, conf);
	else if (row->defined)
		r = conf_load(conf, path);
	if (r < 0)
		log_failure();
	fail_clear();
}

/* Looks at one container. False: it is not one of those asked for. */
static bool fill_row(struct listing *l, struct row *row)
{
	const struct ls_opts *o = l->opts;
	auto_seen struct seen seen = SEEN_NONE;
	struct conf conf;
	bool in = true;

	/* One that cannot be looked at is shown, too: '?' is the truth. */
	row->state = state_look(l->call->lxcpath, row->name, &seen) < 0 ? STATE_COUNT : seen.state;
	fail_clear();
	if (!wanted_state(o, row) || (!row->defined && row->state == STATE_STOPPED))
		return false;
	if (!o->fancy && !o->groups)
		return true;
	for (size_t i = 0; i < COLUMNS; i++)
		row->cells[i] = "-";
	row->cells[NAME] = row->name;
	row->cells[STATE] = state_name(row->state);
	load_config(l, row, &seen, &conf);
	fill_config(l, row, &conf);
	in = in_groups(&conf, o->groups);
	conf_free(&conf);
	if (in && o->fancy && seen.init.pid) {
		row->cells[PID] = mem_format(&l->call->mem, "%d", seen.init.pid);
		fill_net(l, row, &seen.init);
	}
	return in;
}

/* Keeps the rows that match. */
static int select_rows(struct listing *l)
{
	const struct ls_opts *o = l->opts;
	const char *pattern = o->filter ? o->filter : l->call->argc ? l->call->argv[0] : NULL;
	regex_t regex;
	size_t kept = 0;

	if (pattern && regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return fail(0, "%s is not a regular expression", pattern);
	for (size_t i = 0; i < l->n_rows; i++) {
		struct row row = l->rows[i];
		if (pattern && regexec(&regex, row.name, 0, NULL, 0) != 0)
			continue;
		if (fill_row(l, &row))
			l->rows[kept++] = row;
	}
	l->n_rows = kept;
	if (pattern)
		regfree(&regex);
	return 0;
}

static int choose_columns(struct listing *l)
{
	const char *at = l->opts->columns ? l->opts->columns
					  : "NAME,STATE,AUTOSTART,GROUPS,IPV4,IPV6,UNPRIVILEGED";

	while (*at) {
		size_t len = strcspn(at, ", "), i = 0;
		while (len && i < COLUMNS &&
		       (strlen(titles[i]) != len || strncasecmp(titles[i], at, len) != 0))
			i++;
		if (len && (i == COLUMNS || l->n_columns == ARRAY_LEN(l->columns))) {
			/* LXC: said, and no failure. */
			fprintf(stderr, "Invalid key: %.*s\n", (int)len, at);
			return 1;
		}
		if (len)
			l->columns[l->n_columns++] = (enum column)i;
		at += len + (at[len] != '\0');
	}
	return 0;
}

static void print_table(const struct listing *l)
{
	size_t width[ARRAY_LEN(l->columns)];

	for (size_t c = 0; c < l->n_columns; c++) {
		width[c] = strlen(titles[l->columns[c]]);
		for (size_t i = 0; i < l->n_rows; i++) {
			size_t len = strlen(l->rows[i].cells[l->columns[c]]);
			width[c] = len > width[c] ? len : width[c];
		}
	}
	for (size_t i = 0; l->n_rows && i <= l->n_rows; i++) {
		for (size_t c = 0; c < l->n_columns; c++) {
			char shown[1024];
			const char *cell = i ? l->rows[i - 1].cells[l->columns[c]]
					     : titles[l->columns[c]];
			printf("%-*s ", (int)width[c], str_printable(cell, shown, sizeof(shown)));
		}
		printf("\n");
	}
}

/* The width of the first of stdout, stderr and stdin that is a terminal; 0: none is. */
static unsigned terminal_width(void)
{
	static const int fds[] = { STDOUT_FILENO, STDERR_FILENO, STDIN_FILENO };
	struct winsize size;

	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		if (ioctl(fds[i], TIOCGWINSZ, &size) == 0 && size.ws_col)
			return size.ws_col;
	return 0;
}

static void print_names(const struct listing *l)
{
	size_t longest = 4;
	unsigned total = terminal_width();

	for (size_t i = 0; i < l->n_rows; i++)
		if (strlen(l->rows[i].name) > longest)
			longest = strlen(l->rows[i].name);
	size_t per_line = total / (longest + 1);
	for (size_t i = 0; i < l->n_rows; i++) {
		if (l->opts->line) {
			printf("%s\n", l->rows[i].name);
			continue;
		}
		bool last = i + 1 == l->n_rows || per_line < 2 || (i + 1) % per_line == 0;
		printf("%-*s%s", (int)longest, l->rows[i].name, last ? "\n" : " ");
	}
}

static int run(struct call *call, const void *arg)
{
	struct listing l = { .call = call, .opts = arg };

	if (l.opts->fancy && choose_columns(&l) > 0)
		return 0;
	find_names(&l);
	TRY(select_rows(&l));
	if (l.opts->fancy)
		print_table(&l);
	else
		print_names(&l);
	return 0;
}

const struct command command_ls = {
	.name = "ls",
	.about = "List containers.",
	.details =
		"A container is listed when it has a configuration, or runs. The state ? is that "
		"of one that cannot be looked at.",
	.status = "0, also when there is nothing to list.",
	.words = "[REGEX]",
	.opts = opts,
	.n_opts = ARRAY_LEN(opts),
	.opts_size = sizeof(struct ls_opts),
	.run = run,
};
