/*
 * state.c - run directory, lock, record.
 *
 *   RUN/LXCPATH/NAME/lock      held by the supervisor for as long as it lives
 *   RUN/LXCPATH/NAME/state     the record, with a checksum: it is written in place
 *   RUN/LXCPATH/NAME/config    the configuration the container was started with
 *   RUN/LXCPATH/NAME/command   the supervisor's socket
 *
 * RUN is /run/lxc; LXCPATH its path with '/' as '-' and other odd bytes as =XX. All of it is
 * 0700 and ours (threats B11, I1). A lock file that was removed while one waited for it is no
 * lock: whoever takes it looks whether it still has a name.
 */
#include "state.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#include "conf.h"
#include "ctl.h"
#include "fail.h"
#include "file.h"

enum { CLAIM_MS = 1000, CLEAN_MS = 10000, MAX_TRIES = 100 };

static const char *const states[] = {
	[STATE_STOPPED] = "STOPPED",   [STATE_STARTING] = "STARTING", [STATE_RUNNING] = "RUNNING",
	[STATE_STOPPING] = "STOPPING", [STATE_ABORTING] = "ABORTING", [STATE_FREEZING] = "FREEZING",
	[STATE_FROZEN] = "FROZEN",     [STATE_THAWED] = "THAWED",
};

const char *state_name(enum state state)
{
	return state < STATE_COUNT ? states[state] : "?";
}

enum state state_of_name(const char *name)
{
	for (size_t i = 0; i < STATE_COUNT; i++)
		if (streq(states[i], name))
			return (enum state)i;
	return STATE_COUNT;
}

/* The directory run-time state is below: LXC_RUNTIME_DIR, or the system's for this user. */
static const char *run_dir(struct arena *mem)
{
	const char *dir = getenv("LXC_RUNTIME_DIR");

	if (dir && *dir == '/')
		return str_clean_path(mem, dir);
	if (geteuid() == 0)
		return "/run/lxc";
	dir = getenv("XDG_RUNTIME_DIR");
	if (dir && *dir == '/')
		return mem_format(mem, "%s/lxc", dir);
	dir = getenv("HOME");
	return mem_format(mem, "%s/.cache/lxc/run/lxc", dir ? dir : "");
}

/* A directory name for an lxcpath: no two share one, and it is not too long. */
static const char *path_name(struct arena *mem, const char *lxcpath)
{
	const char *path = str_clean_path(mem, lxcpath);
	char *out = mem_get(mem, strlen(path) * 3 + 24), *at = out;
	uint64_t hash = 14695981039346656037U; /* FNV-1a */

	for (const char *p = path + (*path == '/'); *p; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
			     (*p >= '0' && *p <= '9') || *p == '_' || (*p == '.' && at > out);
		hash = (hash ^ (unsigned char)*p) * 1099511628211U;
		if (*p == '/')
			*at++ = '-';
		else if (plain)
			*at++ = *p;
		else
			at += snprintf(at, 4, "=%02x", (unsigned char)*p);
	}
	*at = '\0';
	if (strlen(out) > 100)
		snprintf(out + 80, 24, "=%016llx", (unsigned long long)hash);
	return *out ? out : "-";
}

/* Whoever made it could have us signal and enter any process (threats A7). */
static int refuse(int fd, const char *run, const char *name)
{
	close(fd);
	return fail(0, "the run directory %s/%s belongs to another user", run, name);
}

/* The directory of all run directories of one lxcpath. */
static int path_dir(const char *lxcpath, bool make)
{
	struct stat st;
	struct arena mem = { 0 };
	const char *run = run_dir(&mem), *name = path_name(&mem, lxcpath);
	int fd = -ENOENT;

	if (make) {
		/* ENOENT: whoever was the last below it has just removed it. */
		for (int i = 0; i < MAX_TRIES && fd == -ENOENT; i++) {
			fd = file_make_dirs(run, 0755);
			if (fd == 0)
				fd = file_private_dir(AT_FDCWD,
						      mem_format(&mem, "%s/%s", run, name));
		}
	} else {
		fd = open(mem_format(&mem, "%s/%s", run, name),
			  O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (fd < 0)
			fd = errno == ENOENT
				     ? -ENOENT
				     : fail(errno, "open the run directory %s/%s", run, name);
		else if (fstat(fd, &st) < 0 || (st.st_uid != 0 && st.st_uid != geteuid()))
			fd = refuse(fd, run, name);
	}
	mem_release(&mem);
	return fd;
}

/* Opens the run directory of a container. -ENOENT without words when there is none. */
static int open_dir(const char *lxcpath, const char *name)
{
	auto_fd int parent = path_dir(lxcpath, false);

	TRY(parent);
	int dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (dir < 0 && errno != ENOENT)
		return fail(errno, "open the run directory of %s", name);
	return dir < 0 ? -ENOENT : dir;
}

/* One try to lock; -EAGAIN when the directory was just being removed. */
static int try_claim(int parent, const char *name, int *dir, int *lock)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct stat st;
	int made = file_private_dir(parent, name);

	if (made < 0)
		return made == -ENOENT ? -EAGAIN : made;
	auto_fd int own = made;
	auto_fd int fd = openat(own, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		int r = errno == ENOENT ? -EAGAIN : fail(errno, "open the lock of %s", name);
		unlinkat(parent, name, AT_REMOVEDIR); /* if it is empty */
		return r;
	}
	/* Of the open file, not of the process: it survives the fork of the supervisor. */
	if (fcntl(fd, F_OFD_SETLK, &whole) < 0)
		return errno == EAGAIN || errno == EACCES ? -EBUSY : fail(errno, "lock %s", name);
	if (fstat(fd, &st) < 0 || st.st_nlink == 0)
		return -EAGAIN;
	*dir = take_fd(&own);
	*lock = take_fd(&fd);
	return 0;
}

void state_release(int dir, const char *lxcpath, const char *name)
{
	static const char *const files[] = { "state", "config", "command", "lock" };
	auto_fd int parent = path_dir(lxcpath, false);

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		unlinkat(dir, files[i], 0);
	if (parent < 0)
		return;
	unlinkat(parent, name, AT_REMOVEDIR);
	/* And what is above it, if this was the last. */
	struct arena mem = { 0 };
	rmdir(mem_format(&mem, "%s/%s", run_dir(&mem), path_name(&mem, lxcpath)));
	mem_release(&mem);
}

static bool is_locked(int dir)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	auto_fd int fd = openat(dir, "lock", O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	/* Only asked, never taken: a start that tries at this moment must not be disturbed. */
	return fd >= 0 && fcntl(fd, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

/* The id of this boot, "" when there is no /proc. */
static void read_boot_id(char *out, size_t size)
{
	auto_text struct text text = { 0 };

	out[0] = '\0';
	if (file_read(AT_FDCWD, "/proc/sys/kernel/random/boot_id", 64, &text) < 0) {
		fail_clear();
		return;
	}
	snprintf(out, size, "%.36s", text_get(&text));
}

void record_begin(struct record *record)
{
	*record = (struct record){ .monitor = getpid() };
	if (process_start_time(record->monitor, &record->monitor_start) < 0)
		record->monitor_start = 0;
	read_boot_id(record->boot_id, sizeof(record->boot_id));
}

/* FNV-1a: tells a record that is whole from one that is just being written. */
static uint32_t checksum(const char *text, size_t len)
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619U;
	return hash;
}

/*
 * In place and in one write: replacing the file by a rename makes some file systems write it to
 * disk first, which took longer than the whole start. A reader that is in the middle sees that the
 * sum is wrong, and reads again.
 */
int state_save(int dir, const struct record *record)
{
	char text[1200], failed[512];

	str_printable(record->failure, failed, sizeof(failed));
	int len = snprintf(text, sizeof(text),
			   "lxcbox 1\nstate %s\nboot %s\nmonitor %d %llu\ninit %d %llu %llu\n"
			   "reboots %u\nfailure %s\n",
			   state_name(record->state), record->boot_id, record->monitor,
			   (unsigned long long)record->monitor_start, record->init,
			   (unsigned long long)record->init_start,
			   (unsigned long long)record->pid_namespace, record->reboots, failed);
	len += snprintf(text + len, sizeof(text) - (size_t)len, "sum %08x\n",
			checksum(text, (size_t)len));
	auto_fd int fd = openat(dir, "state", O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || pwrite(fd, text, (size_t)len, 0) != len)
		return fail(errno, "write the record in the run directory");
	return 0;
}

/* The blank-separated number at `*at`, which moves on. */
static uint64_t next_number(const char **at)
{
	char digits[24];
	uint64_t number = 0;
	size_t len = strcspn(*at, " ");

	snprintf(digits, sizeof(digits), "%.*s", (int)(len < 23 ? len : 23), *at);
	if (!str_number(digits, 0, UINT64_MAX, &number))
		number = 0;
	*at += len + ((*at)[len] == ' ');
	return number;
}

static void load_line(struct record *record, const char *line)
{
	const char *rest;

	if ((rest = str_after(line, "state "))) {
		record->state = state_of_name(rest);
	} else if ((rest = str_after(line, "boot "))) {
		snprintf(record->boot_id, sizeof(record->boot_id), "%.39s", rest);
	} else if ((rest = str_after(line, "monitor "))) {
		record->monitor = (pid_t)next_number(&rest);
		record->monitor_start = next_number(&rest);
	} else if ((rest = str_after(line, "init "))) {
		record->init = (pid_t)next_number(&rest);
		record->init_start = next_number(&rest);
		record->pid_namespace = next_number(&rest);
	} else if ((rest = str_after(line, "reboots "))) {
		record->reboots = (unsigned)next_number(&rest);
	} else if ((rest = str_after(line, "failure "))) {
		snprintf(record->failure, sizeof(record->failure), "%.511s", rest);
	}
}

/* Cuts the text behind its sum off. False: it is not whole. */
static bool is_whole(struct text *text)
{
	char *sum = text->at ? strstr(text->at, "\nsum ") : NULL;

	if (!sum)
		return false;
	sum++;
	bool good = strtoul(sum + 4, NULL, 16) == checksum(text->at, (size_t)(sum - text->at));
	*sum = '\0';
	return good;
}

int state_load(int dir, struct record *record)
{
	auto_text struct text text = { 0 };
	char boot[40];

	*record = (struct record){ 0 };
	for (int i = 0; i < 100; i++) {
		text.len = 0;
		TRY(file_read(dir, "state", 4096, &text));
		if (is_whole(&text))
			break;
		if (i == 99)
			return -ENOENT;
	}
	for (char *line = text.at; line && *line;) {
		char *end = line + strcspn(line, "\n");
		char *next = *end ? end + 1 : end;
		*end = '\0';
		load_line(record, line);
		line = next;
	}
	read_boot_id(boot, sizeof(boot));
	/* After a power cut on a run directory that is not a tmpfs. */
	if (!streq(boot, record->boot_id) || record->state >= STATE_COUNT)
		return -ENOENT;
	return 0;
}

int state_config(int dir, struct conf *conf)
{
	auto_text struct text text = { 0 };

	/* By the run directory's descriptor, which nobody but us can have filled. */
	int r = file_read(dir, "config", 1 << 20, &text);
	if (r < 0)
		return r == -ENOENT ? fail(ENOENT, "read the kept configuration") : r;
	return conf_load_memory(conf, "the configuration it was started with", text_get(&text));
}

/* The init of the record, if it is that very process and in that very pid namespace. */
static int hold_init(const struct record *record, struct process *init)
{
	TRY(process_open(record->init, record->init_start, init));
	if (!record->pid_namespace || process_pid_namespace(record->init) == record->pid_namespace)
		return 0;
	process_close(init);
	init->pid = 0;
	return -ESRCH;
}

/* Takes the lock and finds nothing alive behind it. -EAGAIN: try again; -EBUSY; -EEXIST. */
static int claim_once(const char *lxcpath, const char *name, int *dir, int *lock)
{
	struct process init = PROCESS_NONE;
	struct record record;
	auto_fd int parent = path_dir(lxcpath, true);

	TRY(parent);
	TRY(try_claim(parent, name, dir, lock));
	/* A container whose supervisor was killed may go on without it. */
	bool alive = state_load(*dir, &record) == 0 && hold_init(&record, &init) == 0;
	process_close(&init);
	fail_clear();
	if (!alive)
		return 0;
	fd_close(dir);
	fd_close(lock);
	return -EEXIST;
}

/* Whether the lock's holder is a supervisor, and not a command that is about to let it go. */
static bool is_supervised(const char *lxcpath, const char *name)
{
	struct process monitor = PROCESS_NONE;
	struct record record;
	int dir = open_dir(lxcpath, name);
	bool alive = dir >= 0 && state_load(dir, &record) == 0 &&
		     process_open(record.monitor, record.monitor_start, &monitor) == 0;

	process_close(&monitor);
	fail_clear();
	cleanup_fd(&dir);
	return alive;
}

int state_claim(const char *lxcpath, const char *name, int *dir, int *lock)
{
	int64_t deadline = process_clock() + CLAIM_MS;

	for (;;) {
		int r = claim_once(lxcpath, name, dir, lock);
		if (r != -EAGAIN && r != -EBUSY)
			return r;
		/* Another command may just be cleaning up: that takes milliseconds. */
		if (process_clock() > deadline || (r == -EBUSY && is_supervised(lxcpath, name)))
			return -EBUSY;
		poll(NULL, 0, 5);
	}
}

/* What a dead supervisor left of a dead container: removed under its lock, if that is free. */
static void recover(const char *lxcpath, const char *name)
{
	int dir = -1, lock = -1;

	if (claim_once(lxcpath, name, &dir, &lock) == 0)
		state_release(dir, lxcpath, name);
	fail_clear();
	fd_close(&dir);
	fd_close(&lock);
}

int state_look(const char *lxcpath, const char *name, struct seen *seen)
{
	*seen = (struct seen)SEEN_NONE;
	int dir = open_dir(lxcpath, name);
	if (dir == -ENOENT)
		return 0;
	TRY(dir);
	seen->dir = dir;
	seen->supervised = is_locked(dir);
	int r = state_load(dir, &seen->record);
	if (r == 0 && seen->record.init && hold_init(&seen->record, &seen->init) == 0) {
		seen->state = seen->record.state;
		/* An orphan can be in none of the states on the way to another. */
		if (!seen->supervised && seen->state != STATE_FROZEN)
			seen->state = STATE_RUNNING;
		return 0;
	}
	fail_clear();
	if (seen->supervised) {
		seen->state = r < 0		  ? STATE_STARTING
			      : seen->record.init ? STATE_STOPPING
						  : seen->record.state;
		return 0;
	}
	/* It may be one that is just being started: such a start waits for us. */
	recover(lxcpath, name);
	fd_close(&seen->dir);
	return 0;
}

void state_end_supervisor(const struct seen *seen)
{
	struct process monitor = PROCESS_NONE;

	if (seen->supervised &&
	    process_open(seen->record.monitor, seen->record.monitor_start, &monitor) == 0)
		process_signal(&monitor, SIGTERM);
	process_close(&monitor);
}

int state_wait_clean(const struct seen *seen, int connection)
{
	auto_fd int again = -1;
	const struct process monitor = { seen->record.monitor, seen->record.monitor_start, -1 };

	for (int i = 0; i < CLEAN_MS / 200; i++) {
		if (ctl_wait_end(connection, 200) == 0) {
			/* It also hangs up on who is silent for long: then it still listens. */
			fd_close(&again);
			connection = again = ctl_connect(seen->dir);
			if (again < 0 && again != -EAGAIN)
				return 0;
		}
		if (process_is_stopped(&monitor))
			break;
	}
	return -ETIMEDOUT;
}

void seen_close(struct seen *seen)
{
	process_close(&seen->init);
	fd_close(&seen->dir);
}

char **state_names(struct arena *arena, const char *lxcpath)
{
	char **names = mem_get(arena, sizeof(*names));
	int fd = path_dir(lxcpath, false);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	size_t len = 0;

	fail_clear();
	if (!dir) {
		cleanup_fd(&fd);
		return names;
	}
	names = NULL;
	for (struct dirent *entry; (entry = readdir(dir));) {
		if (!str_is_name(entry->d_name))
			continue;
		names = mem_grow(arena, names, &len, sizeof(*names));
		names[len - 1] = mem_text(arena, entry->d_name);
	}
	closedir(dir);
	names = mem_grow(arena, names, &len, sizeof(*names));
	names[len - 1] = NULL;
	return names;
}
