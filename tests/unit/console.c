/* console.c - the relay between a container's terminal and whoever watches; its log; no waiting. */
#include "console.h"

#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>

#include "str.h"
#include "tests/unit/helper.h"

/* ---- both ends of everything ---- */

/* A terminal: the master end, and the slave a process has. */
struct pty {
	int master, slave;
};

static struct pty new_pty(void)
{
	struct pty pty;

	must(openpty(&pty.master, &pty.slave, NULL, NULL, NULL) == 0, "openpty");
	fcntl(pty.master, F_SETFD, FD_CLOEXEC);
	fcntl(pty.slave, F_SETFD, FD_CLOEXEC);
	return pty;
}

/* The terminal of a payload without echo and without CR, so that what is written is what comes. */
static struct pty raw_pty(void)
{
	struct pty pty = new_pty();
	struct termios mode;

	must(tcgetattr(pty.slave, &mode) == 0, "tcgetattr");
	cfmakeraw(&mode);
	must(tcsetattr(pty.slave, TCSANOW, &mode) == 0, "tcsetattr");
	return pty;
}

enum { PATIENCE_MS = 10000 };

/* Serves the console until `want` bytes have come out at `fd`, or no more come. */
static const char *serve_until(struct console *console, int fd, size_t want, struct text *got)
{
	while (got->len < want) {
		struct pollfd fds[4];
		char piece[4096];
		size_t n = console_poll(console, fds);
		fds[n] = (struct pollfd){ fd, POLLIN, 0 };
		if (poll(fds, n + 1, PATIENCE_MS) <= 0)
			break;
		console_serve(console, fds, n);
		if (!(fds[n].revents & POLLIN))
			continue;
		ssize_t len = read(fd, piece, sizeof(piece));
		if (len <= 0)
			break;
		text_add_len(got, piece, (size_t)len);
	}
	return text_get(got);
}

/* Serves it for as long as there is something to do. */
static void serve_all(struct console *console)
{
	struct pollfd fds[3];

	for (;;) {
		size_t n = console_poll(console, fds);
		if (poll(fds, n, 100) <= 0)
			return;
		console_serve(console, fds, n);
	}
}

static void write_text(int fd, const char *text)
{
	must(write(fd, text, strlen(text)) == (ssize_t)strlen(text), "write");
}

/* ---- in front of somebody's terminal ---- */

static bool same_mode(int fd, const struct termios *want)
{
	struct termios now;

	return tcgetattr(fd, &now) == 0 && now.c_iflag == want->c_iflag &&
	       now.c_oflag == want->c_oflag && now.c_cflag == want->c_cflag &&
	       now.c_lflag == want->c_lflag && memcmp(now.c_cc, want->c_cc, sizeof(now.c_cc)) == 0;
}

static void test_terminal(void)
{
	struct console console = CONSOLE_NONE;
	struct pty user = new_pty(), payload = raw_pty();
	auto_text struct text out = { 0 }, in = { 0 };
	struct termios before, during;
	int fds = count_fds(), other = dup(user.slave);

	must(tcgetattr(user.slave, &before) == 0, "tcgetattr");
	console.in = user.slave;
	console.out = other;
	console_begin(&console, dup(payload.master));
	ok(tcgetattr(user.slave, &during) == 0 && !(during.c_lflag & (ICANON | ECHO | ISIG)) &&
		   !(during.c_oflag & OPOST),
	   "the caller's terminal is raw");
	write_text(payload.slave, "login: \033[31m\xc3\xa4\x80\r\n");
	is_str(serve_until(&console, user.master, 17, &out), "login: \033[31m\xc3\xa4\x80\r\n",
	       "what is written inside comes out, byte by byte");
	write_text(user.master, "root\003\004\x7f\r");
	is_str(serve_until(&console, payload.slave, 8, &in), "root\003\004\x7f\r",
	       "what is typed goes in, control bytes too");
	console_restore(&console);
	ok(same_mode(user.slave, &before), "the terminal has its mode back");
	tcsetattr(user.slave, TCSANOW, &during);
	console_restore(&console);
	ok(same_mode(user.slave, &during), "given back once it is left alone");
	console_end(&console);
	console_end(&console);
	close(other);
	is_int(count_fds(), fds, "what was taken over is closed, and nothing else");
	close(user.master);
	close(user.slave);
	close(payload.master);
	close(payload.slave);
}

static void test_size(void)
{
	struct console console = CONSOLE_NONE;
	struct pty user = new_pty(), payload = new_pty();
	struct winsize size = { 33, 99, 0, 0 }, got = { 0 };

	ioctl(user.slave, TIOCSWINSZ, &size);
	console.in = console.out = user.slave;
	console_begin(&console, dup(payload.master));
	ioctl(payload.slave, TIOCGWINSZ, &got);
	ok(got.ws_row == 33 && got.ws_col == 99, "the size of the caller's terminal is handed on");
	size.ws_row = 44;
	ioctl(user.slave, TIOCSWINSZ, &size);
	console_resize(&console);
	ioctl(payload.slave, TIOCGWINSZ, &got);
	is_int(got.ws_row, 44, "a new one, too");
	console_end(&console);
	console_resize(&console);
	close(user.master);
	close(user.slave);
	close(payload.master);
	close(payload.slave);
}

/* In a child: one descriptor to read and to write, which is not ours to make non-blocking. */
static int same_descriptor(void *arg)
{
	struct console console = CONSOLE_NONE;
	struct pty user = new_pty(), payload = raw_pty();
	auto_text struct text out = { 0 }, in = { 0 };

	alarm(10);
	console.in = console.out = user.slave;
	console_begin(&console, payload.master);
	write_text(payload.slave, "hello");
	serve_until(&console, user.master, 5, &out);
	write_text(user.master, "typed");
	serve_until(&console, payload.slave, 5, &in);
	return !streq(text_get(&out), "hello") || !streq(text_get(&in), "typed");
}

/* The caller's terminal goes away: what runs inside goes on. */
static void test_hangup(void)
{
	struct console console = CONSOLE_NONE;
	struct pty user = new_pty(), payload = raw_pty();
	struct pollfd fds[3];

	console.in = console.out = user.slave;
	console_begin(&console, dup(payload.master));
	close(user.master);
	for (int i = 0; i < 20 && (console.in >= 0 || console.out >= 0); i++) {
		write_text(payload.slave, "x");
		size_t n = console_poll(&console, fds);
		if (poll(fds, n, PATIENCE_MS) > 0)
			console_serve(&console, fds, n);
	}
	ok(console.in == -1 && console.out == -1, "a terminal that hung up is let go of");
	write_text(payload.slave, "more");
	serve_all(&console);
	ok(console.master >= 0, "the console goes on");
	console_end(&console);
	close(user.slave);
	close(payload.master);
	close(payload.slave);
}

/* ---- in front of a pipe, a file, or nobody ---- */

static void test_pipe(void)
{
	struct console console = CONSOLE_NONE;
	struct pty payload = new_pty();
	auto_text struct text out = { 0 };
	int in[2], to[2];
	char byte;

	must(pipe(in) == 0 && pipe(to) == 0, "pipe");
	console.in = in[0];
	console.out = to[1];
	console_begin(&console, dup(payload.master));
	is_int(console.in, -1, "what is no terminal is not typed at");
	write_text(in[1], "secret");
	write_text(payload.slave, "one\ntwo\n");
	is_str(serve_until(&console, to[0], 8, &out), "one\ntwo\n", "a pipe gets lines as written");
	ok(read(in[0], &byte, 1) == 1 && byte == 's', "what was for the caller is still there");
	close(to[0]);
	write_text(payload.slave, "three\n");
	serve_all(&console);
	is_int(console.out, -1, "a pipe without a reader is let go of");
	write_text(payload.slave, "four\n");
	serve_all(&console);
	console_end(&console);
	close(in[0]);
	close(in[1]);
	close(to[1]);
	close(payload.master);
	close(payload.slave);
}

/* In a child: a payload that writes 1 MiB, each line with its number. */
static pid_t start_writer(const struct pty *payload)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); /* it would wait for ever */
		close(payload->master);
		for (int i = 0; i < 1 << 16; i++) {
			char line[24];
			snprintf(line, sizeof(line), "line %010d", i);
			if (file_write_all(payload->slave, line, 16) < 0)
				_exit(1);
		}
		_exit(0);
	}
	must(pid > 0, "fork");
	return pid;
}

static void test_nobody(void)
{
	struct console console = CONSOLE_NONE;
	struct pty payload = raw_pty();
	int status = -1;

	console_begin(&console, dup(payload.master));
	pid_t writer = start_writer(&payload);
	while (waitpid(writer, &status, WNOHANG) == 0) {
		struct pollfd fds[3];
		size_t n = console_poll(&console, fds);
		if (poll(fds, n, 10) > 0)
			console_serve(&console, fds, n);
	}
	is_int(exit_status(status), 0, "nobody watches: 1 MiB is written and nothing waits");
	console_end(&console);
	close(payload.master);
	close(payload.slave);
}

/* A slow reader gets every byte, in order, whatever waits for it meanwhile. */
static void test_order(void)
{
	struct console console = CONSOLE_NONE;
	struct pty payload = raw_pty();
	auto_text struct text out = { 0 };
	int to[2], wrong = 0;

	must(pipe(to) == 0, "pipe");
	console.out = to[1];
	console_begin(&console, dup(payload.master));
	pid_t writer = start_writer(&payload);
	serve_all(&console); /* until the pipe is full */
	serve_until(&console, to[0], 1 << 20, &out);
	is_int(exit_status(wait_for(writer)), 0, "1 MiB through a pipe that was full");
	is_int((long)out.len, 1 << 20, "is 1 MiB");
	for (size_t i = 0; i < 1 << 16 && i * 16 < out.len; i++) {
		char line[24];
		snprintf(line, sizeof(line), "line %010zu", i);
		wrong += strncmp(text_get(&out) + i * 16, line, 15) != 0;
	}
	is_int(wrong, 0, "in order");
	console_end(&console);
	close(to[0]);
	close(to[1]);
	close(payload.master);
	close(payload.slave);
}

/* ---- nobody reads what we write (threats F5) ---- */

/* In a child that is killed when it still waits after 10 s: serves until nothing can be done. */
static int serve_stuck(void *arg)
{
	struct console console = CONSOLE_NONE;
	struct pty payload = raw_pty();

	alarm(10);
	console.out = *(const int *)arg;
	console_begin(&console, dup(payload.master));
	pid_t writer = start_writer(&payload);
	serve_all(&console);
	kill(writer, SIGKILL);
	wait_for(writer);
	return 0;
}

static void test_stuck(void)
{
	struct pty cooked = new_pty(), raw = raw_pty();
	int ends[2];

	must(pipe(ends) == 0, "pipe");
	is_int(in_child(serve_stuck, &ends[1]), 0, "a full pipe does not block us");
	is_int(in_child(serve_stuck, &cooked.slave), 0, "nor does a terminal nobody reads");
	is_int(in_child(serve_stuck, &raw.slave), 0, "nor a raw one");
	must(tcflow(cooked.slave, TCOOFF) == 0, "tcflow");
	is_int(in_child(serve_stuck, &cooked.slave), 0, "nor one that was stopped with ^S");
	close(ends[0]);
	close(ends[1]);
	close(cooked.master);
	close(cooked.slave);
	close(raw.master);
	close(raw.slave);
}

/* ---- a terminal or file of the host (lxc.console.path) ---- */

static void test_peer(void)
{
	struct console console = CONSOLE_NONE;
	struct pty user = new_pty(), payload = raw_pty();
	auto_text struct text out = { 0 }, in = { 0 };
	char name[64], file[64];
	struct termios before;
	struct stat st;

	must(ttyname_r(user.slave, name, sizeof(name)) == 0, "ttyname_r");
	must(tcgetattr(user.slave, &before) == 0, "tcgetattr");
	is_int(console_open_peer(&console, name), 0, "a terminal of the host");
	console_begin(&console, dup(payload.master));
	write_text(payload.slave, "hello");
	is_str(serve_until(&console, user.master, 5, &out), "hello", "gets what is written");
	write_text(user.master, "typed");
	is_str(serve_until(&console, payload.slave, 5, &in), "typed", "and gives what is typed");
	console_end(&console);
	ok(same_mode(user.slave, &before), "in the end it has its mode back");
	console = (struct console)CONSOLE_NONE;
	is_int(console_open_peer(&console, "console.out"), 0, "a file of the host");
	console_begin(&console, dup(payload.master));
	write_text(payload.slave, "to a file");
	serve_all(&console);
	console_end(&console);
	is_str(slurp("console.out", file, sizeof(file)), "to a file", "gets what is written");
	ok(stat("console.out", &st) == 0 && (st.st_mode & 07777) == 0600, "for its owner alone");
	console = (struct console)CONSOLE_NONE;
	is_error(console_open_peer(&console, "no/such/file"), "no/such/file", "one there is not");
	is_error(console_open_peer(&console, "."), "terminal .", "a directory");
	console_end(&console);
	close(user.master);
	close(user.slave);
	close(payload.master);
	close(payload.slave);
}

/* ---- the end ---- */

static void test_draining(void)
{
	struct console console = CONSOLE_NONE;
	struct pty payload = raw_pty();
	auto_text struct text out = { 0 };
	int to[2];

	must(pipe(to) == 0, "pipe");
	ok(!console_is_draining(&console), "no console, nothing to drain");
	console.out = to[1];
	console_begin(&console, dup(payload.master));
	ok(!console_is_draining(&console), "nothing was written yet");
	write_text(payload.slave, "last words");
	struct pollfd ready = { payload.master, POLLIN, 0 };
	must(poll(&ready, 1, PATIENCE_MS) == 1, "poll");
	ok(console_is_draining(&console), "what was written last is still to be delivered");
	is_str(serve_until(&console, to[0], 10, &out), "last words", "and is");
	ok(!console_is_draining(&console), "then there is no more");
	struct pollfd fds[3];
	console_end(&console);
	is_int((long)console_poll(&console, fds), 0, "ended, it waits for nothing");
	close(to[0]);
	close(to[1]);
	close(payload.master);
	close(payload.slave);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	temp_enter();
	test_terminal();
	is_int(in_child(same_descriptor, NULL), 0, "one descriptor for both ways does not block");
	test_size();
	test_hangup();
	test_pipe();
	test_nobody();
	test_order();
	test_stuck();
	test_peer();
	test_draining();
	return tap_done();
}
