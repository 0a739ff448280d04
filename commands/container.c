/* container.c - what commands share: finding and loading a container's configuration. */
#include <sys/stat.h>

#include "command.h"
#include "file.h"

static const char *config_file(struct call *call, const char *rcfile)
{
	return rcfile ? rcfile : mem_format(&call->mem, "%s/%s/config", call->lxcpath, call->name);
}

bool container_defined(struct call *call, const char *name)
{
	struct stat st;

	return stat(mem_format(&call->mem, "%s/%s/config", call->lxcpath, name), &st) == 0 &&
	       S_ISREG(st.st_mode);
}

int container_control(struct call *call)
{
	struct stat st;

	if (geteuid() == 0 || stat(call->lxcpath, &st) < 0 || st.st_uid == geteuid())
		return 0;
	return fail(0, "Insufficent privileges to control %s:%s", call->lxcpath, call->name);
}

int container_load(struct call *call, const char *rcfile, const struct texts *defines,
		   const char *missing, struct conf *conf)
{
	const char *path = config_file(call, rcfile);

	conf_init(conf);
	if (rcfile || access(path, F_OK) == 0)
		TRY(conf_load(conf, path));
	else if (missing)
		return fail_hint(fail(0, "%s", missing), "there is no %s", path);
	for (size_t i = 0; defines && i < defines->len; i++)
		TRY(conf_define(conf, defines->at[i]));
	return 0;
}

int container_log(struct call *call, const struct conf *conf)
{
	if (log_get_level() == LEVEL_UNSET)
		log_set_level((enum level)conf->log_level);
	if (conf->log_file && !log_is_open()) {
		const char *slash = strrchr(conf->log_file, '/');
		const char *dir = mem_text_len(&call->mem, conf->log_file,
					       (size_t)(slash - conf->log_file));
		if (*dir)
			TRY(file_make_dirs(dir, 0755));
		TRY(log_open(conf->log_file));
	}
	return conf->log_syslog ? log_syslog(conf->log_syslog) : 0;
}
