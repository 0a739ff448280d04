/* info.c - lxc-info: what is known of one container. */
#include "command.h"
#include "netinfo.h"
#include "state.h"

struct info_opts {
	bool ips, pid, stats, state, raw;
	struct texts keys;
};
#define AT(field) offsetof(struct info_opts, field)

static const struct opt opts[] = {
	{ 'c', "config", OPT_LIST, AT(keys), "KEY", "Print the value of a configuration key" },
	{ 'i', "ips", OPT_FLAG, AT(ips), NULL, "Print the addresses" },
	{ 'p', "pid", OPT_FLAG, AT(pid), NULL, "Print the process id of the init" },
	{ 'S', "stats", OPT_FLAG, AT(stats), NULL, "Print the use of resources" },
	{ 's', "state", OPT_FLAG, AT(state), NULL, "Print the state" },
	{ 'H', "no-humanize", OPT_FLAG, AT(raw), NULL, "Print plain numbers, a single value bare" },
};

/* One line, the key in a field of 15; or the value alone. */
static void print_field(const char *key, const char *value, bool bare)
{
	char shown[1024];

	str_printable(value, shown, sizeof(shown));
	if (bare)
		printf("%s\n", shown);
	else
		printf("%-15s %s\n", key, shown);
}

/* "KEY = VALUE", byte by byte as LXC: where a list ends in a line feed, another follows. */
static void print_key(const struct conf *conf, const char *key, bool bare)
{
	auto_text struct text value = { 0 };

	if (conf_get(conf, key, &value) < 0) {
		fprintf(stderr, "%s invalid\n", key);
		return;
	}
	if (!bare)
		printf("%s =%s", key, value.len ? " " : "");
	for (const char *line = text_get(&value);;) {
		size_t len = strcspn(line, "\t\n"), room = 4 * len + 5;
		auto_text struct text part = { 0 };
		text_add_len(&part, line, len);
		auto_free char *shown = mem_resize(NULL, room);
		printf("%s%c", str_printable(text_get(&part), shown, room),
		       line[len] == '\t' ? '\t' : '\n');
		if (!line[len])
			break;
		line += len + 1;
	}
}

static void print_ips(const struct process *init, bool bare)
{
	struct netinfo net;

	if (netinfo_read(init, &net) == 0) {
		char *lists[] = { net.v4.at, net.v6.at };
		for (size_t i = 0; i < 2; i++)
			for (char *at = lists[i]; at && *at;) {
				char *end = strchr(at, '\n');
				*end = '\0';
				print_field("IP:", at, bare);
				at = end + 1;
			}
	}
	netinfo_free(&net);
}

static int print_keys(struct call *call, const struct seen *seen, const struct info_opts *o)
{
	struct conf conf;
	int r;

	if (seen->init.pid) { /* as it was started */
		conf_init(&conf);
		r = state_config(seen->dir, &conf);
	} else {
		r = container_load(call, NULL, NULL, NULL, &conf);
	}
	for (size_t i = 0; r == 0 && i < o->keys.len; i++)
		print_key(&conf, o->keys.at[i], o->raw && o->keys.len == 1);
	conf_free(&conf);
	return r;
}

static int print(struct call *call, const struct seen *seen, struct info_opts o)
{
	unsigned single = o.ips + o.pid + o.stats + o.state;
	char pid[16];

	if (!single && !o.keys.len) {
		print_field("Name:", call->name, false);
		o.ips = o.pid = o.stats = o.state = true;
	}
	bool bare = o.raw && single == 1;
	if (o.state)
		print_field("State:", state_name(seen->state), bare);
	if (o.pid && seen->init.pid) {
		snprintf(pid, sizeof(pid), "%d", seen->init.pid);
		print_field("PID:", pid, bare);
	}
	if (o.ips && seen->init.pid)
		print_ips(&seen->init, bare);
	return o.keys.len ? print_keys(call, seen, &o) : 0;
}

static int run(struct call *call, const void *arg)
{
	auto_seen struct seen seen = SEEN_NONE;

	TRY(container_control(call));
	TRY(state_look(call->lxcpath, call->name, &seen));
	if (seen.state == STATE_STOPPED && !container_defined(call, call->name))
		return fail(0, "%s doesn't exist", call->name);
	return print(call, &seen, *(const struct info_opts *)arg);
}

const struct command command_info = {
	.name = "info",
	.about = "Print what is known of a container.",
	.details = "Of a running container the values of configuration keys are those it was "
		   "started with. Lists are printed one item a line.",
	.status = "0; 1 when there is no such container. An unknown configuration key is said on "
		  "standard error, and is no failure.",
	.opts = opts,
	.n_opts = ARRAY_LEN(opts),
	.opts_size = sizeof(struct info_opts),
	.flags = CMD_NAME,
	.run = run,
};
