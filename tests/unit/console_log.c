/* console_log.c - the file console output is copied to: appended, bounded, rotated (threats F4). */
#include <signal.h>
#include <sys/resource.h>

#include "console.h"
#include "str.h"
#include "tests/unit/helper.h"

/* A console nobody watches, whose other end is a pipe: what is written there is only logged. */
struct logged {
	struct console console;
	int other;
};

static int begin(struct logged *l, const char *path, uint64_t max, bool rotate)
{
	int ends[2];

	l->console = (struct console)CONSOLE_NONE;
	l->other = -1;
	TRY(console_open_log(&l->console, path, max, rotate));
	must(pipe2(ends, O_CLOEXEC) == 0, "pipe");
	l->other = ends[1];
	console_begin(&l->console, ends[0]);
	return 0;
}

/* Writes `text` and serves the console until it is logged. */
static void say(struct logged *l, const char *text)
{
	struct pollfd fds[3];

	must(write(l->other, text, strlen(text)) == (ssize_t)strlen(text), "write");
	for (;;) {
		size_t n = console_poll(&l->console, fds);
		if (poll(fds, n, 0) <= 0)
			return;
		console_serve(&l->console, fds, n);
	}
}

static void end(struct logged *l)
{
	console_end(&l->console);
	fd_close(&l->other);
}

static long size_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? (long)st.st_size : -1;
}

static const char *content(const char *path)
{
	static char text[8192];

	return slurp(path, text, sizeof(text));
}

/* ---- what is written ---- */

static void test_append(void)
{
	struct logged l;
	struct stat st;

	is_int(begin(&l, "log", 0, false), 0, "a log");
	say(&l, "one\n");
	say(&l, "\033[31mtwo\x80\r\n");
	is_str(content("log"), "one\n\033[31mtwo\x80\r\n", "has what was written, as it was");
	ok(stat("log", &st) == 0 && (st.st_mode & 07777) == 0640, "and is not for everybody");
	end(&l);
	is_int(begin(&l, "log", 0, false), 0, "an old one");
	say(&l, "three\n");
	is_str(content("log"), "one\n\033[31mtwo\x80\r\nthree\n", "is gone on with");
	end(&l);
	unlink("log");
}

/* 4 KiB in pieces of 100 bytes: the piece that does not fit begins a new file. */
static void fill(struct logged *l, int count)
{
	char piece[101];

	for (int i = 0; i < count; i++) {
		snprintf(piece, sizeof(piece), "%099d\n", i);
		say(l, piece);
	}
}

static void test_truncated(void)
{
	struct logged l;

	begin(&l, "log", 4096, false);
	fill(&l, 40);
	is_int(size_of("log"), 4000, "a log that is nearly full");
	fill(&l, 1);
	is_int(size_of("log"), 100, "full, it begins anew");
	is_int(size_of("log.1"), -1, "what was there is gone");
	long most = 0;
	for (int i = 0; i < 200; i++) {
		fill(&l, 1);
		most = size_of("log") > most ? size_of("log") : most;
	}
	ok(most <= 4096, "it never is larger than it may be");
	end(&l);
	begin(&l, "log", 4096, false);
	long before = size_of("log");
	fill(&l, 1);
	is_int(size_of("log"), before + 100, "what an old one has counts");
	end(&l);
	unlink("log");
}

static void test_rotated(void)
{
	struct logged l;
	int fds = count_fds();

	begin(&l, "log", 4096, true);
	fill(&l, 41);
	is_int(size_of("log"), 100, "full, it begins anew");
	is_int(size_of("log.1"), 4000, "and what was there is kept beside it");
	fill(&l, 39);
	is_int(size_of("log"), 4000, "to its end");
	fill(&l, 1);
	is_int(size_of("log.1"), 4000, "once");
	is_int(size_of("log.2"), -1, "and not again and again");
	end(&l);
	is_int(count_fds(), fds, "no descriptor is left open");
	unlink("log");
	unlink("log.1");
}

/* More at once than a log may hold, and a limit that is smaller than any piece. */
static void test_small(void)
{
	struct logged l;

	begin(&l, "log", 10, false);
	say(&l, "12345");
	say(&l, "67890");
	is_str(content("log"), "1234567890", "just full");
	say(&l, "x");
	is_str(content("log"), "x", "one byte more");
	say(&l, "longer than it may be");
	ok(size_of("log") <= 10, "a piece too long is not written beyond the limit");
	say(&l, "y");
	ok(strchr(content("log"), 'y') != NULL, "what comes then is");
	end(&l);
	unlink("log");
}

/* ---- what stands in the way (threats F6) ---- */

static void test_refused(void)
{
	struct logged l;
	int fds = count_fds();

	make_file("target", "keep");
	make_link("target", "link");
	make_link("nowhere", "dangling");
	must(mkfifo("fifo", 0644) == 0, "mkfifo");
	make_dir("dir");
	is_error(begin(&l, "link", 0, false), "link", "a link is not followed");
	is_error(begin(&l, "dangling", 0, false), "dangling", "nor a dangling one");
	is_error(begin(&l, "fifo", 0, false), "fifo", "a FIFO is no log");
	is_error(begin(&l, "dir", 0, false), "dir", "nor a directory");
	is_error(begin(&l, "/dev/null", 0, false), "not a regular file", "nor a device");
	is_error(begin(&l, "no/log", 0, false), "no/log", "nor one in no directory");
	is_str(content("target"), "keep", "nothing was written through the link");
	ok(!exists("nowhere"), "nor made");
	is_int(count_fds(), fds, "no descriptor is left open");
}

/* Who may write where the log is could put a link in the place of what is kept. */
static void test_rotated_over_link(void)
{
	struct logged l;

	make_link("target", "log.1");
	begin(&l, "log", 4096, true);
	fill(&l, 41);
	is_int(size_of("log.1"), 4000, "a link in the place of the old log is replaced");
	is_str(content("target"), "keep", "and not followed");
	end(&l);
	unlink("log");
	unlink("log.1");
}

/* The log is lost; the container is not. */
static void test_rotate_fails(void)
{
	struct logged l;
	int saved = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	dup2(null, STDERR_FILENO); /* where the warning goes */
	begin(&l, "log", 4096, true);
	make_dir("log.1");
	fill(&l, 45);
	ok(size_of("log") <= 4096, "an old log that cannot be replaced");
	ok(!failure->text[0], "is no failure");
	rmdir("log.1");
	fill(&l, 45);
	ok(size_of("log.1") == 4000 && size_of("log") > 0, "and is, as soon as it can be");
	end(&l);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(null);
	unlink("log");
	unlink("log.1");
}

/* In a child: a disk that is full after 1000 bytes. */
static int full_disk(void *arg)
{
	const struct rlimit limit = { 1000, 1000 };
	struct logged l;

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) < 0 || begin(&l, "log", 0, false) < 0)
		return CANNOT;
	fill(&l, 50);
	return l.console.master >= 0 && size_of("log") == 1000 ? 0 : 1;
}

static void test_full_disk(void)
{
	is_int(exit_status(in_child(full_disk, NULL)), 0, "a full disk loses lines, no more");
	unlink("log");
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	umask(022);
	temp_enter();
	test_append();
	test_truncated();
	test_rotated();
	test_small();
	test_refused();
	test_rotated_over_link();
	test_rotate_fails();
	test_full_disk();
	return tap_done();
}
