/* stop.c - lxc-stop: ask a container to shut down or reboot, or end it. */
#include <signal.h>

#include "command.h"
#include "ctl.h"
#include "state.h"

enum { DEFAULT_TIMEOUT = 60, KILL_MS = 10000, SIGRTMIN_3 = 37 };

struct stop_opts {
	bool reboot, nowait, kill, nolock, nokill;
	const char *timeout;
};
#define AT(field) offsetof(struct stop_opts, field)

static const struct opt opts[] = {
	{ 'r', "reboot", OPT_FLAG, AT(reboot), NULL, "Reboot the container" },
	{ 'W', "nowait", OPT_FLAG, AT(nowait), NULL, "Do not wait" },
	{ 't', "timeout", OPT_TEXT, AT(timeout), "SECONDS",
	  "Wait so long before it is ended for good (60; 0: do not wait; -1: for ever)" },
	{ 'k', "kill", OPT_FLAG, AT(kill), NULL, "End it for good, now" },
	{ 0, "nolock", OPT_FLAG, AT(nolock), NULL,
	  "With -k: wait for no other command (never done)" },
	{ 0, "nokill", OPT_FLAG, AT(nokill), NULL, "Do not end it when the time is over" },
};

/* What stopping needs to know of a running container. */
struct target {
	struct seen seen;
	struct conf conf;
	int supervisor; /* ends when it has cleaned up; -1: there is none */
};

static int check_opts(const struct stop_opts *o, long *timeout)
{
	*timeout = DEFAULT_TIMEOUT;
	if (o->timeout && (!str_signed(o->timeout, -1, INT32_MAX, timeout)))
		return fail(0, "Invalid timeout %s", o->timeout);
	if (o->kill && o->timeout)
		return fail(0, "-k can't be used with a timeout");
	if (o->kill && o->reboot)
		return fail(0, "-k can't be used with -r");
	if (o->kill && o->nokill)
		return fail(0, "-k can't be used with --nokill");
	if (o->nolock && !o->kill)
		return fail(0, "--nolock may only be used with -k");
	return 0;
}

/* The settings it was started with; the file's, should those be gone. */
static void load_settings(struct call *call, struct target *t)
{
	conf_init(&t->conf);
	if (state_config(t->seen.dir, &t->conf) == 0)
		return;
	conf_free(&t->conf);
	if (container_load(call, NULL, NULL, NULL, &t->conf) < 0)
		log_warn("read the signals of %s: %s", call->name, failure->text);
	fail_clear();
}

/* An init that blocks SIGPWR waits for SIGRTMIN+3, as systemd does. */
static int halt_signal(const struct target *t)
{
	uint64_t blocked, caught;

	if (t->conf.signal_halt)
		return t->conf.signal_halt;
	if (process_signal_sets(&t->seen.init, &blocked, &caught) == 0 &&
	    (blocked & 1ULL << (SIGPWR - 1)))
		return SIGRTMIN_3;
	return SIGPWR;
}

static int send_signal(const struct target *t, int number)
{
	int r = process_signal(&t->seen.init, number);

	return r < 0 && r != -ESRCH ? fail(-r, "send signal %d to the container", number) : 0;
}

/* No init is there now, but a supervisor that is about to start one again, or to end. */
static bool is_between(const struct seen *seen)
{
	return !seen->init.pid && seen->supervised && seen->record.monitor;
}

/* The init is gone: wait until its supervisor has cleaned up, or do it in its place. */
static int wait_clean(struct call *call, const struct target *t)
{
	auto_seen struct seen after;

	if (t->supervisor >= 0 && state_wait_clean(&t->seen, t->supervisor) < 0)
		log_warn("the supervisor of %s has not cleaned up", call->name);
	return state_look(call->lxcpath, call->name, &after);
}

static int kill_now(struct call *call, const struct target *t)
{
	TRY(send_signal(t, t->conf.signal_stop ? t->conf.signal_stop : SIGKILL));
	/* lxc.signal.stop may be one the init survives. */
	if (process_wait(&t->seen.init, KILL_MS) < 0)
		return fail(0, "%s did not end by signal %d", call->name, t->conf.signal_stop);
	/* Had it just rebooted, there would soon be another. */
	state_end_supervisor(&t->seen);
	return wait_clean(call, t);
}

static int reboot(struct call *call, const struct target *t, const struct stop_opts *o,
		  long timeout)
{
	TRY(send_signal(t, t->conf.signal_reboot));
	if (o->nowait || timeout == 0)
		return 0;
	int64_t deadline = process_clock() + (int64_t)timeout * 1000;
	if (process_wait(&t->seen.init, timeout < 0 ? -1 : (int64_t)timeout * 1000) < 0)
		return fail(0, "%s has not rebooted within %ld s", call->name, timeout);
	/* The supervisor starts the next one, or ends. */
	int supervisor = t->supervisor;
	for (;;) {
		auto_seen struct seen now;
		TRY(state_look(call->lxcpath, call->name, &now));
		if (now.state == STATE_RUNNING)
			return 0;
		if (now.state == STATE_STOPPED)
			return fail(0, "%s has stopped instead of rebooting", call->name);
		if (timeout >= 0 && process_clock() > deadline)
			return fail(0, "%s has not rebooted within %ld s", call->name, timeout);
		/* It also hangs up on who is silent for long: then this is a pause. */
		if (ctl_wait_end(supervisor, 50) == 0)
			supervisor = -1;
	}
}

static int shut_down(struct call *call, const struct target *t, const struct stop_opts *o,
		     long timeout)
{
	int number = halt_signal(t);

	TRY(send_signal(t, number));
	if (o->nowait || timeout == 0)
		return 0;
	if (process_wait(&t->seen.init, timeout < 0 ? -1 : (int64_t)timeout * 1000) == 0)
		return wait_clean(call, t);
	if (o->nokill)
		return fail_hint(fail(0, "%s is still running after %ld s", call->name, timeout),
				 "its init did not follow signal %d", number);
	log_info("%s did not follow signal %d within %ld s: ending it", call->name, number,
		 timeout);
	return kill_now(call, t);
}

static int stop(struct call *call, const struct stop_opts *o, long timeout, struct target *t)
{
	TRY(state_look(call->lxcpath, call->name, &t->seen));
	if (!t->seen.init.pid && !is_between(&t->seen)) {
		fail(0, "%s is not running", call->name);
		return 2;
	}
	load_settings(call, t);
	if (t->seen.supervised)
		t->supervisor = ctl_connect(t->seen.dir);
	if (t->supervisor < 0)
		log_debug("%s has no supervisor that answers", call->name);
	if (is_between(&t->seen) && !o->reboot) {
		state_end_supervisor(&t->seen);
		return o->nowait ? 0 : wait_clean(call, t);
	}
	if (o->kill)
		return kill_now(call, t);
	return o->reboot ? reboot(call, t, o, timeout) : shut_down(call, t, o, timeout);
}

static int run(struct call *call, const void *arg)
{
	const struct stop_opts *o = arg;
	struct target t = { .seen = SEEN_NONE, .supervisor = -1 };
	long timeout;

	TRY(check_opts(o, &timeout));
	TRY(container_control(call));
	int r = stop(call, o, timeout, &t);
	fd_close(&t.supervisor);
	seen_close(&t.seen);
	conf_free(&t.conf);
	return r;
}

const struct command command_stop = {
	.name = "stop",
	.about = "Stop a container: ask its init to shut down, and end it when it does not.",
	.details = "The init is sent lxc.signal.halt; without that key SIGPWR, or SIGRTMIN+3 when "
		   "it blocks SIGPWR as systemd does. When it has not ended in time, it is sent "
		   "lxc.signal.stop. It works without the supervisor, too.",
	.status = "0 when the container has stopped, or was only to be asked to. 2 when it was not "
		  "running. 1 when it did not stop.",
	.opts = opts,
	.n_opts = ARRAY_LEN(opts),
	.opts_size = sizeof(struct stop_opts),
	.flags = CMD_NAME,
	.run = run,
};
