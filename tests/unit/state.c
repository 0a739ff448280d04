/* state.c - run directory, lock, record: who may start, what is believed, what is cleared away. */
#include "state.h"

#include <dirent.h>
#include <signal.h>

#include "tests/unit/helper.h"

#define LXCPATH "/var/lib/lxc"

static char run[160]; /* LXC_RUNTIME_DIR */

/* How many names there are below the run directory's top. */
static int count_left(void)
{
	auto_fd int top = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int left = 0;

	if (top < 0)
		return 0;
	DIR *list = fdopendir(take_fd(&top));
	for (struct dirent *entry; list && (entry = readdir(list));)
		left += entry->d_name[0] != '.';
	if (list)
		closedir(list);
	return left;
}

static void let_go(const char *lxcpath, const char *name, int *dir, int *lock)
{
	state_release(*dir, lxcpath, name);
	fd_close(dir);
	fd_close(lock);
}

static pid_t idle_child(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	must(pid > 0, "fork");
	return pid;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	wait_for(pid);
}

/* A record of a container whose init is `init`, and whose supervisor we are. */
static struct record record_of(pid_t init)
{
	struct record record;

	record_begin(&record);
	record.state = STATE_RUNNING;
	record.init = init;
	if (init) {
		must(process_start_time(init, &record.init_start) == 0, "look at a child");
		record.pid_namespace = process_pid_namespace(init);
	}
	return record;
}

/* ---- names ---- */

static void test_names(void)
{
	static const char *const want[] = { "STOPPED",	"STARTING", "RUNNING", "STOPPING",
					    "ABORTING", "FREEZING", "FROZEN",  "THAWED" };

	is_int(STATE_COUNT, (long)ARRAY_LEN(want), "LXC's eight states");
	for (int i = 0; i < STATE_COUNT; i++) {
		is_str(state_name((enum state)i), want[i], "state %d", i);
		is_int(state_of_name(want[i]), i, "and back");
	}
	is_int(state_of_name("running"), STATE_COUNT, "no small letters");
	is_int(state_of_name(""), STATE_COUNT, "no name");
	ok(state_name((enum state)99) != NULL, "any number has a name to print");
}

/* ---- the lock ---- */

static int claim_child(void *arg)
{
	int dir = -1, lock = -1, r = state_claim(LXCPATH, arg, &dir, &lock);

	fd_close(&dir);
	fd_close(&lock);
	return r == 0 ? 0 : r == -EBUSY ? 1 : r == -EEXIST ? 2 : 3;
}

static void test_claim(void)
{
	struct stat st;
	int dir = -1, lock = -1, other = -1, second = -1, fds = count_fds();
	char name[] = "c1";

	is_int(state_claim(LXCPATH, name, &dir, &lock), 0, "a container is claimed");
	ok(fstat(dir, &st) == 0 && (st.st_mode & 07777) == 0700 && st.st_uid == geteuid(),
	   "its run directory is ours alone");
	ok(fcntl(dir, F_GETFD) == FD_CLOEXEC && fcntl(lock, F_GETFD) == FD_CLOEXEC,
	   "neither descriptor survives exec");
	struct record record = record_of(0);
	is_int(state_save(dir, &record), 0, "by a supervisor that has said so");
	is_int(state_claim(LXCPATH, name, &other, &second), -EBUSY, "not a second time");
	ok(other == -1 && second == -1, "and nothing is opened for it");
	is_int(exit_status(in_child(claim_child, name)), 1, "nor by another process");
	is_int(exit_status(in_child(claim_child, "c2")), 0, "another container is");
	let_go(LXCPATH, name, &dir, &lock);
	is_int(exit_status(in_child(claim_child, name)), 0, "let go, it can be claimed again");
	is_int(state_claim(LXCPATH, name, &dir, &lock), 0, "also when a lock was left behind");
	let_go(LXCPATH, name, &dir, &lock);
	is_int(state_claim(LXCPATH, "c2", &dir, &lock), 0, "and the other");
	let_go(LXCPATH, "c2", &dir, &lock);
	is_int(count_left(), 0, "nothing is left of them");
	is_int(count_fds(), fds, "no descriptor either");
}

/* The lock is of the open file: a supervisor that forks and goes leaves it to its child. */
static void test_lock_of_child(void)
{
	struct seen seen;
	int dir = -1, lock = -1;

	must(state_claim(LXCPATH, "c1", &dir, &lock) == 0, "claim");
	pid_t heir = idle_child();
	struct record record = record_of(0);
	record.monitor = heir;
	must(process_start_time(heir, &record.monitor_start) == 0, "look at the heir");
	must(state_save(dir, &record) == 0, "save");
	fd_close(&lock);
	is_int(exit_status(in_child(claim_child, "c1")), 1, "a child holds on to the lock");
	state_look(LXCPATH, "c1", &seen);
	ok(seen.supervised, "which is seen");
	seen_close(&seen);
	end_child(heir);
	is_int(exit_status(in_child(claim_child, "c1")), 0, "until it ends");
	fd_close(&dir);
	state_look(LXCPATH, "c1", &seen);
	seen_close(&seen);
	is_int(count_left(), 0, "nothing is left");
}

/* Claims and lets go, over and over; only one process may be in between at any time. */
static int contend(void *arg)
{
	const char *name = arg;

	for (int i = 0; i < 300; i++) {
		int dir = -1, lock = -1, r = state_claim(LXCPATH, name, &dir, &lock);
		if (r == -EBUSY)
			continue;
		if (r < 0) {
			diag("%s: claim: %s", name, failure->text);
			return 1;
		}
		if (streq(name, "same") && mkdir("alone", 0700) < 0)
			return 2;
		if (streq(name, "same"))
			rmdir("alone");
		let_go(LXCPATH, name, &dir, &lock);
	}
	return 0;
}

static void test_contention(void)
{
	char *names[] = { (char[]){ "same" }, (char[]){ "same" }, (char[]){ "same" },
			  (char[]){ "c1" }, (char[]){ "c2" } };
	pid_t pids[ARRAY_LEN(names)];
	int failed = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		pids[i] = fork();
		must(pids[i] >= 0, "fork");
		if (pids[i] == 0)
			_exit(contend(names[i]));
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		failed += exit_status(wait_for(pids[i])) != 0;
	is_int(failed, 0, "five processes start and stop at once, one at a time");
	is_int(count_left(), 0, "nothing is left of that");
}

/* ---- the record ---- */

static const char *const failures[] = {
	"",
	"mount proc on /proc: Operation not permitted",
	"with \"quotes\" and a # and = signs",
	"\xc3\xa4\xe2\x82\xac",
	"ends in a blank ",
};

static bool same_record(const struct record *a, const struct record *b)
{
	return a->state == b->state && a->init == b->init && a->init_start == b->init_start &&
	       a->pid_namespace == b->pid_namespace && a->monitor == b->monitor &&
	       a->monitor_start == b->monitor_start && a->reboots == b->reboots &&
	       streq(a->boot_id, b->boot_id) && streq(a->failure, b->failure);
}

static void test_record(void)
{
	struct record record, loaded;
	int dir = open_dir("."), fds = count_fds();

	unlink("state");
	is_int(state_load(dir, &loaded), -ENOENT, "no record yet");
	record_begin(&record);
	ok(record.monitor == getpid() && record.monitor_start && strlen(record.boot_id) == 36,
	   "a record begins with us and this boot");
	for (int state = 0; state < STATE_COUNT; state++) {
		record.state = (enum state)state;
		is_int(state_save(dir, &record), 0, "a record is saved, %s", state_name(state));
		ok(state_load(dir, &loaded) == 0 && same_record(&record, &loaded), "and loaded");
	}
	record.init = INT32_MAX;
	record.init_start = record.monitor_start = record.pid_namespace = UINT64_MAX;
	record.reboots = UINT32_MAX;
	for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
		snprintf(record.failure, sizeof(record.failure), "%s", failures[i]);
		state_save(dir, &record);
		ok(state_load(dir, &loaded) == 0 && same_record(&record, &loaded),
		   "with the failure \"%s\"", failures[i]);
	}
	memset(record.failure, 'x', sizeof(record.failure) - 1);
	record.failure[sizeof(record.failure) - 1] = '\0';
	state_save(dir, &record);
	ok(state_load(dir, &loaded) == 0 && same_record(&record, &loaded), "with a long failure");
	struct record small = record_of(0);
	state_save(dir, &small);
	ok(state_load(dir, &loaded) == 0 && same_record(&small, &loaded),
	   "a short one over a long one");
	is_int(count_fds(), fds, "no descriptor is left open");
	close(dir);
}

/* What went wrong may have been told by the container: it must not become a line of its own. */
static void test_record_lines(void)
{
	struct record record = record_of(0), loaded;
	int dir = open_dir(".");

	snprintf(record.failure, sizeof(record.failure), "x\ninit 1 1 1\nsum 0\n\033[31m");
	state_save(dir, &record);
	ok(state_load(dir, &loaded) == 0 && loaded.init == 0, "a failure of several lines is one");
	ok(!strpbrk(loaded.failure, "\n\033") && str_after(loaded.failure, "x"),
	   "and fit to be shown: %s", loaded.failure);
	memset(record.failure, '\n', sizeof(record.failure) - 1);
	record.failure[sizeof(record.failure) - 1] = '\0';
	ok(state_save(dir, &record) == 0 && state_load(dir, &loaded) == 0,
	   "one that is all line breaks");
	close(dir);
}

/* A record that is not whole is none, wherever it was cut or changed. */
static void test_torn(void)
{
	struct record record = record_of(getpid()), loaded;
	char text[1400], bad[1400];
	int dir = open_dir("."), believed = 0;

	snprintf(record.failure, sizeof(record.failure), "something failed");
	state_save(dir, &record);
	must(slurp("state", text, sizeof(text)) != NULL, "read the record");
	size_t len = strlen(text);
	for (size_t cut = 0; cut + 1 < len; cut++) {
		snprintf(bad, sizeof(bad), "%.*s", (int)cut, text);
		make_file("state", bad);
		believed += state_load(dir, &loaded) == 0 && !same_record(&loaded, &record);
	}
	is_int(believed, 0, "cut anywhere it is not believed");
	for (size_t at = 0; at + 1 < len; at++) {
		memcpy(bad, text, len + 1);
		bad[at] ^= 1;
		make_file("state", bad);
		believed += state_load(dir, &loaded) == 0 && !same_record(&loaded, &record);
	}
	is_int(believed, 0, "changed anywhere it is not believed");
	static const char *const others[] = { "\n", "lxcbox 1\n", "sum 811c9dc5\n",
					      "\nsum 050c5d2f\n", "\nsum \n" };
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		make_file("state", others[i]);
		ok(state_load(dir, &loaded) < 0, "nor is \"%s\"", others[i]);
		fail_clear();
	}
	close(dir);
}

static void test_no_file(void)
{
	struct record loaded;
	int dir = open_dir(".");

	unlink("state");
	make_dir("state");
	is_error(state_load(dir, &loaded), "state", "a directory is no record");
	rmdir("state");
	must(mkfifo("state", 0600) == 0, "mkfifo");
	is_error(state_load(dir, &loaded), "regular file", "nor a FIFO");
	unlink("state");
	must(truncate("state", 0) < 0, "no file");
	int fd = open("state", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	must(fd >= 0 && ftruncate(fd, 1 << 20) == 0, "make a large file");
	close(fd);
	is_error(state_load(dir, &loaded), "larger", "nor a file of 1 MiB");
	unlink("state");
	make_link("elsewhere", "state");
	struct record record = record_of(0);
	is_error(state_save(dir, &record), "record", "a link is not written through");
	ok(!exists("elsewhere"), "to anywhere");
	unlink("state");
	close(dir);
}

static void test_other_boot(void)
{
	struct record record = record_of(getpid()), loaded;
	int dir = open_dir(".");

	record.boot_id[0] = record.boot_id[0] == 'a' ? 'b' : 'a';
	state_save(dir, &record);
	is_int(state_load(dir, &loaded), -ENOENT, "a record of another boot is none");
	record.boot_id[0] = '\0';
	state_save(dir, &record);
	is_int(state_load(dir, &loaded), -ENOENT, "nor is one of no boot");
	unlink("state");
	close(dir);
}

/* ---- a container as seen from outside ---- */

enum change {
	NOTHING,
	NO_RECORD,
	OTHER_START,
	OTHER_NAMESPACE,
	OTHER_BOOT,
	TORN,
	DEAD_INIT,
	NO_INIT
};

static const struct look {
	const char *name;
	enum state recorded;
	enum change change;
	bool locked; /* there is a supervisor */
	enum state state;
	bool held; /* the init is */
	bool gone; /* and what was left is cleared away */
} looks[] = {
	{ "running", STATE_RUNNING, NOTHING, true, STATE_RUNNING, true, false },
	{ "starting", STATE_STARTING, NOTHING, true, STATE_STARTING, true, false },
	{ "stopping", STATE_STOPPING, NOTHING, true, STATE_STOPPING, true, false },
	{ "frozen", STATE_FROZEN, NOTHING, true, STATE_FROZEN, true, false },
	{ "just begun", STATE_STARTING, NO_INIT, true, STATE_STARTING, false, false },
	{ "failed", STATE_ABORTING, NO_INIT, true, STATE_ABORTING, false, false },
	{ "without a record yet", STATE_RUNNING, NO_RECORD, true, STATE_STARTING, false, false },
	{ "its init just ended", STATE_RUNNING, DEAD_INIT, true, STATE_STOPPING, false, false },
	/* the supervisor is dead, the container lives */
	{ "an orphan", STATE_RUNNING, NOTHING, false, STATE_RUNNING, true, false },
	{ "an orphan since its start", STATE_STARTING, NOTHING, false, STATE_RUNNING, true, false },
	{ "an orphan since its stop", STATE_STOPPING, NOTHING, false, STATE_RUNNING, true, false },
	{ "a frozen orphan", STATE_FROZEN, NOTHING, false, STATE_FROZEN, true, false },
	/* both are */
	{ "dead", STATE_RUNNING, DEAD_INIT, false, STATE_STOPPED, false, true },
	{ "dead before its init", STATE_STARTING, NO_INIT, false, STATE_STOPPED, false, true },
	{ "dead, its number used again", STATE_RUNNING, OTHER_START, false, STATE_STOPPED, false,
	  true },
	{ "dead, its number in another namespace", STATE_RUNNING, OTHER_NAMESPACE, false,
	  STATE_STOPPED, false, true },
	{ "of another boot", STATE_RUNNING, OTHER_BOOT, false, STATE_STOPPED, false, true },
	{ "torn", STATE_RUNNING, TORN, false, STATE_STOPPED, false, true },
	{ "dead before its record", STATE_RUNNING, NO_RECORD, false, STATE_STOPPED, false, true },
};

/* Leaves a run directory as the row says; returns the lock, or -1. */
static int leave_behind(const struct look *row, pid_t init)
{
	int dir = -1, lock = -1;
	struct record record = record_of(row->change == NO_INIT ? 0 : init);

	must(state_claim(LXCPATH, "c1", &dir, &lock) == 0, "claim");
	record.state = row->recorded;
	record.init_start += row->change == OTHER_START;
	record.pid_namespace += row->change == OTHER_NAMESPACE;
	if (row->change == OTHER_BOOT)
		record.boot_id[0] = 'x';
	if (row->change != NO_RECORD)
		must(state_save(dir, &record) == 0, "save");
	must(file_write(dir, "config", 0600, "lxc.uts.name = c1\n") == 0, "write");
	if (row->change == TORN)
		must(file_write(dir, "state", 0600, "lxcbox 1\nstate RUNN") == 0, "write");
	fd_close(&dir);
	if (!row->locked)
		fd_close(&lock);
	return lock;
}

static void check_look(const struct look *row)
{
	struct seen seen;
	pid_t init = idle_child();
	int fds = count_fds(), lock = leave_behind(row, init);

	if (row->change == DEAD_INIT)
		end_child(init);
	is_int(state_look(LXCPATH, "c1", &seen), 0, "%s: looked at", row->name);
	is_str(state_name(seen.state), state_name(row->state), "%s: its state", row->name);
	is_int(seen.supervised, row->locked, "%s: its supervisor", row->name);
	is_int(seen.init.pid, row->held ? init : 0, "%s: its init", row->name);
	is_int(seen.dir < 0, row->gone, "%s: its run directory", row->name);
	seen_close(&seen);
	seen_close(&seen);
	is_int(count_left(), !row->gone, "%s: what is left of it", row->name);
	fd_close(&lock);
	if (row->change != DEAD_INIT)
		end_child(init);
	state_look(LXCPATH, "c1", &seen);
	seen_close(&seen);
	remove_tree("run");
	is_int(count_fds(), fds, "%s: no descriptor is left open", row->name);
	fail_clear();
}

static void test_look(void)
{
	struct seen seen;

	is_int(state_look(LXCPATH, "none", &seen), 0, "one that never was");
	ok(seen.state == STATE_STOPPED && !seen.supervised && seen.dir == -1, "is stopped");
	seen_close(&seen);
	for (size_t i = 0; i < ARRAY_LEN(looks); i++)
		check_look(&looks[i]);
}

/* One that lives on without a supervisor is not started beside itself (threats I7). */
static void test_claim_orphan(void)
{
	const struct look orphan = { "an orphan", STATE_FROZEN, NOTHING, false, 0, 0, 0 };
	pid_t init = idle_child();
	int dir = -1, lock = -1;

	leave_behind(&orphan, init);
	is_int(state_claim(LXCPATH, "c1", &dir, &lock), -EEXIST, "an orphan is not claimed");
	ok(dir == -1 && lock == -1, "and nothing is opened for it");
	end_child(init);
	is_int(state_claim(LXCPATH, "c1", &dir, &lock), 0, "until its init is dead");
	let_go(LXCPATH, "c1", &dir, &lock);
	is_int(count_left(), 0, "nothing is left");
}

int main(void)
{
	temp_enter();
	snprintf(run, sizeof(run), "%s/run", temp_dir);
	setenv("LXC_RUNTIME_DIR", run, 1);
	test_names();
	test_claim();
	test_lock_of_child();
	test_contention();
	test_record();
	test_record_lines();
	test_torn();
	test_no_file();
	test_other_boot();
	test_look();
	test_claim_orphan();
	return tap_done();
}
