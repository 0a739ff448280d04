/* builtin.c - the files LXC installs, which are here where LXC is not. */
#include "builtin.h"

#include "tests/unit/sample.h"

/* ---- each of them is good ---- */

/*
 * Their own includes are of each other; where LXC is installed its files are taken, so a line that
 * includes one is looked up here and read from memory, too.
 */
static int load(struct conf *conf, const char *name, const char *text, int depth)
{
	struct arena mem = { 0 };
	int r = 0;

	while (r == 0 && *text) {
		size_t len = strcspn(text, "\n");
		const char *line = mem_text_len(&mem, text, len);
		const char *path = str_after(line, "lxc.include = ");
		const char *inner = path ? builtin_find(path) : NULL;
		text += len + (text[len] == '\n');
		if (!path)
			r = conf_load_memory(conf, name, line);
		else if (inner)
			r = depth < 8 ? load(conf, path, inner, depth + 1)
				      : fail(0, "%s is included too deep", path);
		else if (path[strlen(path) - 1] != '/')
			r = fail(0, "%s is not built in", path);
	}
	mem_release(&mem);
	return r;
}

static void test_each(void)
{
	for (const struct builtin *b = builtins; b < builtins + builtins_len; b++) {
		int same = 0;
		struct conf conf;
		struct finding at;
		for (size_t i = 0; i < builtins_len; i++)
			same += streq(b->name, builtins[i].name);
		is_int(same, 1, "%s: a name of its own", b->name);
		size_t len = strlen(b->text);
		ok(len && b->text[len - 1] == '\n', "%s: whole lines", b->name);
		for (const char *c = b->text; *c; c++)
			if ((*c < ' ' || *c > '~') && *c != '\n')
				ok(false, "%s: only plain text", b->name);
		if (strstr(b->name, "seccomp") || !strstr(b->name, ".conf"))
			continue; /* no configuration */
		conf_init(&conf);
		ok(load(&conf, b->name, b->text, 0) == 0, "%s: loads: %s", b->name, failure->text);
		/* A mapping of ids is what these are for; the ids are the container's. */
		ok(nth_finding(conf_rules, &conf, 0, &at) == 0, "%s: breaks no rule: %s", b->name,
		   failure->text);
		conf_free(&conf);
		fail_clear();
	}
}

/* Files that are named in one of them are there. */
static void test_named(void)
{
	for (const struct builtin *b = builtins; b < builtins + builtins_len; b++)
		for (const char *at = b->text; (at = strstr(at, BUILTIN_DIR));) {
			char path[256];
			snprintf(path, sizeof(path), "%.*s", (int)strcspn(at, "\n"), at);
			at += strlen(path);
			bool dir = path[strlen(path) - 1] == '/';
			bool profile = strstr(path, ".seccomp") != NULL;
			ok(dir || profile || builtin_find(path), "%s: %s", b->name, path);
		}
}

/* ---- finding them ---- */

/* What is found for a name: the text of which row. */
static const char *const found[][2] = {
	{ "/usr/share/lxc/config/common.conf", "common.conf" },
	{ "/usr/local/share/lxc/config/common.conf", "common.conf" },
	{ "/usr/share/lxc/config/ubuntu.common.conf", "ubuntu.common.conf" },
	{ "/usr/share/lxc/config/ubuntu-cloud.userns.conf", "ubuntu-cloud.userns.conf" },
	{ "/usr/share/lxc/config/userns.conf", "userns.conf" },
	{ "/usr/share/lxc/config/alpine.userns.conf", "*.userns.conf" },
	{ "/usr/share/lxc/config/nosuch.common.conf", NULL },
	{ "/usr/share/lxc/config/.userns.conf", NULL },
	/* none of ours */
	{ "", NULL },
	{ "common.conf", NULL },
	{ "/common.conf", NULL },
	{ "/usr/share/lxc/config", NULL },
	{ "/usr/share/lxc/config/", NULL },
	{ "/usr/share/lxc/config//", NULL },
	{ "/usr/share/lxc/config/nosuch.conf", NULL },
	{ "/usr/share/lxc/config/common.con", NULL },
	{ "/usr/share/lxc/config/common.conf/", NULL },
	{ "/usr/share/lxc/config/common.conf ", NULL },
	{ "/usr/share/lxc/config/common.confx", NULL },
	{ "/usr/share/lxc/config/common.conf.d/", NULL },
	{ "/usr/share/lxc/config/Common.conf", NULL },
	{ "/usr/share/lxc/configs/common.conf", NULL },
	{ "/usr/share/lxc/config/*.common.conf", NULL },
	{ "/usr/share/lxc/config/.common.conf", NULL },
	{ "/usr/share/lxc/config/a b.common.conf", NULL },
	{ "/usr/share/lxc/config/a.b.common.conf", NULL },
	{ "/usr/share/lxc/config/UBUNTU.common.conf", NULL },
	{ "/usr/share/lxc/config/a.common.conf.common.conf", NULL },
	{ "/usr/share/lxc/config/\xc3\xa4.common.conf", NULL },
	{ "/etc/lxc/common.conf", NULL },
	{ "/usr/share/lxc//config/common.conf", NULL },
	/* hostile */
	{ "/usr/share/lxc/config/../common.conf", NULL },
	{ "/usr/share/lxc/config/x/../common.conf", NULL },
	{ "/usr/share/lxc/config/./common.conf", NULL },
	{ "/usr/share/lxc/config//common.conf", NULL },
	{ "/usr/share/lxc/config/../config/common.conf", NULL },
	{ "/usr/share/lxc/config/../../../../etc/shadow", NULL },
	{ "/usr/share/lxc/config/x/../y.common.conf", NULL },
	{ "/usr/share/lxc/config/..common.conf", NULL },
	{ "/usr/share/lxc/config/../.common.conf", NULL },
	{ "../usr/share/lxc/config/common.conf", NULL },
	{ "/x/../usr/share/lxc/config/common.conf", NULL },
};

/* Rows may share one text. */
static const char *text_of(const char *name)
{
	for (size_t i = 0; name && i < builtins_len; i++)
		if (streq(builtins[i].name, name))
			return builtins[i].text;
	return NULL;
}

static void test_find(void)
{
	for (size_t i = 0; i < ARRAY_LEN(found); i++)
		is_str(builtin_find(found[i][0]), text_of(found[i][1]), "[%s]", found[i][0]);
	for (const struct builtin *b = builtins; b < builtins + builtins_len; b++) {
		char path[256];
		if (b->name[0] == '*')
			continue;
		snprintf(path, sizeof(path), "%s%s", BUILTIN_DIR, b->name);
		is_str(builtin_find(path), b->text, "%s is found", path);
	}
}

/* ---- as an include ---- */

/* Through the loader itself: where the directory is not there, or has not got such a file. */
static void test_include(void)
{
	struct conf conf;
	char place[128];

	conf_init(&conf);
	int r = conf_load_text(&conf, "lxc.include = /usr/local/share/lxc/config/"
				      "debian.common.conf\nlxc.uts.name = a\n");
	if (!ok(r == 0, "an include of a file that is not there"))
		diag("%s", failure->text);
	is_str(value_of(&conf, "lxc.uts.name"), "a", "and what follows it");
	is_str(origin_text(conf_origin(&conf, "lxc.uts.name"), place, sizeof(place)),
	       "the new configuration:2", "has its place");
	ok(conf.cap_drop.len > 0, "it was read");
	conf_free(&conf);
	conf_init(&conf);
	is_error(conf_load_text(&conf, "lxc.include = /usr/local/share/lxc/config/x/../"
				       "lxcbox-test.common.conf\n"),
		 "No such file", "a path that leads elsewhere is not made up");
	conf_free(&conf);
	fail_clear();
}

int main(void)
{
	test_each();
	test_named();
	test_find();
	test_include();
	return tap_done();
}
