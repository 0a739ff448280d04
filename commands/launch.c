/* launch.c - parse, plan, and then print it or run it: lxc-start and lxc-execute. */
#include "launch.h"

#include <sys/stat.h>

#include "file.h"
#include "host.h"
#include "monitor.h"
#include "plan.h"
#include "seal.h"
#include "sys.h"
#include "system.h"

/* An option that names a file: the supervisor has another working directory. */
static int set_file(struct call *call, struct conf *conf, const char *key, const char *file)
{
	if (!file)
		return 0;
	const char *path = streq(file, "none") ? file : option_path(call, file);
	return path ? conf_set(conf, key, path) : -EINVAL;
}

/* Settings of the whole system that this version does not go by: said once. */
static void warn_of_system(struct call *call)
{
	for (size_t i = 0; i < system_items_len; i++) {
		bool said = false;
		if (str_after(system_items[i].name, "lxc.cgroup."))
			system_get(&call->mem, system_items[i].name, &said);
		if (said)
			log_warn("%s of lxc.conf: this version makes no control groups",
				 system_items[i].name);
	}
}

static int load(struct call *call, const struct launch *l, struct conf *conf)
{
	warn_of_system(call);
	TRY(container_load(call, l->rcfile, l->defines, l->missing, conf));
	conf->now = (struct origin){ .file = "the command line" };
	TRY(set_file(call, conf, "lxc.console.path", l->console));
	TRY(set_file(call, conf, "lxc.console.logfile", l->console_log));
	return container_log(call, conf);
}

static int make_plan(struct call *call, const struct launch *l, const struct conf *conf,
		     struct plan *plan)
{
	const struct plan_request request = {
		.name = call->name,
		.lxcpath = call->lxcpath,
		.argv = call->argc ? call->argv : NULL,
		.execute = l->execute,
		.foreground = l->foreground,
		.terminals = sys_terminals(),
		.uid = l->uid,
		.gid = l->gid,
	};
	struct host host;

	host_probe(&host);
	int r = plan_start(conf, &host, &request, plan);
	host_free(&host);
	return r;
}

/* What attach and info need to know of a running container, whatever becomes of its file. */
static int keep_config(int dir, const struct conf *conf)
{
	auto_text struct text text = { 0 };

	conf_save(conf, &text);
	if (text.len > 1 << 20) /* which is as much as is read again */
		return fail(0, "the settings are longer than %d bytes, all together", 1 << 20);
	int r = file_write(dir, "config", 0600, text_get(&text));
	return r < 0 ? fail_in(r, "run directory") : 0;
}

static _Noreturn void be_daemon(struct call *call, struct run *run, struct monitor_options *options)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);

	setsid();
	umask(022);
	log_keep_console(); /* until the caller has been told */
	for (int fd = 0; fd < 3 && null >= 0; fd++)
		dup2(null, fd);
	if (null > 2)
		close(null);
	title_set(mem_format(&call->mem, "[lxc monitor] %s %s", call->lxcpath, call->name));
	if (chdir("/") < 0)
		log_warn("enter /: %s", strerror(errno));
	/* The caller says why, when it has heard. */
	_exit(monitor_run(run, options) < 0);
}

/* There is no supervisor that would clean up. Returns `r`. */
static int give_back(struct call *call, struct run *run, int r)
{
	struct failure why = *failure;

	state_release(run->dir, call->lxcpath, call->name);
	*failure = why;
	return r;
}

/* Waits until the supervisor says that the container runs, or why it does not. */
static int in_background(struct call *call, struct run *run, struct monitor_options *options)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return give_back(call, run, fail(errno, "make a pipe"));
	auto_fd int ready = ends[0];
	pid_t pid = fork();
	if (pid == 0) {
		close(take_fd(&ready));
		options->ready = ends[1];
		be_daemon(call, run, options);
	}
	if (pid < 0)
		fail(errno, "make the supervisor");
	close(ends[1]);
	if (pid < 0)
		return give_back(call, run, -1);
	struct failure why;
	if (monitor_wait_ready(ready, &why) < 0)
		return fail(0, "the supervisor was killed before the container ran");
	*failure = why;
	if (!why.text[0])
		return 0;
	return why.code > 0 ? -why.code : -EINVAL;
}

static int run_plan(struct call *call, const struct launch *l, struct run *run, int *status)
{
	struct monitor_options options = { .foreground = l->foreground,
					   .ready = -1,
					   .pidfile = l->pidfile };

	if (options.pidfile) {
		/* A copy: title_set() writes over the words of the command line. */
		options.pidfile = mem_text(&call->mem, options.pidfile);
		options.pidfile = option_path(call, options.pidfile);
		if (!options.pidfile)
			return give_back(call, run, -EINVAL);
	}
	if (run->plan->own_init) {
		run->exe = seal_open_self();
		if (run->exe < 0)
			return give_back(call, run, run->exe);
	}
	if (!l->foreground)
		return in_background(call, run, &options);
	int r = monitor_run(run, &options);
	TRY(r);
	*status = r;
	return 0;
}

/* The run directory and its lock, for us alone. */
static int claim(struct call *call, struct run *run)
{
	int r = state_claim(call->lxcpath, call->name, &run->dir, &run->lock);

	if (r == -EBUSY) {
		auto_seen struct seen seen = SEEN_NONE;
		TRY(state_look(call->lxcpath, call->name, &seen));
		if (seen.init.pid && seen.state != STATE_STARTING)
			r = -EEXIST;
	}
	if (r == -EEXIST)
		return fail(0, "Container is already running");
	return r == -EBUSY
		       ? fail(0, "%s is being started or stopped by another command", call->name)
		       : r;
}

/* Line by line, as values may have bytes in them that mean something to a terminal. */
static void print_plan(const struct plan *plan)
{
	auto_text struct text text = { 0 };

	plan_print(plan, &text);
	for (char *line = text.at; line && *line;) {
		char shown[4096], *end = strchr(line, '\n');
		*end = '\0';
		puts(str_printable(line, shown, sizeof(shown)));
		line = end + 1;
	}
}

static int act(struct call *call, const struct launch *l, struct conf *conf, int *status)
{
	struct plan plan;
	struct run run = RUN_NONE;
	int r = make_plan(call, l, conf, &plan);

	if (r == 0 && l->dry_run) {
		print_plan(&plan);
	} else if (r == 0) {
		run.plan = &plan;
		r = claim(call, &run);
		if (r == 0) {
			r = keep_config(run.dir, conf);
			if (r < 0)
				give_back(call, &run, r);
		}
		conf_free(conf);
		if (r == 0)
			r = run_plan(call, l, &run, status);
	}
	fd_close(&run.dir);
	fd_close(&run.lock);
	fd_close(&run.exe);
	plan_free(&plan);
	return r;
}

int launch(struct call *call, const struct launch *l, int *status)
{
	struct conf conf;
	int r = load(call, l, &conf);

	if (r == 0)
		r = act(call, l, &conf, status);
	conf_free(&conf);
	return r;
}
