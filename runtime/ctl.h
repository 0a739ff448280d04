/* ctl.h - the supervisor's command socket, both ends. */
#pragma once

#include "state.h"

/*
 * A path socket of packets in the run directory, which is 0700 (threats I3). Each message is one
 * packet: a header and at most CTL_MAX bytes of the type's own. Version 1.
 */
enum ctl_type {
	CTL_HELLO = 1, /* "" -> struct ctl_hello, and the descriptors it names */
};
enum { CTL_MAGIC = 0x6c786331, CTL_VERSION = 1, CTL_MAX = 4096 };

struct ctl_header {
	uint32_t magic;
	uint16_t version, type;
	int32_t result; /* of an answer: 0 or a negative errno */
	uint32_t length;
};

struct ctl_hello {
	uint32_t state;
	int32_t init;
	uint64_t init_start;
	uint8_t has_pidfd, has_devpts; /* which descriptors come along, in this order */
};

/* What the supervisor answers from. */
struct ctl_facts {
	const struct record *record;
	int pidfd, devpts; /* -1: none */
};

/* Clients of the supervisor: bounded in number, and each in how long it may be silent. */
enum { CTL_CLIENTS = 16, CTL_IDLE_MS = 5000 };
struct ctl_server {
	int listener;
	struct {
		int fd;
		int64_t since; /* process_clock() when it last said something */
		bool waits;    /* it has been answered, and waits for our end as long as it likes */
	} clients[CTL_CLIENTS];
};

/* Binds "command" in the run directory. Words its failure. */
int ctl_listen(struct ctl_server *server, int dir);
/* Takes a new client; when all places are taken, that of the one that was silent longest. */
void ctl_accept(struct ctl_server *server);
/* Reads one request of client `i` and answers it, or drops the client. Never blocks. */
void ctl_serve(struct ctl_server *server, size_t i, const struct ctl_facts *facts);
/* Drops clients that have been silent too long; returns the ms until the next would be, or -1. */
int64_t ctl_expire(struct ctl_server *server);
/* Closes all, which is how clients learn that the container has stopped. */
void ctl_close(struct ctl_server *server);

/*
 * Connects to the supervisor of the container with the run directory `dir`, if it answers within
 * 2 s and runs as root or as us (threats A7, I4, I6). The caller owns the descriptor: it becomes
 * readable (end of file) when the supervisor is done. Negative errno without words.
 */
int ctl_connect(int dir);

/* Asks who is there: fills `hello`, and the descriptors (-1: none), which the caller owns. */
int ctl_hello(int socket, struct ctl_hello *hello, int *pidfd, int *devpts);

/* Waits at most `ms` until the supervisor has closed the connection. 0, or -ETIMEDOUT. */
int ctl_wait_end(int socket, int64_t ms);
