/* ctl.c - command socket, both ends; one table of requests, one parser (threats I2). */
#include "ctl.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "fail.h"

enum { CLIENT_TIMEOUT_MS = 2000, MAX_FDS = 2 };

union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int) * MAX_FDS)];
};

/* bind or connect to "command" in `dir`, however long the path of `dir` is. */
static int at_socket(int dir, int fd, bool do_bind)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "command" };
	auto_fd int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (here < 0 || fchdir(dir) < 0)
		return -errno;
	const struct sockaddr *any = (const struct sockaddr *)&address;
	int r = do_bind ? bind(fd, any, sizeof(address)) : connect(fd, any, sizeof(address));
	int result = r < 0 ? -errno : 0;
	if (fchdir(here) < 0 && result == 0)
		result = -errno;
	return result;
}

/* One packet with up to MAX_FDS descriptors, without waiting. */
static int send_packet(int fd, const struct ctl_header *header, const void *body, const int *fds,
		       size_t n)
{
	struct iovec parts[] = { { (void *)(uintptr_t)header, sizeof(*header) },
				 { (void *)(uintptr_t)body, header->length } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	union control control;

	if (n) {
		memset(&control, 0, sizeof(control));
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(sizeof(int) * n);
		struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof(int) * n);
		memcpy(CMSG_DATA(rights), fds, sizeof(int) * n);
	}
	ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	return sent < 0 ? -errno : 0;
}

/* Receives one packet, and returns its length. Descriptors beyond `max` are closed. */
static ssize_t receive_packet(int fd, void *into, size_t room, int *fds, size_t max)
{
	struct iovec part = { into, room };
	union control control;
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	ssize_t len = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	for (size_t i = 0; i < max; i++)
		fds[i] = -1;
	if (len < 0)
		return -errno;
	for (struct cmsghdr *h = CMSG_FIRSTHDR(&message); h; h = CMSG_NXTHDR(&message, h)) {
		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		size_t n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int got;
			memcpy(&got, CMSG_DATA(h) + i * sizeof(int), sizeof(got));
			if (i < max)
				fds[i] = got;
			else
				close(got);
		}
	}
	return message.msg_flags & MSG_TRUNC ? -EMSGSIZE : len;
}

/* ---- the supervisor's end ---- */

int ctl_listen(struct ctl_server *server, int dir)
{
	for (size_t i = 0; i < CTL_CLIENTS; i++)
		server->clients[i].fd = -1;
	unlinkat(dir, "command", 0);
	server->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (server->listener < 0)
		return fail(errno, "make the command socket");
	int r = at_socket(dir, server->listener, true);
	if (r < 0)
		return fail(-r, "bind the command socket in the run directory");
	if (listen(server->listener, 64) < 0)
		return fail(errno, "listen on the command socket");
	return 0;
}

static void drop(struct ctl_server *server, size_t i)
{
	fd_close(&server->clients[i].fd);
}

/* Whether the peer may give orders: root, or the user we run as. */
static bool may_command(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

void ctl_accept(struct ctl_server *server)
{
	size_t place = 0;
	auto_fd int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0 || !may_command(fd))
		return;
	for (size_t i = 0; i < CTL_CLIENTS; i++) {
		if (server->clients[i].fd < 0) {
			place = i;
			break;
		}
		if (server->clients[i].since < server->clients[place].since)
			place = i;
	}
	drop(server, place);
	server->clients[place].fd = take_fd(&fd);
	server->clients[place].since = process_clock();
	server->clients[place].waits = false;
}

static int answer_hello(int fd, const struct ctl_facts *facts)
{
	struct ctl_hello hello = { .state = facts->record->state,
				   .init = facts->record->init,
				   .init_start = facts->record->init_start,
				   .has_pidfd = facts->pidfd >= 0,
				   .has_devpts = facts->devpts >= 0 };
	struct ctl_header header = { CTL_MAGIC, CTL_VERSION, CTL_HELLO, 0, sizeof(hello) };
	int fds[MAX_FDS];
	size_t n = 0;

	if (facts->pidfd >= 0)
		fds[n++] = facts->pidfd;
	if (facts->devpts >= 0)
		fds[n++] = facts->devpts;
	return send_packet(fd, &header, &hello, fds, n);
}

static const struct request {
	uint16_t type;
	uint32_t length; /* of the body, exactly */
	int (*answer)(int fd, const struct ctl_facts *facts);
} requests[] = {
	{ CTL_HELLO, 0, answer_hello },
};

/* The one place a request is taken apart. */
static int handle(int fd, const void *packet, size_t len, const struct ctl_facts *facts)
{
	struct ctl_header header;

	if (len < sizeof(header))
		return -EPROTO;
	memcpy(&header, packet, sizeof(header));
	if (header.magic != CTL_MAGIC || header.length != len - sizeof(header))
		return -EPROTO;
	for (size_t i = 0; header.version == CTL_VERSION && i < ARRAY_LEN(requests); i++)
		if (requests[i].type == header.type && requests[i].length == header.length)
			return requests[i].answer(fd, facts);
	/* Not ours to know: a later version's client is told so. */
	header = (struct ctl_header){ CTL_MAGIC, CTL_VERSION, header.type, -EOPNOTSUPP, 0 };
	return send_packet(fd, &header, NULL, NULL, 0);
}

void ctl_serve(struct ctl_server *server, size_t i, const struct ctl_facts *facts)
{
	char packet[sizeof(struct ctl_header) + 64];
	int fds[MAX_FDS];
	ssize_t len = receive_packet(server->clients[i].fd, packet, sizeof(packet), fds, MAX_FDS);

	/* Nobody has a reason to send us descriptors. */
	for (size_t k = 0; k < MAX_FDS; k++)
		cleanup_fd(&fds[k]);
	if (len == -EAGAIN || len == -EINTR)
		return;
	if (len <= 0 || handle(server->clients[i].fd, packet, (size_t)len, facts) < 0) {
		drop(server, i);
		return;
	}
	server->clients[i].since = process_clock();
	server->clients[i].waits = true;
}

int64_t ctl_expire(struct ctl_server *server)
{
	int64_t now = process_clock(), next = -1;

	for (size_t i = 0; i < CTL_CLIENTS; i++) {
		if (server->clients[i].fd < 0 || server->clients[i].waits)
			continue;
		int64_t left = server->clients[i].since + CTL_IDLE_MS - now;
		if (left <= 0)
			drop(server, i);
		else if (next < 0 || left < next)
			next = left;
	}
	return next;
}

void ctl_close(struct ctl_server *server)
{
	for (size_t i = 0; i < CTL_CLIENTS; i++)
		drop(server, i);
	fd_close(&server->listener);
}

/* ---- the commands' end ---- */

int ctl_connect(int dir)
{
	struct stat st;
	auto_fd int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (fstatat(dir, "command", &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (!S_ISSOCK(st.st_mode))
		return -ENOTSOCK;
	TRY(at_socket(dir, fd, false));
	return may_command(fd) ? take_fd(&fd) : -EPERM;
}

static int wait_readable(int fd, int64_t ms)
{
	struct pollfd ready = { fd, POLLIN, 0 };
	int64_t deadline = process_clock() + ms;

	for (;;) {
		int64_t left = deadline - process_clock();
		int r = poll(&ready, 1, left > 0 ? (int)left : 0);
		if (r > 0)
			return 0;
		if (r == 0)
			return -ETIMEDOUT;
		if (errno != EINTR)
			return -errno;
	}
}

int ctl_hello(int fd, struct ctl_hello *hello, int *pidfd, int *devpts)
{
	struct ctl_header header = { CTL_MAGIC, CTL_VERSION, CTL_HELLO, 0, 0 };
	struct {
		struct ctl_header header;
		struct ctl_hello hello;
	} answer;
	int fds[MAX_FDS];
	size_t n = 0;

	*pidfd = *devpts = -1;
	TRY(send_packet(fd, &header, NULL, NULL, 0));
	TRY(wait_readable(fd, CLIENT_TIMEOUT_MS));
	ssize_t len = receive_packet(fd, &answer, sizeof(answer), fds, MAX_FDS);
	bool good = len == sizeof(answer) && answer.header.magic == CTL_MAGIC &&
		    answer.header.version == CTL_VERSION && answer.header.type == CTL_HELLO &&
		    answer.header.result == 0 && answer.header.length == sizeof(answer.hello);
	if (good)
		*hello = answer.hello;
	if (good && hello->has_pidfd)
		*pidfd = take_fd(&fds[n++]);
	if (good && hello->has_devpts)
		*devpts = take_fd(&fds[n]);
	for (size_t i = 0; i < MAX_FDS; i++)
		cleanup_fd(&fds[i]);
	return good ? 0 : len < 0 ? (int)len : -EPROTO;
}

int ctl_wait_end(int fd, int64_t ms)
{
	int64_t deadline = process_clock() + ms;

	for (;;) {
		char byte;
		TRY(wait_readable(fd, deadline - process_clock()));
		ssize_t len = recv(fd, &byte, 1, MSG_DONTWAIT);
		if (len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR))
			return 0;
	}
}
