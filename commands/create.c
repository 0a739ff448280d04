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
#include "path.h"
#include "store.h"
#include "template.h"

struct create_opts {
	const char *template, *config, *bdev, *dir;
};
#define AT(field) offsetof(struct create_opts, field)

static const struct opt opts[] = {
	{ 't', "template", OPT_TEXT, AT(template), "TEMPLATE",
	  "What fills it: busybox, tiny or none" },
	{ 'f', "config", OPT_TEXT, AT(config), "FILE", "Begin with this configuration" },
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

/* The initial configuration is checked before anything is made. */
static int initial_config(const char *path, struct text *config)
{
	struct conf conf;

	if (!path)
		return 0;
	conf_init(&conf);
	int r = conf_load(&conf, path);
	conf_free(&conf);
	TRY(r);
	TRY(file_read(AT_FDCWD, path, 1 << 20, config));
	if (config->len && config->at[config->len - 1] != '\n')
		text_add(config, "\n");
	return 0;
}

static void add_header(struct call *call, const char *template, struct text *config)
{
	auto_text struct text words = { 0 };
	char shown[512];

	for (int i = 0; i < call->argc; i++)
		text_format(&words, " %s", call->argv[i]);
	text_format(config,
		    "# Template used to create this container: %s\n"
		    "# Parameters passed to the template:%s\n"
		    "# For additional config options, please look at lxc.container.conf(5)\n\n",
		    template, str_printable(text_get(&words), shown, sizeof(shown)));
}

/* The directory given by --dir, once it is ours to empty again. */
struct outside {
	const char *path;
	bool made; /* it was not there before */
};

/* The directory the root is made in: below the container, or --dir, which must be empty. */
static int make_rootfs(struct call *call, const struct create_opts *o, int dir, struct text *config,
		       struct outside *outside)
{
	const char *path = o->dir ? str_clean_path(&call->mem, o->dir)
				  : mem_format(&call->mem, "%s/%s/rootfs", call->lxcpath,
					       call->name);

	text_format(config, "lxc.rootfs.path = dir:%s\n", path);
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

static int fill(struct call *call, const struct create_opts *o, const struct template *template,
		int dir, struct outside *outside)
{
	auto_text struct text config = { 0 };
	auto_fd int rootfs = -1;
	struct template_job job = {
		.call = call, .config = &config, .argc = call->argc, .argv = call->argv
	};

	if (!template->rootless)
		add_header(call, template->name, &config);
	TRY(initial_config(o->config, &config));
	if (!template->rootless && !(o->bdev && streq(o->bdev, "none"))) {
		rootfs = make_rootfs(call, o, dir, &config, outside);
		TRY(rootfs);
	}
	job.rootfs = rootfs;
	if (!template->rootless && rootfs < 0)
		return fail(0, "the template %s needs a root file system", template->name);
	TRY(template->make(&job));
	TRY(give_to_container(&config, rootfs));
	return file_replace(dir, "config", 0640, text_get(&config), true);
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
		   "command or a full disk leaves no half container. With an id map in the initial "
		   "configuration the files belong to the container's root.",
	.status = "0 when the container is there. 1 when it is not; then nothing of it is left.",
	.words = "-t TEMPLATE [-- TEMPLATE-OPTION...]",
	.opts = opts,
	.n_opts = ARRAY_LEN(opts),
	.opts_size = sizeof(struct create_opts),
	.flags = CMD_NAME,
	.run = run,
	.own_help = true,
};
