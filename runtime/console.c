/* console.c - terminal relay and console log; it never waits for a reader (threats F5). */
#include "console.h"

#include <sys/ioctl.h>
#include <sys/stat.h>

#include "fail.h"
#include "log.h"
#include "sys.h"

/* More than a terminal holds, in pieces of a console_way. */
enum { DRAIN_READS = 256 };

static void set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (!(flags & O_NONBLOCK))
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

void console_resize(const struct console *console)
{
	struct winsize size;
	int from = isatty(console->in) ? console->in : console->out;

	if (console->master >= 0 && from >= 0 && ioctl(from, TIOCGWINSZ, &size) == 0)
		ioctl(console->master, TIOCSWINSZ, &size);
}

static void make_raw(struct console *console)
{
	struct termios raw;

	if (tcgetattr(console->in, &console->saved) < 0)
		return;
	raw = console->saved;
	cfmakeraw(&raw);
	console->raw = tcsetattr(console->in, TCSADRAIN, &raw) == 0;
}

/*
 * A terminal can take less than it is given, and then waits. To be told instead needs an open file
 * of our own: the caller's is shared with its shell, which would be told, too.
 */
static void open_writer(struct console *console)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", console->out);
	console->writer = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (console->writer >= 0)
		console->out = console->writer;
}

void console_begin(struct console *console, int master)
{
	console->master = master;
	if (console->in >= 0 && !isatty(console->in))
		console->in = -1;
	if (master < 0)
		return;
	set_nonblocking(master);
	if (console->in >= 0)
		make_raw(console);
	if (console->out >= 0 && !isatty(console->out))
		sys_plain_tty(master);
	else if (console->out >= 0 && console->peer < 0)
		open_writer(console);
	console_resize(console);
}

int console_output(unsigned kept)
{
	/* Standard output, else standard error, else what it types on. */
	return !(kept & 1 << 1) ? 1 : !(kept & 1 << 2) ? 2 : 0;
}

int console_open_peer(struct console *console, const char *path)
{
	console->peer = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC,
			     0600);
	if (console->peer < 0)
		return fail(errno, "open the console's terminal %s", path);
	console->in = console->out = console->peer;
	return 0;
}

static int reopen_log(struct console_log *log)
{
	struct stat st;

	fd_close(&log->fd);
	log->fd = open(log->path,
		       O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
			       O_NOCTTY,
		       0640);
	if (log->fd < 0)
		return fail(errno, "open the console log %s", log->path);
	if (fstat(log->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		fd_close(&log->fd);
		return fail(0, "the console log %s is not a regular file", log->path);
	}
	log->size = (uint64_t)st.st_size;
	return 0;
}

int console_open_log(struct console *console, const char *path, uint64_t max, bool rotate)
{
	console->log = (struct console_log){ .path = path, .max = max, .rotate = rotate, .fd = -1 };
	return reopen_log(&console->log);
}

/* A full log starts anew, behind FILE.1 if that is wanted. A full disk loses lines, no more. */
static void write_log(struct console_log *log, const char *data, size_t len)
{
	if (log->fd < 0)
		return;
	if (log->max && log->size + len > log->max) {
		char old[4096];
		snprintf(old, sizeof(old), "%s.1", log->path);
		if (!log->rotate) {
			if (ftruncate(log->fd, 0) == 0)
				log->size = 0;
		} else if (rename(log->path, old) < 0 || reopen_log(log) < 0) {
			log_warn("rotate the console log %s: %s", log->path, strerror(errno));
			fail_clear();
		}
	}
	if (log->fd < 0 || (log->max && log->size + len > log->max))
		return;
	ssize_t done = write(log->fd, data, len);
	if (done > 0)
		log->size += (uint64_t)done;
}

size_t console_poll(const struct console *console, struct pollfd *fds)
{
	const struct console_way *in = &console->inward, *out = &console->outward;
	short master = 0;
	size_t n = 0;

	if (console->master < 0)
		return 0;
	/* Backpressure: not read while the last output still waits for its reader. */
	if (out->from == out->to)
		master |= POLLIN;
	if (in->from < in->to)
		master |= POLLOUT;
	fds[n++] = (struct pollfd){ master ? console->master : -1, master, 0 };
	if (console->in >= 0 && in->from == in->to)
		fds[n++] = (struct pollfd){ console->in, POLLIN, 0 };
	if (console->out >= 0 && out->from < out->to)
		fds[n++] = (struct pollfd){ console->out, POLLOUT, 0 };
	return n;
}

/* Writes what is pending, at most what a pipe takes without blocking. False: the way is gone. */
static bool flush_way(struct console_way *way, int fd, size_t at_most)
{
	size_t len = way->to - way->from;
	ssize_t done = write(fd, way->data + way->from, len < at_most ? len : at_most);

	if (done < 0 && errno != EAGAIN && errno != EINTR)
		return false;
	if (done > 0)
		way->from += (size_t)done;
	if (way->from == way->to)
		way->from = way->to = 0;
	return true;
}

/*
 * Reads from the master. False: there is nothing now. EIO: no process has the other end open; one
 * may open it again.
 */
static bool read_master(struct console *console)
{
	struct console_way *way = &console->outward;
	ssize_t len = read(console->master, way->data, sizeof(way->data));

	if (len <= 0)
		return false;
	write_log(&console->log, way->data, (size_t)len);
	way->from = 0;
	way->to = console->out >= 0 ? (size_t)len : 0;
	return true;
}

static void read_caller(struct console *console)
{
	struct console_way *way = &console->inward;
	ssize_t len = read(console->in, way->data, sizeof(way->data));

	if (len > 0) {
		way->from = 0;
		way->to = (size_t)len;
	} else if (len == 0 || (errno != EAGAIN && errno != EINTR)) {
		console_restore(console); /* the terminal has hung up */
		console->in = -1;
	}
}

void console_unwatch(struct console *console)
{
	console->out = -1;
	console->outward.from = console->outward.to = 0;
}

void console_serve(struct console *console, const struct pollfd *fds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!fds[i].revents)
			continue;
		if (fds[i].fd == console->master && (fds[i].revents & (POLLIN | POLLHUP)) &&
		    console->outward.from == console->outward.to)
			read_master(console);
		if (fds[i].fd == console->master && (fds[i].revents & POLLOUT))
			flush_way(&console->inward, console->master, sizeof(console->inward.data));
		if (fds[i].fd == console->in && console->in >= 0 && (fds[i].events & POLLIN) &&
		    console->inward.from == console->inward.to)
			read_caller(console);
		if (fds[i].fd == console->out && console->out >= 0 && (fds[i].events & POLLOUT) &&
		    !flush_way(&console->outward, console->out, 512))
			console_unwatch(console);
	}
}

bool console_is_draining(struct console *console)
{
	if (console->master < 0)
		return false;
	/* What nobody watches is only for the log, and that does not wait; but it may never end. */
	for (int i = 0; i < DRAIN_READS && console->outward.from == console->outward.to; i++)
		if (!read_master(console))
			break;
	return console->outward.from < console->outward.to;
}

void console_restore(struct console *console)
{
	if (console->raw)
		tcsetattr(console->in, TCSADRAIN, &console->saved);
	console->raw = false;
}

void console_end(struct console *console)
{
	console_restore(console);
	fd_close(&console->master);
	fd_close(&console->writer);
	fd_close(&console->peer);
	fd_close(&console->log.fd);
	console->in = console->out = -1;
}
