/* console.h - a terminal's master end: relayed to the caller's terminal, logged, or discarded. */
#pragma once

#include <poll.h>
#include <termios.h>

#include "base.h"

/* One direction: what was read and could not be written yet. */
struct console_way {
	char data[1024];
	size_t from, to;
};

/* The file console output is copied to. */
struct console_log {
	const char *path; /* borrowed; NULL: none */
	uint64_t max;	  /* bytes, 0: no limit */
	bool rotate;
	int fd;
	uint64_t size;
};

struct console {
	int master;  /* owned; -1 when there is none */
	int in, out; /* of whoever watches, borrowed; -1: nobody */
	int writer;  /* the terminal `out` opened anew, owned; then out is it; -1 */
	int peer;    /* a terminal of the host, owned; then in and out are it */
	bool raw;
	struct termios saved; /* of `in`, while raw */
	struct console_way inward, outward;
	struct console_log log;
};
#define CONSOLE_NONE                                                                               \
	{                                                                                          \
		.master = -1, .in = -1, .out = -1, .writer = -1, .peer = -1, .log.fd = -1          \
	}

/*
 * Begins to relay between `master`, which is taken over, and `in` and `out`, which the caller or
 * console_open_peer() has set (-1: nobody watches). A terminal is put in raw mode and its size
 * handed on; what is no terminal is never read, and gets its output without carriage returns.
 */
void console_begin(struct console *console, int master);

/* The standard descriptor that shows a terminal in place of those not in `kept` (1 << N each). */
int console_output(unsigned kept);

/* Joins the console to a terminal or file of the host (lxc.console.path). Words its failure. */
int console_open_peer(struct console *console, const char *path);

/* Appends all output to `path` (threats F4: within `max` bytes). Words its failure. */
int console_open_log(struct console *console, const char *path, uint64_t max, bool rotate);

/* Fills in up to 3 entries for poll(2) and returns how many. */
size_t console_poll(const struct console *console, struct pollfd *fds);

/* Does what those entries say can be done. Never blocks for long. */
void console_serve(struct console *console, const struct pollfd *fds, size_t n);

/* The caller's terminal has a new size. */
void console_resize(const struct console *console);

/* Goes on without whoever watches: what was not written is lost, what comes is only logged. */
void console_unwatch(struct console *console);

/* Whether output is still to be delivered, once the other end is closed. */
bool console_is_draining(struct console *console);

/* Gives the caller's terminal its mode back. Safe at any moment, also twice. */
void console_restore(struct console *console);

/* Restores, and closes what is owned. */
void console_end(struct console *console);
