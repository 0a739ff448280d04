/* ctl.c - the command socket, both ends: hello, nonsense, descriptors, crowds, silence. */
#include "ctl.h"

#include <poll.h>
#include <signal.h>

#include "sys.h"
#include "tests/unit/helper.h"

static int dir; /* the run directory */
static struct record record = { .state = STATE_RUNNING, .init = 4711, .init_start = 12345 };
static struct ctl_facts facts = { &record, -1, -1 };

static void listen_here(struct ctl_server *server)
{
	must(ctl_listen(server, dir) == 0, "listen");
}

/* A client of ours and its place at the server, which is the first free one. */
static int join(struct ctl_server *server)
{
	int fd = ctl_connect(dir);

	must(fd >= 0, "connect");
	ctl_accept(server);
	return fd;
}

static size_t count_clients(const struct ctl_server *server)
{
	size_t count = 0;

	for (size_t i = 0; i < CTL_CLIENTS; i++)
		count += server->clients[i].fd >= 0;
	return count;
}

/* Whether the other end of a connection is closed. */
static bool is_ended(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
}

/* ---- a supervisor that answers, in a child ---- */

static _Noreturn void serve(struct ctl_server *server)
{
	for (;;) {
		struct pollfd fds[1 + CTL_CLIENTS] = { { server->listener, POLLIN, 0 } };
		for (size_t i = 0; i < CTL_CLIENTS; i++)
			fds[1 + i] = (struct pollfd){ server->clients[i].fd, POLLIN, 0 };
		poll(fds, ARRAY_LEN(fds), -1);
		for (size_t i = 0; i < CTL_CLIENTS; i++)
			if (fds[1 + i].revents)
				ctl_serve(server, i, &facts);
		if (fds[0].revents)
			ctl_accept(server);
	}
}

static pid_t start_server(void)
{
	struct ctl_server server;

	listen_here(&server);
	pid_t pid = fork();
	if (pid == 0)
		serve(&server);
	must(pid > 0, "fork");
	ctl_close(&server);
	return pid;
}

static void stop_server(pid_t pid)
{
	kill(pid, SIGKILL);
	wait_for(pid);
}

/* Which of the two descriptors come along, and that they are the very ones. */
static void check_hello(bool has_pidfd, bool has_devpts)
{
	struct ctl_hello hello = { 0 };
	int pidfd = -2, devpts = -2, fds = count_fds();
	struct stat mine, got;

	facts.pidfd = has_pidfd ? sys_pidfd_open(getpid()) : -1;
	facts.devpts = has_devpts ? dir : -1;
	if (has_pidfd && facts.pidfd < 0) {
		skip("no pidfds here: %s", strerror(errno));
		return;
	}
	pid_t server = start_server();
	int fd = ctl_connect(dir);
	ok(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC, "a client connects");
	is_int(ctl_hello(fd, &hello, &pidfd, &devpts), 0, "and is told who is there");
	ok(hello.state == STATE_RUNNING && hello.init == 4711 && hello.init_start == 12345,
	   "as the record has it");
	ok(has_pidfd ? pidfd >= 0 && sys_pidfd_signal(pidfd, 0) == 0 : pidfd == -1, "%s",
	   has_pidfd ? "with a descriptor of the init" : "without one of the init");
	ok(has_devpts ? devpts >= 0 && fstat(devpts, &got) == 0 && fstat(dir, &mine) == 0 &&
				got.st_ino == mine.st_ino
		      : devpts == -1,
	   "%s", has_devpts ? "with the terminals" : "without the terminals");
	ok((pidfd < 0 || fcntl(pidfd, F_GETFD) == FD_CLOEXEC) &&
		   (devpts < 0 || fcntl(devpts, F_GETFD) == FD_CLOEXEC),
	   "none of which survives exec");
	cleanup_fd(&pidfd);
	cleanup_fd(&devpts);
	is_int(ctl_hello(fd, &hello, &pidfd, &devpts), 0, "asked again it answers again");
	cleanup_fd(&pidfd);
	cleanup_fd(&devpts);
	is_int(ctl_wait_end(fd, 0), -ETIMEDOUT, "it has not ended");
	stop_server(server);
	is_int(ctl_wait_end(fd, 10000), 0, "now it has");
	close(fd);
	fd_close(&facts.pidfd);
	facts.devpts = -1;
	is_int(count_fds(), fds, "no descriptor is left open");
}

/* ---- what a client may send ---- */

struct packet {
	struct ctl_header header;
	char body[CTL_MAX];
};

static const struct {
	const char *name;
	struct ctl_header header;
	size_t len; /* of the packet */
	int result; /* of the answer; 1: none, the client is dropped */
} packets[] = {
	{ "hello", { CTL_MAGIC, CTL_VERSION, CTL_HELLO, 0, 0 }, 16, 0 },
	{ "a later version", { CTL_MAGIC, CTL_VERSION + 1, CTL_HELLO, 0, 0 }, 16, -EOPNOTSUPP },
	{ "version 0", { CTL_MAGIC, 0, CTL_HELLO, 0, 0 }, 16, -EOPNOTSUPP },
	{ "an unknown request", { CTL_MAGIC, CTL_VERSION, 99, 0, 0 }, 16, -EOPNOTSUPP },
	{ "an unknown one with a body", { CTL_MAGIC, CTL_VERSION, 99, 0, 8 }, 24, -EOPNOTSUPP },
	{ "request 0", { CTL_MAGIC, CTL_VERSION, 0, 0, 0 }, 16, -EOPNOTSUPP },
	{ "hello with a body", { CTL_MAGIC, CTL_VERSION, CTL_HELLO, 0, 4 }, 20, -EOPNOTSUPP },
	{ "hello with a result", { CTL_MAGIC, CTL_VERSION, CTL_HELLO, -1, 0 }, 16, 0 },
	{ "no magic", { 0, CTL_VERSION, CTL_HELLO, 0, 0 }, 16, 1 },
	{ "another magic", { CTL_MAGIC + 1, CTL_VERSION, CTL_HELLO, 0, 0 }, 16, 1 },
	{ "a length without a body", { CTL_MAGIC, CTL_VERSION, CTL_HELLO, 0, 1 }, 16, 1 },
	{ "a body without a length", { CTL_MAGIC, CTL_VERSION, CTL_HELLO, 0, 0 }, 17, 1 },
	{ "a length too large", { CTL_MAGIC, CTL_VERSION, CTL_HELLO, 0, 0xffffffff }, 16, 1 },
	{ "a length that wraps", { CTL_MAGIC, CTL_VERSION, CTL_HELLO, 0, 0xfffffff0 }, 16, 1 },
	{ "one byte less", { CTL_MAGIC, CTL_VERSION, CTL_HELLO, 0, 0 }, 15, 1 },
	{ "one byte", { CTL_MAGIC, CTL_VERSION, CTL_HELLO, 0, 0 }, 1, 1 },
	{ "nothing", { CTL_MAGIC, CTL_VERSION, CTL_HELLO, 0, 0 }, 0, 1 },
	{ "the largest there is", { CTL_MAGIC, CTL_VERSION, 99, 0, CTL_MAX }, 16 + CTL_MAX, 1 },
};

/* What the server makes of a packet, with so many descriptors in it. */
static void check_packet(size_t i, size_t n_fds)
{
	static struct packet packet;
	struct ctl_server server;
	struct packet answer = { 0 };
	int fds = count_fds();

	listen_here(&server);
	int fd = join(&server);
	packet.header = packets[i].header;
	if (!send_fds(fd, &packet, packets[i].len, dir, n_fds))
		diag("not sent: %s", strerror(errno));
	ctl_serve(&server, 0, &facts);
	ssize_t len = recv(fd, &answer, sizeof(answer), MSG_DONTWAIT);
	if (packets[i].result == 1)
		ok(len == 0 && server.clients[0].fd == -1, "%s: dropped", packets[i].name);
	else
		ok(len >= (ssize_t)sizeof(answer.header) && answer.header.magic == CTL_MAGIC &&
			   answer.header.version == CTL_VERSION &&
			   answer.header.result == packets[i].result &&
			   answer.header.length == (size_t)len - sizeof(answer.header),
		   "%s: answered with %d", packets[i].name, packets[i].result);
	close(fd);
	ctl_close(&server);
	is_int(count_fds(), fds, "%s, %zu descriptors in it: none is left open", packets[i].name,
	       n_fds);
}

static void test_packets(void)
{
	static const size_t counts[] = { 0, 1, 2, 3, 64 };

	for (size_t i = 0; i < ARRAY_LEN(packets); i++)
		for (size_t k = 0; k < ARRAY_LEN(counts); k++)
			if (packets[i].len || !counts[k])
				check_packet(i, counts[k]);
}

/* A request in pieces is no request; two are two. */
static void test_several(void)
{
	const struct ctl_header hello = { CTL_MAGIC, CTL_VERSION, CTL_HELLO, 0, 0 };
	struct ctl_server server;
	struct packet answer;

	listen_here(&server);
	int fd = join(&server);
	ctl_serve(&server, 0, &facts);
	ok(server.clients[0].fd >= 0, "a client that says nothing stays for now");
	send_fds(fd, &hello, sizeof(hello), dir, 0);
	send_fds(fd, &hello, sizeof(hello), dir, 0);
	ctl_serve(&server, 0, &facts);
	ctl_serve(&server, 0, &facts);
	ok(recv(fd, &answer, sizeof(answer), MSG_DONTWAIT) > 0 &&
		   recv(fd, &answer, sizeof(answer), MSG_DONTWAIT) > 0,
	   "two requests, two answers");
	for (int i = 0; i < 100000 && server.clients[0].fd >= 0; i++) {
		if (!send_fds(fd, &hello, sizeof(hello), dir, 0))
			break;
		ctl_serve(&server, 0, &facts);
	}
	is_int(server.clients[0].fd, -1, "one that asks and never listens is dropped");
	close(fd);
	ctl_close(&server);
}

/* ---- crowds (threats I5) ---- */

static void test_crowd(void)
{
	struct ctl_server server;
	int clients[100], fds = count_fds(), ended = 0;
	bool bounded = true;

	listen_here(&server);
	for (int i = 0; i < 100; i++) {
		clients[i] = join(&server);
		bounded &= count_clients(&server) <= CTL_CLIENTS;
		/* So that which one was silent longest is not a matter of the clock's grain. */
		for (size_t k = 0; k < CTL_CLIENTS; k++)
			if (server.clients[k].fd >= 0)
				server.clients[k].since -= 10;
	}
	ok(bounded, "100 clients, of which never more than 16 are kept");
	is_int((long)count_clients(&server), CTL_CLIENTS, "16 in the end");
	for (int i = 0; i < 100 - CTL_CLIENTS; i++)
		ended += is_ended(clients[i]);
	is_int(ended, 100 - CTL_CLIENTS, "those that were silent longest are gone");
	for (int i = 100 - CTL_CLIENTS; i < 100; i++)
		ended += is_ended(clients[i]);
	is_int(ended, 100 - CTL_CLIENTS, "and no other");
	for (int i = 0; i < 100; i++)
		close(clients[i]);
	ctl_close(&server);
	is_int(count_fds(), fds, "no descriptor is left open");
}

/* Nobody accepts: to connect fails then, and does not wait. */
static void test_backlog(void)
{
	struct ctl_server server;
	int clients[200], failed = 0;

	listen_here(&server);
	for (int i = 0; i < 200; i++) {
		clients[i] = ctl_connect(dir);
		failed += clients[i] == -EAGAIN;
	}
	ok(failed > 0 && failed < 200, "200 that are not let in: some are told to come again");
	for (int i = 0; i < 200; i++)
		cleanup_fd(&clients[i]);
	ctl_accept(&server);
	ctl_accept(&server);
	ctl_serve(&server, 0, &facts);
	ok(server.clients[0].fd == -1, "one that has left is dropped");
	ctl_close(&server);
}

static void test_idle(void)
{
	const struct ctl_header hello = { CTL_MAGIC, CTL_VERSION, CTL_HELLO, 0, 0 };
	struct ctl_server server;

	listen_here(&server);
	is_int(ctl_expire(&server), -1, "without clients there is nothing to wait for");
	int silent = join(&server), fresh = join(&server), waiting = join(&server);
	send_fds(waiting, &hello, sizeof(hello), dir, 0);
	ctl_serve(&server, 2, &facts);
	for (size_t i = 0; i < 3; i++)
		server.clients[i].since -= i == 1 ? 1000 : CTL_IDLE_MS + 1;
	long next = ctl_expire(&server);
	ok(is_ended(silent), "a silent client is dropped");
	ok(!is_ended(fresh) && server.clients[1].fd >= 0, "one that may still speak is not");
	ok(next > 0 && next <= CTL_IDLE_MS - 1000, "it has the rest of its time: %ld ms", next);
	ok(server.clients[2].fd >= 0, "nor one that waits for the end, for as long as it likes");
	server.clients[1].since -= CTL_IDLE_MS;
	is_int(ctl_expire(&server), -1, "then there is nothing to wait for");
	is_int((long)count_clients(&server), 1, "but the one");
	ctl_close(&server);
	struct packet answer;
	ok(recv(waiting, &answer, sizeof(answer), MSG_DONTWAIT) > 0 && is_ended(waiting),
	   "which learns of the end");
	close(silent);
	close(fresh);
	close(waiting);
}

/* ---- the place of the socket ---- */

static void test_place(void)
{
	struct ctl_server server;
	char before[256], after[256];

	must(getcwd(before, sizeof(before)) != NULL, "getcwd");
	unlink("run/command");
	is_int(ctl_connect(dir), -ENOENT, "no socket");
	make_file("run/command", "");
	is_int(ctl_connect(dir), -ENOTSOCK, "a file in its place");
	unlink("run/command");
	make_link("other", "run/command");
	is_int(ctl_connect(dir), -ENOTSOCK, "a link in its place");
	is_int(ctl_listen(&server, dir), 0, "it takes the place of what is there");
	ok(fcntl(server.listener, F_GETFD) == FD_CLOEXEC &&
		   (fcntl(server.listener, F_GETFL) & O_NONBLOCK),
	   "does not survive exec, and never blocks");
	ctl_close(&server);
	ctl_close(&server);
	is_int(ctl_connect(dir), -ECONNREFUSED, "one whose supervisor is gone");
	is_int(ctl_listen(&server, dir), 0, "it takes the place of an old one");
	ctl_close(&server);
	must(getcwd(after, sizeof(after)) != NULL, "getcwd");
	is_str(after, before, "the working directory is what it was");
	is_error(ctl_listen(&server, -1), "command socket", "in no directory");
	ctl_close(&server);
}

/* A socket's address has 108 bytes; the path of a run directory may have more. */
static void test_long_place(void)
{
	char name[201];
	struct ctl_server server;
	int home = dir;

	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	make_dir(name);
	dir = open_dir(name);
	listen_here(&server);
	int fd = join(&server);
	ok(fd >= 0 && count_clients(&server) == 1, "in a directory with a long name");
	close(fd);
	ctl_close(&server);
	close(dir);
	dir = home;
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	temp_enter();
	make_dir("run");
	dir = open_dir("run");
	check_hello(true, true);
	check_hello(true, false);
	check_hello(false, true);
	check_hello(false, false);
	test_packets();
	test_several();
	test_crowd();
	test_backlog();
	test_idle();
	test_place();
	test_long_place();
	return tap_done();
}
