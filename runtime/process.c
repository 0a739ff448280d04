/* process.c - another process, held by a pidfd, or before Linux 5.3 by its number and birth. */
#include "process.h"

#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include "str.h"
#include "sys.h"

int64_t process_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads /proc/PID/stat: the state letter (field 3) and the start time (field 22). */
static int read_stat(pid_t pid, char *state, uint64_t *start)
{
	char path[32], line[1024];

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	ssize_t len = read(fd, line, sizeof(line) - 1);
	if (len <= 0)
		return -ESRCH;
	line[len] = '\0';
	/* The name in parentheses may have anything in it, but not after the last one. */
	char *at = strrchr(line, ')');
	if (!at || at[1] != ' ')
		return -EIO;
	*state = at[2];
	at += 2;
	for (int field = 3; field < 22; field++) {
		at += strcspn(at, " ");
		at += *at == ' ';
	}
	at[strcspn(at, " ")] = '\0';
	return str_number(at, 0, UINT64_MAX, start) ? 0 : -EIO;
}

int process_start_time(pid_t pid, uint64_t *start)
{
	char state;

	return read_stat(pid, &state, start);
}

uint64_t process_pid_namespace(pid_t pid)
{
	char path[40];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
	return stat(path, &st) == 0 ? (uint64_t)st.st_ino : 0;
}

int process_open(pid_t pid, uint64_t start, struct process *process)
{
	uint64_t now;

	*process = (struct process)PROCESS_NONE;
	if (pid <= 0)
		return -ESRCH;
	/* First the handle, then the look: what is seen is what is held. */
	auto_fd int pidfd = sys_pidfd_open(pid);
	if (pidfd < 0 && errno != ENOSYS)
		return -errno;
	char state;
	TRY(read_stat(pid, &state, &now));
	if (now != start || state == 'Z' || state == 'X')
		return -ESRCH;
	*process = (struct process){ pid, start, take_fd(&pidfd) };
	return 0;
}

int process_signal(const struct process *process, int number)
{
	uint64_t now;

	if (process->pidfd >= 0 && sys_pidfd_signal(process->pidfd, number) == 0)
		return 0;
	/* A filter may know the one call and not the other. */
	if (process->pidfd >= 0 && errno != ENOSYS)
		return -errno;
	if (process_start_time(process->pid, &now) < 0 || now != process->start)
		return -ESRCH;
	return kill(process->pid, number) < 0 ? -errno : 0;
}

bool process_alive(const struct process *process)
{
	uint64_t now = 0;
	char state = 'X';

	if (process->pidfd >= 0) {
		struct pollfd ended = { process->pidfd, POLLIN, 0 };
		return poll(&ended, 1, 0) == 0;
	}
	return read_stat(process->pid, &state, &now) == 0 && now == process->start &&
	       state != 'Z' && state != 'X';
}

bool process_is_stopped(const struct process *process)
{
	uint64_t now;
	char state;

	return read_stat(process->pid, &state, &now) == 0 && now == process->start &&
	       (state == 'T' || state == 't');
}

int process_wait(const struct process *process, int64_t ms)
{
	int64_t deadline = ms < 0 ? 0 : process_clock() + ms;

	for (;;) {
		int64_t left = ms < 0 ? -1 : deadline - process_clock();
		struct pollfd ended = { process->pidfd, POLLIN, 0 };
		/* Before 5.3 there is nothing to wait on but time. */
		int slice = process->pidfd >= 0	    ? (int)(left > INT32_MAX ? INT32_MAX : left)
			    : left < 0 || left > 20 ? 20
						    : (int)left;
		int r = poll(&ended, process->pidfd >= 0, slice);
		if (r < 0 && errno != EINTR)
			return -errno;
		if (!process_alive(process))
			return 0;
		if (ms >= 0 && process_clock() >= deadline)
			return -ETIMEDOUT;
	}
}

void process_close(struct process *process)
{
	fd_close(&process->pidfd);
}

int process_signal_sets(const struct process *process, uint64_t *blocked, uint64_t *caught)
{
	char path[32], text[2048];
	size_t len = 0;
	ssize_t got;

	*blocked = *caught = 0;
	snprintf(path, sizeof(path), "/proc/%d/status", process->pid);
	auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (len < sizeof(text) - 1 && (got = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	text[len] = '\0';
	const char *block = strstr(text, "\nSigBlk:"), *handled = strstr(text, "\nSigCgt:");
	if (!block || !handled || !process_alive(process))
		return -ESRCH;
	*blocked = strtoull(block + 8, NULL, 16);
	*caught = strtoull(handled + 8, NULL, 16);
	return 0;
}
