/* update_config.c - lxc-update-config: a configuration of LXC 1 or 2 in the words of LXC 3. */
#include <sys/stat.h>

#include "command.h"
#include "file.h"
#include "lines.h"

struct update_opts {
	const char *config;
};
#define AT(field) offsetof(struct update_opts, field)

static const struct opt opts[] = {
	{ 'c', "config", OPT_TEXT, AT(config), "FILE", "The configuration to convert" },
};

/* Puts `text` in place of the file `path`, with the mode and owner that one has. */
static int put_back(struct call *call, const char *path, const char *suffix, const char *text)
{
	const char *slash = strrchr(path, '/');
	const char *dir = mem_text_len(&call->mem, path, (size_t)(slash - path) + 1);
	const char *name = mem_format(&call->mem, "%s%s", slash + 1, suffix);
	struct stat st;

	if (stat(path, &st) < 0)
		return fail(errno, "open %s", path);
	auto_fd int parent = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0)
		return fail(errno, "open the directory %s", dir);
	return file_replace_like(parent, name, &st, text);
}

static int run(struct call *call, const void *arg)
{
	const struct update_opts *o = arg;
	const char *given = o->config ? o->config : call->argc ? call->argv[0] : NULL;
	auto_text struct text before = { 0 }, after = { 0 };
	struct lines lines = { 0 };

	if (!given) {
		command_help(call->command, call->program, stdout);
		return 0;
	}
	auto_free char *path = realpath(given, NULL);
	if (!path)
		return fail(errno, "open %s", given);
	TRY(file_read(AT_FDCWD, path, 1 << 20, &before));
	if (before.at && strlen(before.at) != before.len)
		return fail(0, "%s: a NUL byte", path);
	lines_read(&lines, text_get(&before));
	size_t changed = lines_modernize(&lines);
	lines_save(&lines, &after);
	lines_free(&lines);
	if (!changed)
		return 0; /* and the backup of an earlier time stays what it is */
	TRY(put_back(call, path, ".backup", text_get(&before)));
	return put_back(call, path, "", text_get(&after));
}

const struct command command_update_config = {
	.name = "update-config",
	.about = "Convert a configuration of LXC 1 or 2 to the names of LXC 3 and later.",
	.details =
		"The file is changed in place, and what it was is kept as FILE.backup. Only names "
		"change, also those that are commented out: comments, order, included files and "
		"lines that are not for LXC stay as they are. The interfaces of lxc.network.* get "
		"their numbers, lxc.rootfs gets its type in front, and lxc.rootfs.backend, "
		"lxc.pivotdir and lxc.kmsg go. A file without older names is left alone, and so is "
		"its backup. lxcbox itself reads both kinds of names.",
	.status = "0; 1 when the file could not be read or written, and then it is as it was.",
	.words = "[FILE]",
	.opts = opts,
	.n_opts = ARRAY_LEN(opts),
	.opts_size = sizeof(struct update_opts),
	.run = run,
};
