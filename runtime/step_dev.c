/* step_dev.c - steps: /dev, its nodes, the console and terminals, standard descriptors. */
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "child.h"
#include "path.h"
#include "sys.h"

/* Whether `fd` is the character device MAJOR:MINOR: what is bound or read is what it claims. */
static bool is_device(int fd, unsigned major_number, unsigned minor_number)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
	       st.st_rdev == makedev(major_number, minor_number);
}

/*
 * /dev is a file system of ours, whatever the image has in its place: nodes and links are made
 * by its descriptor, so that a link planted in the image leads nowhere (CVE-2026-41579).
 */
int step_dev(struct child *c)
{
	const struct mnt_base base = { c->root, c->proc };
	char data[64];

	snprintf(data, sizeof(data), "size=%u,mode=755", c->plan->dev_size);
	const struct mnt_what tmpfs = { .type = "tmpfs", .source = "none", .data = data };
	auto_fd int target = path_make(c->root, "dev", false, 0755);
	if (target < 0)
		return fail(-target, "make /dev in the container");
	c->dev = mnt_new(&base, "dev", &tmpfs);
	return c->dev < 0 ? c->dev : 0;
}

/* Whether a mount entry has brought that very device. */
static bool has_node(const struct child *c, const char *name, unsigned major_number,
		     unsigned minor_number)
{
	int saved = errno;
	auto_fd int there = openat(c->dev, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	bool has = there >= 0 && is_device(there, major_number, minor_number);

	errno = saved;
	return has;
}

/* Where mknod is not allowed, the host's node is bound: the very one, and only if it is one. */
static int bind_node(const struct child *c, const char *name, unsigned major_number,
		     unsigned minor_number)
{
	const struct mnt_base base = { c->root, c->proc };
	const struct mnt_what plain = { 0 };
	char host[32], target[32];

	snprintf(host, sizeof(host), "/dev/%s", name);
	snprintf(target, sizeof(target), "dev/%s", name);
	auto_fd int source = open(host, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (source < 0)
		return fail(errno, "open the host's %s", host);
	if (!is_device(source, major_number, minor_number))
		return fail(0, "the host's %s is not the device %u:%u", host, major_number,
			    minor_number);
	auto_fd int file = path_make(c->root, target, true, 0);
	if (file < 0)
		return fail(-file, "make /%s in the container", target);
	auto_fd int done = mnt_bind(&base, source, target, &plain);
	return done < 0 ? done : 0;
}

int step_nodes(struct child *c)
{
	static const struct {
		const char *name;
		unsigned char major, minor;
	} nodes[] = { { "full", 1, 7 }, { "null", 1, 3 },    { "random", 1, 8 },
		      { "tty", 5, 0 },	{ "urandom", 1, 9 }, { "zero", 1, 5 } };

	umask(0);
	for (size_t i = 0; i < ARRAY_LEN(nodes); i++) {
		dev_t device = makedev(nodes[i].major, nodes[i].minor);
		if (!(c->plan->needs & PLAN_USERNS) &&
		    mknodat(c->dev, nodes[i].name, S_IFCHR | 0666, device) == 0)
			continue;
		if (has_node(c, nodes[i].name, nodes[i].major, nodes[i].minor))
			continue;
		/* Not ours to make: in a user namespace, or where the devices cgroup says no. */
		if (!(c->plan->needs & PLAN_USERNS) && errno != EPERM)
			return fail(errno, "make /dev/%s", nodes[i].name);
		TRY(bind_node(c, nodes[i].name, nodes[i].major, nodes[i].minor));
	}
	umask(022);
	c->null = openat(c->dev, "null", O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
	return c->null < 0 ? fail(errno, "open the container's /dev/null") : 0;
}

/* /dev/fd and its like. An image's own stay, if it has any. */
int step_links(struct child *c)
{
	static const struct {
		const char *name, *target;
	} links[] = { { "fd", "/proc/self/fd" },
		      { "stdin", "/proc/self/fd/0" },
		      { "stdout", "/proc/self/fd/1" },
		      { "stderr", "/proc/self/fd/2" } };

	if (c->dev < 0) { /* lxc.autodev = 0: what the image, or an entry, has there */
		int dev = path_open(c->root, "dev", O_RDONLY | O_DIRECTORY, 0);
		if (dev == -ENOENT)
			return 0;
		if (dev < 0)
			return fail(-dev, "open /dev in the container");
		c->dev = dev;
	}
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		if (symlinkat(links[i].target, c->dev, links[i].name) < 0 && errno != EEXIST &&
		    errno != EROFS)
			return fail(errno, "make the link /dev/%s", links[i].name);
	return 0;
}

/* ---- terminals ---- */

/* A terminal: its master, for the supervisor, and its slave, for the container. */
struct pty {
	int master, slave;
};

static int open_pty(int devpts, struct pty *pty)
{
	int unlocked = 0;

	pty->slave = -1;
	/* Non-blocking from the start: the supervisor must never wait for what the payload does. */
	pty->master = openat(devpts, "ptmx",
			     O_RDWR | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
	if (pty->master < 0)
		return fail(errno, "open a terminal on the container's devpts");
	if (ioctl(pty->master, TIOCSPTLCK, &unlocked) < 0)
		return fail(errno, "unlock a terminal");
	/* By descriptor, never by its name in a directory (CVE-2025-52565); Linux 4.13. */
	pty->slave = ioctl(pty->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return pty->slave < 0 ? fail(errno, "open the other end of a terminal") : 0;
}

/* Mounts what `source` is on the file `dev/NAME`, made if need be. */
static int place(const struct child *c, int source, const char *name)
{
	const struct mnt_base base = { c->root, c->proc };
	const struct mnt_what plain = { 0 };
	char target[128];

	snprintf(target, sizeof(target), "dev/%s", name);
	auto_fd int file = path_make(c->root, target, true, 0);
	if (file < 0)
		return fail(-file, "make /%s in the container", target);
	auto_fd int done = mnt_bind(&base, source, target, &plain);
	return done < 0 ? done : 0;
}

/* Places a slave as /dev/NAME; with lxc.tty.dir as /dev/DIR/NAME, where `link` leads to it. */
static int place_terminal(const struct child *c, int slave, const char *name, bool link)
{
	const char *dir = c->plan->tty_dir;
	char inner[96];

	if (!dir)
		return place(c, slave, name);
	snprintf(inner, sizeof(inner), "%s/%s", dir, name);
	TRY(place(c, slave, inner));
	if (!link)
		return place(c, slave, name);
	if (symlinkat(inner, c->dev, name) < 0 && errno != EEXIST)
		return fail(errno, "make the link /dev/%s", name);
	return 0;
}

/*
 * The container's own devpts. Without lxc.pty.max it only serves to make the console and the
 * terminals, and is taken away again: their files stay.
 */
static int mount_devpts(const struct child *c)
{
	const struct mnt_base base = { c->root, c->proc };
	const struct plan *plan = c->plan;
	char data[96];

	if (plan->ptys)
		snprintf(data, sizeof(data), "newinstance,gid=5,mode=620,ptmxmode=666,max=%u",
			 plan_pty_count(plan));
	else
		snprintf(data, sizeof(data), "newinstance,mode=600,ptmxmode=000");
	const struct mnt_what devpts = {
		.type = "devpts", .source = "devpts", .data = data, .flags = MS_NOSUID | MS_NOEXEC
	};
	auto_fd int target = path_make(c->root, "dev/pts", false, 0755);
	if (target < 0)
		return fail(-target, "make /dev/pts in the container");
	int fd = mnt_new(&base, "dev/pts", &devpts);
	if (fd == -EINVAL && plan->ptys) {
		/* In a user namespace whose map has no group 5. */
		fail_clear();
		snprintf(data, sizeof(data), "newinstance,mode=620,ptmxmode=666,max=%u",
			 plan_pty_count(plan));
		fd = mnt_new(&base, "dev/pts", &devpts);
	}
	return fd;
}

/* Takes the temporary devpts away again; by its own root as the working directory. */
static int unmount_devpts(const struct child *c, int devpts)
{
	if (fchdir(devpts) < 0 || umount2(".", MNT_DETACH) < 0)
		return fail(errno, "take the devpts away again");
	return fchdir(c->root) < 0 ? fail(errno, "enter the root again") : 0;
}

/* The console as whoever watches wants it, before the payload sees it: 0 to 2 are still theirs. */
static void shape_console(int slave, bool tty_private)
{
	struct winsize size;

	for (int fd = 2; fd >= 0; fd--)
		if (ioctl(fd, TIOCGWINSZ, &size) == 0)
			ioctl(slave, TIOCSWINSZ, &size);
	if (tty_private && !isatty(STDOUT_FILENO))
		sys_plain_tty(slave);
}

static int make_console(struct child *c, int devpts, struct pty *console)
{
	TRY(open_pty(devpts, console));
	/* 0620 as devpts makes it; 0600 when it leads to the terminal of whoever started us. */
	if (fchmod(console->slave, c->plan->tty_private ? 0600 : 0620) < 0)
		return fail(errno, "set the mode of the console");
	TRY(place_terminal(c, console->slave, "console", false));
	if (c->plan->stdio != STDIO_CONSOLE)
		return 0;
	shape_console(console->slave, c->plan->tty_private);
	c->terminal = fcntl(console->slave, F_DUPFD_CLOEXEC, 3);
	return c->terminal < 0 ? fail(errno, "keep the console's terminal") : 0;
}

static int make_ttys(const struct child *c, int devpts, int *masters, size_t *n)
{
	for (unsigned i = 0; i < c->plan->ttys && i < CHILD_MAX_TTYS; i++) {
		struct pty tty;
		char name[16];
		TRY(open_pty(devpts, &tty));
		masters[(*n)++] = tty.master;
		auto_fd int slave = tty.slave;
		snprintf(name, sizeof(name), "tty%u", i + 1);
		TRY(place_terminal(c, slave, name, true));
	}
	return 0;
}

int step_terminals(struct child *c)
{
	struct child_report report = { .magic = CHILD_REPORT };
	int fds[CHILD_MAX_FDS];
	struct pty console = { -1, -1 };
	size_t n = 0;
	auto_fd int devpts = mount_devpts(c);

	TRY(devpts);
	/* A mount's descriptor is only a path (O_PATH) from move_mount on old kernels. */
	auto_fd int dir = openat(devpts, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return fail(errno, "open the container's devpts");
	if (c->plan->console) {
		TRY(make_console(c, dir, &console));
		/* The slave, too: a terminal that nobody has open would say so without end. */
		fds[n++] = console.master;
		fds[n++] = console.slave;
		report.has_console = 1;
	}
	TRY(make_ttys(c, dir, fds, &n));
	report.ttys = (uint8_t)(n - (report.has_console ? 2 : 0));
	if (c->plan->ptys) {
		auto_fd int ptmx = path_open(dir, "ptmx", O_PATH, 0);
		if (ptmx < 0)
			return fail(-ptmx, "open the container's ptmx");
		TRY(place(c, ptmx, "ptmx"));
		fds[n++] = dir;
		report.has_devpts = 1;
	} else {
		TRY(unmount_devpts(c, dir));
	}
	int r = n ? child_tell(c, &report, fds, n) : 0;
	/* They are the supervisor's now. Not one of them may stay in the container. */
	for (size_t i = 0; i < n; i++)
		if (fds[i] != dir)
			close(fds[i]);
	return r < 0 ? fail(-r, "hand the terminals over") : 0;
}

/* A boot id of the container's own: programs take a new one for a reboot. */
int step_boot_id(struct child *c)
{
	const struct mnt_base base = { c->root, c->proc };
	const struct mnt_what what = { .flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC };
	unsigned char id[16];
	char text[38];
	size_t n = 0;

	if (getrandom(id, sizeof(id), 0) != sizeof(id))
		return fail(errno, "make a boot id");
	id[6] = (unsigned char)((id[6] & 0x0f) | 0x40); /* a random UUID, RFC 4122 */
	id[8] = (unsigned char)((id[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(id); i++) {
		static const char hex[] = "0123456789abcdef";
		if (i == 4 || i == 6 || i == 8 || i == 10)
			text[n++] = '-';
		text[n++] = hex[id[i] >> 4];
		text[n++] = hex[id[i] & 15];
	}
	text[n++] = '\n';
	auto_fd int file = openat(c->dev, ".lxc-boot-id",
				  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);
	if (file < 0 || write(file, text, n) != (ssize_t)n)
		return fail(errno, "write the boot id");
	auto_fd int done = mnt_bind(&base, file, "proc/sys/kernel/random/boot_id", &what);
	return done < 0 ? done : 0;
}

int step_stdio(struct child *c)
{
	int from = c->terminal;

	if (c->plan->stdio == STDIO_KEEP)
		return 0;
	if (c->plan->stdio == STDIO_NULL) {
		/* The container's own, never the host's: its root could change its mode. */
		if (c->null < 0)
			c->null = open("/dev/null", O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
		if (c->null < 0 || !is_device(c->null, 1, 3))
			return fail_hint(fail(0, "the container's /dev/null is not the device 1:3"),
					 "the image lacks it and lxc.autodev is 0");
		from = c->null;
	}
	for (int fd = 0; fd < 3; fd++)
		if (!(c->plan->kept & 1U << fd) && dup2(from, fd) < 0)
			return fail(errno, "set the standard descriptors");
	return 0;
}
