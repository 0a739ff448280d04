/* check.c - whether a text, or an item of a list, is what its key wants. */
#include "conf.h"
#include "fail.h"

int check_value(const char *name, const char *value)
{
	if (value[strcspn(value, "\r\n")])
		return fail(0, "%s: the value has a line break in it", name);
	for (const char *at = value; *at; at++)
		if (((unsigned char)*at < 0x20 && *at != '\t') || *at == 0x7f)
			return fail(0, "%s: the value has a control character in it", name);
	return 0;
}

int check_host_name(const char *name, const char *value)
{
	return value[strcspn(value, "/ \t")] ? fail(0, "%s is not a host name", value) : 0;
}

int check_syslog(const char *name, const char *value)
{
	return log_facility(value) < 0 ? fail(0, "%s is none of daemon, local0 to local7", value)
				       : 0;
}

int check_capability(const char *name, const char *value)
{
	if (!streq(value, "none") && names_capability(value, 63) < 0)
		return fail_hint(fail(0, "%s is not a capability", value),
				 "small letters and without CAP_, or a number");
	return 0;
}

int check_idmap(const char *name, const char *value)
{
	struct idmap map;

	return idmap_parse(value, &map);
}

int check_limit(const char *name, const char *value)
{
	struct limit limit;

	return limit_parse(name, value, &limit);
}

int check_group(const char *name, const char *value)
{
	return str_is_name(value) ? 0
				  : fail_hint(fail(0, "%s is not a name for a group", value), "%s",
					      STR_NAME_RULE);
}

/* ---- mounts ---- */

/* One word of the options of a mount: "idmap=" has a value it can be held to. */
static int check_idmap_option(const char *word, size_t len)
{
	static const char option[] = "idmap=", container[] = "container";
	const char *value = word + sizeof(option) - 1;

	if (strncmp(word, option, sizeof(option) - 1) != 0)
		return 0;
	len -= sizeof(option) - 1;
	if (len == sizeof(container) - 1 && strncmp(value, container, len) == 0)
		return 0;
	return len > 0 && *value == '/'
		       ? 0
		       : fail_hint(fail(0, "%.*s is no id map of a mount", (int)len, value),
				   "idmap=container, or idmap= and the path of a "
				   "user namespace");
}

int check_mount_entry(const char *name, const char *value)
{
	struct arena scratch = { 0 };
	struct fstab entry;
	int r = fstab_parse(&scratch, value, &entry);

	for (const char *word = r < 0 ? "" : entry.options; r == 0 && *word;) {
		size_t len = strcspn(word, ",");
		r = check_idmap_option(word, len);
		word += len + (word[len] == ',');
	}
	mem_release(&scratch);
	return r;
}

int check_mount_options(const char *name, const char *value)
{
	static const char *const refused[] = { "optional", "relative", "create=dir",
					       "create=file" };

	for (const char *word = value; *word;) {
		size_t len = strcspn(word, ",");
		for (size_t i = 0; i < ARRAY_LEN(refused); i++)
			if (strlen(refused[i]) == len && strncmp(refused[i], word, len) == 0)
				return fail(0, "%s is for lxc.mount.entry", refused[i]);
		TRY(check_idmap_option(word, len));
		word += len + (word[len] == ',');
	}
	return 0;
}

/* A path in which no part is missing or leads elsewhere. `ends`: the characters that end one. */
static bool has_good_parts(const char *path, const char *ends)
{
	for (;;) {
		size_t len = strcspn(path, ends);
		if (len == 0 || (len == 1 && path[0] == '.') ||
		    (len == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		if (!path[len])
			return true;
		path += len + 1;
	}
}

int check_tty_dir(const char *name, const char *value)
{
	static const char *const taken[] = { "console", "fd",	  "full",   "mqueue",  "null",
					     "ptmx",	"pts",	  "random", "shm",     "stderr",
					     "stdin",	"stdout", "tty",    "urandom", "zero" };

	if (strchr(value, '/') || !has_good_parts(value, "/"))
		return fail(0, "%s is not the name of a directory", value);
	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		if (streq(value, taken[i]))
			return fail(0, "/dev/%s is something else", value);
	return 0;
}

/* ---- families: the name is a path (threats G6) ---- */

static int bad_file(const char *name, const char *where)
{
	return fail(0, "%s is not the name of a file %s", name, where);
}

/*
 * Names that a program can have thought of: no blanks, no controls, nothing above ASCII; and no
 * "=", which in a file would end the name there.
 */
static bool is_plain(const char *name)
{
	for (; *name; name++)
		if (*name <= ' ' || *name > '~' || *name == '=')
			return false;
	return true;
}

int check_sysctl(const char *name, const char *value)
{
	return is_plain(name) && has_good_parts(name, "./") ? 0 : bad_file(name, "of /proc/sys");
}

int check_proc(const char *name, const char *value)
{
	return is_plain(name) && has_good_parts(name, "/") ? 0 : bad_file(name, "of /proc/PID");
}

/* "8:0", "8:*", "*:*" */
static bool is_device(const char *text)
{
	size_t colon = strcspn(text, ":");

	for (int half = 0; half < 2; half++) {
		size_t len = half ? strlen(text) : colon;
		if (len == 0 || (strspn(text, "0123456789") != len && !(len == 1 && *text == '*')))
			return false;
		text += colon + (half == 0);
	}
	return true;
}

/* Some of "rwm", each once. */
static bool is_access(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= 3 && strspn(text, "rwm") == len &&
	       (len < 2 ||
		(text[0] != text[1] && (len < 3 || (text[0] != text[2] && text[1] != text[2]))));
}

/* "a", "TYPE MAJOR:MINOR ACCESS" or, to allow, "/dev/NODE ACCESS". */
static int check_device_rule(const char *value)
{
	struct arena scratch = { 0 };
	size_t n;
	char **words = str_words(&scratch, value, &n);
	bool type = n > 0 && strlen(words[0]) == 1 && strchr("abc", *words[0]);
	bool good = (n == 1 && streq(words[0], "a")) ||
		    (n == 3 && type && is_device(words[1]) && is_access(words[2])) ||
		    (n >= 2 && str_after(words[0], "/dev/") && is_access(words[1]));

	mem_release(&scratch);
	return good ? 0
		    : fail_hint(fail(0, "%s is not a rule for devices", value),
				"a, or a, b or c, MAJOR:MINOR and some of rwm");
}

int check_cgroup(const char *name, const char *value)
{
	if (!is_plain(name) || strchr(name, '/') || !has_good_parts(name, "."))
		return bad_file(name, "of a control group");
	if (streq(name, "devices.allow") || streq(name, "devices.deny"))
		return check_device_rule(value);
	return 0;
}

int check_share(const char *name, const char *value)
{
	uint64_t pid;

	if (!names_value(names_namespaces, name, 0) || strlen(name) > strlen("cgroup") ||
	    streq(name, "mount"))
		return fail_hint(fail(0, "%s is not a kind of namespace", name),
				 "mnt, pid, uts, ipc, net, user, cgroup or time");
	if (value[0] == '/' || str_number(value, 1, INT32_MAX, &pid) || str_is_name(value))
		return 0;
	return fail_hint(fail(0, "%s is not a container", value),
			 "a process id, a name, or the path of one");
}

int check_cgroup_dir(const char *name, const char *value)
{
	if (value[0] == '/')
		return fail(0, "%s is an absolute path", value);
	return has_good_parts(value, "/") ? 0 : fail(0, "%s is not the path of a group", value);
}

int check_cgroup_inner(const char *name, const char *value)
{
	if (strchr(value, '/') || !has_good_parts(value, "/"))
		return fail(0, "%s is not the name of a group", value);
	return 0;
}

/* ---- programs and sockets ---- */

/* By its full path, by its name alone to be looked for in PATH, or from a variable. */
int check_hook(const char *name, const char *value)
{
	struct arena scratch = { 0 };
	size_t count;
	char **words = str_words(&scratch, value, &count);
	bool good = count > 0 && *words[0] &&
		    (words[0][0] == '/' || words[0][0] == '$' || !strchr(words[0], '/'));

	mem_release(&scratch);
	return good ? 0
		    : fail_hint(fail(0, "%s is not a command", value),
				"a hook is found by its absolute path");
}

int check_proxy(const char *name, const char *value)
{
	const char *path = str_after(value, "unix:");

	if (!path || (path[0] != '/' && path[0] != '@') || !path[1])
		return fail_hint(fail(0, "%s is not a socket", value), "unix:/PATH or unix:@NAME");
	return strlen(path) <= 107 ? 0 : fail(0, "a path longer than 107 bytes");
}

/* ---- interfaces ---- */

int check_interface(const char *name, const char *value)
{
	if (strlen(value) > 15)
		return fail(0, "%s is longer than 15 characters", value);
	if (streq(value, ".") || streq(value, "..") || strpbrk(value, "/: \t"))
		return fail(0, "%s is not the name of an interface", value);
	return 0;
}

static bool is_digit(char c, bool random)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') ||
	       (random && (c | 0x20) == 'x');
}

int check_hwaddr(const char *name, const char *value)
{
	bool good = strlen(value) == 17;

	for (size_t i = 0; good && i < 17; i++)
		good = i % 3 == 2 ? value[i] == ':' : is_digit(value[i], true);
	if (!good)
		return fail_hint(fail(0, "%s is not a hardware address", value),
				 "six pairs of hexadecimal digits, or x, joined by colons");
	/* The low bit of the first byte is that of groups. */
	char low = value[1] | 0x20;
	if (is_digit(value[1], false) && (low <= '9' ? low & 1 : !(low & 1)))
		return fail(0, "%s is the address of a group", value);
	return streq(value, "00:00:00:00:00:00") ? fail(0, "%s is no address", value) : 0;
}

static int check_range(const char *value, unsigned min, unsigned max)
{
	uint64_t number;

	return str_number(value, min, max, &number)
		       ? 0
		       : fail(0, "%s is not a number from %u to %u", value, min, max);
}

int check_mtu(const char *name, const char *value)
{
	return check_range(value, 68, 65535);
}

int check_vlan(const char *name, const char *value)
{
	return check_range(value, 0, 4094);
}

int check_port_vlan(const char *name, const char *value)
{
	return streq(value, "none") ? 0 : check_range(value, 0, 4094);
}

int check_queues(const char *name, const char *value)
{
	return check_range(value, 1, 4096);
}
