/*
 * create.c - lxc-create: make a container.
 *
 * It is made whole as LXCPATH/.NAME.tmp-XXXX and then renamed, so that a killed create or a full
 * disk leaves no half container (threats J2). The temporary directory is locked while its maker
 * lives; what is left unlocked is removed by the next create or destroy.
 */
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "file.h"
#include "lines.h"
#include "path.h"
#include "store.h"
#include "system.h"
#include "template.h"

struct create_opts {
	const char *template, *config, *bdev, *dir;
};
#define AT(field) offsetof(struct create_opts, field)

static const struct opt opts[] = {
	{ 't', "template", OPT_TEXT, AT(template), "TEMPLATE",
	  "What fills it: busybox, tiny or none" },
	{ 'f', "config", OPT_TEXT, AT(config), "FILE",
	  "Begin with this configuration, not with the system's default.conf" },
	{ 'B', "bdev", OPT_TEXT, AT(bdev), "TYPE", "Storage: dir, none, or best" },
	{ 0, "dir", OPT_TEXT, AT(dir), "DIR", "Make the root file system in DIR" },
};

static const char *template_name(size_t i)
{
	return templates[i].name;
}

/* The template of that name; NULL, worded, when there is none. */
static const struct template *find_template(const char *name)
{
	if (!name) {
		fail_hint(fail(0, "A template must be specified"),
			  "\"none\" if you really want a container without a rootfs");
		return NULL;
	}
	for (size_t i = 0; i < templates_len; i++)
		if (streq(templates[i].name, name))
			return &templates[i];
	const char *near = str_nearest(name, template_name, templates_len);
	fail(0, "Template \"%s\" not found", name);
	if (near)
		fail_hint(0, "did you mean %s?", near);
	return NULL;
}

static int check_opts(const struct create_opts *o)
{
	if (o->bdev && !streq(o->bdev, "dir") && !streq(o->bdev, "best") && !streq(o->bdev, "none"))
		return fail(0, "--bdev: %s is none of dir, none, best", o->bdev);
	if (o->dir && o->dir[0] != '/')
		return fail(0, "--dir: %s is not an absolute path", o->dir);
	return 0;
}

/*
 * What the container's configuration begins with: -f, or the default.conf of the system. Root can
 * do without one. A user cannot: without an id map his container could not be started.
 */
static int initial_file(struct call *call, const char *given, const char **path)
{
	bool said;

	*path = given;
	if (given)
		return 0;
	*path = system_get(&call->mem, "lxc.default_config", &said);
	struct stat st;
	if (said || lstat(*path, &st) == 0 || errno != ENOENT)
		return 0; /* a link to nowhere is no missing file: it is opened, and said */
	if (geteuid() != 0)
		return fail_hint(fail(ENOENT, "open %s", *path),
				 "it needs lxc.idmap = u 0 100000 65536 and lxc.idmap = g 0 100000 "
				 "65536, with your ids of /etc/subuid and /etc/subgid");
	log_info("%s is not there: the configuration begins empty", *path);
	*path = NULL;
	return 0;
}

/* It is checked before anything is made, and its hardware addresses are settled. */
static int initial_config(struct call *call, const char *given, struct lines *config)
{
	auto_text struct text text = { 0 };
	struct conf conf;
	const char *path;

	TRY(initial_file(call, given, &path));
	if (!path)
		return 0;
	conf_init(&conf);
	int r = conf_load(&conf, path);
	conf_free(&conf);
	TRY(r);
	TRY(file_read(AT_FDCWD, path, 1 << 20, &text));
	lines_read(config, text_get(&text));
	return lines_settle(config);
}

static void add_header(struct call *call, const char *template, struct lines *config)
{
	auto_text struct text words = { 0 }, header = { 0 };
	char shown[512];

	for (int i = 0; i < call->argc; i++)
		text_format(&words, " %s", call->argv[i]);
	text_format(&header,
		    "# Template used to create this container: %s\n"
		    "# Parameters passed to the template:%s\n"
		    "# For additional config options, please look at lxc.container.conf(5)\n\n",
		    template, str_printable(text_get(&words), shown, sizeof(shown)));
	lines_read(config, text_get(&header));
}

/* The directory given by --dir, once it is ours to empty again. */
struct outside {
	const char *path;
	bool made; /* it was not there before */
};

/* The directory the root is made in: below the container, or --dir, which must be empty. */
static int make_rootfs(struct call *call, const struct create_opts *o, int dir,
		       struct lines *config, struct outside *outside)
{
	const char *path = o->dir ? str_clean_path(&call->mem, o->dir)
				  : mem_format(&call->mem, "%s/%s/rootfs", call->lxcpath,
					       call->name);

	TRY(lines_set(config, "lxc.rootfs.path", mem_format(&call->mem, "dir:%s", path)));
	if (!o->dir) {
		if (mkdirat(dir, "rootfs", 0755) < 0)
			return fail(errno, "make the directory rootfs");
		int fd = openat(dir, "rootfs", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		return fd < 0 ? fail(errno, "open the directory rootfs") : fd;
	}
	bool there = access(path, F_OK) == 0;
	TRY(file_make_dirs(path, 0755));
	if (!store_is_empty(path))
		return fail(0, "--dir: %s is not empty", path);
	*outside = (struct outside){ path, !there };
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail(errno, "open the directory %s", path) : fd;
}

/* With an id map, what was made belongs to the container's root and not to the host's. */
static int give_to_container(const struct text *config, int rootfs)
{
	struct conf conf;
	uint32_t ids[2] = { UINT32_MAX, UINT32_MAX };
	int r = 0;

	conf_init(&conf);
	r = conf_load_text(&conf, text_get(config));
	for (size_t i = 0; r == 0 && i < conf.idmap.len; i++) {
		struct idmap map;
		r = idmap_parse(conf.idmap.at[i].text, &map);
		if (r == 0 && map.inside == 0)
			ids[map.gid] = map.outside;
	}
	conf_free(&conf);
	if (r < 0 || rootfs < 0 || ids[0] == UINT32_MAX || ids[1] == UINT32_MAX)
		return r;
	return path_own(rootfs, ids[0], ids[1]);
}

/* The configuration the template then adds to, and the directory of the root, if there is one. */
static int begin(struct call *call, const struct create_opts *o, struct template_job *job, int dir,
		 struct outside *outside)
{
	const struct template *template = job->template;
	struct lines lines = { 0 };
	int r = 0;

	if (!template->rootless)
		add_header(call, template->name, &lines);
	r = initial_config(call, o->config, &lines);
	if (r == 0 && !template->rootless) {
		job->rootfs = make_rootfs(call, o, dir, &lines, outside);
		r = job->rootfs < 0 ? job->rootfs : 0;
	}
	lines_save(&lines, job->config);
	lines_free(&lines);
	return r;
}

static int fill(struct call *call, const struct create_opts *o, const struct template *template,
		int dir, struct outside *outside)
{
	auto_text struct text config = { 0 };
	struct template_job job = { .call = call,
				    .template = template,
				    .config = &config,
				    .rootfs = -1,
				    .argc = call->argc,
				    .argv = call->argv };

	if (!template->rootless && o->bdev && streq(o->bdev, "none"))
		return fail(0, "the template %s needs a root file system", template->name);
	int r = begin(call, o, &job, dir, outside);
	if (r == 0)
		r = template->make(&job);
	if (r == 0)
		r = give_to_container(&config, job.rootfs);
	fd_close(&job.rootfs);
	return r < 0 ? r : file_replace(dir, "config", 0640, text_get(&config), true);
}

static int create(struct call *call, const struct create_opts *o, const struct template *template)
{
	struct store store;
	struct outside outside = { 0 };

	TRY(file_make_dirs(call->lxcpath, 0755));
	TRY(store_begin(call, &store));
	int r = fill(call, o, template, store.dir, &outside);
	if (r == 0)
		r = store_commit(call, &store);
	if (r < 0) {
		struct failure why = *failure;
		if (outside.path)
			store_empty(outside.path);
		if (outside.made)
			rmdir(outside.path);
		store_abandon(&store);
		*failure = why;
	}
	store_end(&store);
	return r;
}

static int print_help(const struct template *template)
{
	fprintf(stderr, "\nTemplates:\n");
	for (size_t i = 0; i < templates_len; i++)
		fprintf(stderr, "  %-28s%s\n", templates[i].name, templates[i].about);
	if (template && template->options)
		fprintf(stderr, "\nOptions of the template %s, after --:\n%s\n", template->name,
			template->options);
	return 0;
}

static int run(struct call *call, const void *arg)
{
	const struct create_opts *o = arg;
	const struct template *template = NULL;

	if (o->template || !call->help) {
		template = find_template(o->template);
		if (!template)
			return 1;
	}
	if (call->help)
		return print_help(template);
	TRY(check_opts(o));
	if (container_defined(call, call->name))
		return fail(0, "Container already exists");
	return create(call, o, template);
}

const struct command command_create = {
	.name = "create",
	.about = "Make a container.",
	.details = "It is made under another name and renamed when it is whole, so that a killed "
		   "command or a full disk leaves no half container. Its configuration begins with "
		   "the lines of -f or of the file that lxc.default_config of lxc.system.conf(5) "
		   "names; each x of a hardware address in them becomes a random digit. With an id "
		   "map in the initial configuration the files belong to the container's root.",
	.status = "0 when the container is there. 1 when it is not; then nothing of it is left.",
	.words = "-t TEMPLATE [-- TEMPLATE-OPTION...]",
	.opts = opts,
	.n_opts = ARRAY_LEN(opts),
	.opts_size = sizeof(struct create_opts),
	.flags = CMD_NAME,
	.run = run,
	.own_help = true,
};
