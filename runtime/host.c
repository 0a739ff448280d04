/* host.c - what this kernel and machine can do. */
#include "host.h"

#include <sys/prctl.h>

#include "fail.h"
#include "file.h"

void host_probe(struct host *host)
{
	*host = (struct host){ 0 };
	/* PR_CAPBSET_READ answers EINVAL beyond the last; that needs no /proc. */
	int low = 0, high = 64;
	while (high - low > 1) {
		int middle = (low + high) / 2;
		if (prctl(PR_CAPBSET_READ, middle, 0, 0, 0) >= 0)
			low = middle;
		else
			high = middle;
	}
	host->last_capability = low;
	host->cgroup_ns = access("/proc/self/ns/cgroup", F_OK) == 0;
}

/* The n-th blank-separated field of a line, cut out in place; NULL when there are fewer. */
static char *field(char *line, unsigned n)
{
	for (; n; n--) {
		line += strcspn(line, " ");
		line += strspn(line, " ");
	}
	return *line ? line : NULL;
}

/* The controllers among a v1 mount's super block options: "rw,cpu,cpuacct" -> "cpu,cpuacct". */
static const char *v1_options(struct arena *mem, const char *options)
{
	static const char *const other[] = { "rw",
					     "ro",
					     "clone_children",
					     "noprefix",
					     "xattr",
					     "cpuset_v2_mode",
					     "favordynmods",
					     "nofavordynmods" };
	auto_text struct text found = { 0 };

	while (*options) {
		size_t len = strcspn(options, ",");
		bool skip = len >= 13 && strncmp(options, "release_agent", 13) == 0;
		for (size_t i = 0; i < ARRAY_LEN(other); i++)
			skip |= strlen(other[i]) == len && strncmp(other[i], options, len) == 0;
		if (!skip) {
			if (strncmp(options, "name=", 5) == 0 && !found.len)
				text_add(&found, "none");
			text_format(&found, "%s%.*s", found.len ? "," : "", (int)len, options);
		}
		options += len + (options[len] == ',');
	}
	return mem_text(mem, text_get(&found));
}

/* One line of mountinfo; fields 4 (mount point) and, behind the dash, type and options. */
static void probe_line(struct host *host, char *line)
{
	char *dash = strstr(line, " - ");
	char *point = field(line, 4);

	if (!dash || !point)
		return;
	char *type = dash + 3, *options = field(type, 2);
	bool v2 = str_after(type, "cgroup2 ") != NULL;
	if (!options || (!v2 && !str_after(type, "cgroup ")))
		return;
	point[strcspn(point, " ")] = '\0';
	const char *name = strrchr(point, '/');
	size_t n = host->n_cgroups;
	for (size_t i = 0; i < n; i++)
		if (streq(host->cgroups[i].name, name ? name + 1 : point))
			return; /* mounted a second time */
	host->cgroups = mem_grow(&host->mem, host->cgroups, &host->n_cgroups,
				 sizeof(*host->cgroups));
	host->cgroups[n] = (struct host_cgroup){
		.name = mem_text(&host->mem, name ? name + 1 : point),
		.options = v2 ? "" : v1_options(&host->mem, options),
		.v2 = v2,
	};
}

void host_probe_cgroups(struct host *host)
{
	auto_text struct text text = { 0 };

	if (host->n_cgroups)
		return;
	if (file_read(AT_FDCWD, "/proc/self/mountinfo", 1 << 22, &text) < 0) {
		fail_clear();
		return;
	}
	for (char *line = text.at; line && *line;) {
		char *end = line + strcspn(line, "\n");
		char *next = *end ? end + 1 : end;
		*end = '\0';
		probe_line(host, line);
		line = next;
	}
}

void host_free(struct host *host)
{
	mem_release(&host->mem);
	*host = (struct host){ 0 };
}
