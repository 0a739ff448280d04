/*
 * path.c - paths beneath a root that somebody else may be changing, over both back ends.
 *
 * Everything is tested twice: with openat2, then, that call taken away, with the walk of our own.
 * At the end each back end has opened the same few hundred paths, and the answers are compared.
 */
#include "path.h"

#include <linux/limits.h>
#include <signal.h>
#include <sys/syscall.h>

#include "sys.h"
#include "tests/unit/helper.h"

static const char *backend; /* for the names of the tests */
static int root;	    /* "root", below the temporary directory */

/* What a descriptor is of, as a name below the temporary directory; "outside" is one above it. */
static const char *name_of(int fd)
{
	static char name[PATH_MAX];
	char link[40];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t len = readlink(link, name, sizeof(name) - 1);
	name[len > 0 ? len : 0] = '\0';
	const char *below = str_after(name, temp_dir);
	return below && *below == '/' ? below + 1 : "outside";
}

/* Whether what was opened is "root" or below it. */
static bool is_inside(int fd)
{
	const char *rest = str_after(name_of(fd), "root");

	return rest && (!*rest || *rest == '/');
}

/* The tree:  etc/passwd  a/b/c/file  and links of every kind. */
static const char *const links[][2] = {
	{ "root/abs", "/a" },
	{ "root/absdeep", "/a/b/c/file" },
	{ "root/rel", "a/b" },
	{ "root/slash", "a/b/" },
	{ "root/dot", "." },
	{ "root/up", ".." },
	{ "root/top", "/" },
	{ "root/escape", "../../../../../../../../etc/passwd" },
	{ "root/escapeabs", "/../../../etc/passwd" },
	{ "root/file", "etc/passwd" },
	{ "root/fileslash", "etc/passwd/" },
	{ "root/dangling", "missing" },
	{ "root/danglingdeep", "a/missing/x" },
	{ "root/danglingabs", "/missing/x" },
	{ "root/loop1", "loop2" },
	{ "root/loop2", "/loop1" },
	{ "root/self", "self/x" },
	{ "root/a/b/out", "../../../outside" },
	{ "root/a/b/etc", "../../etc" },
	{ "root/a/b/back", "/rel/../b/./c" },
};

static void make_tree(void)
{
	static const char *const dirs[] = { "outside", "root",	   "root/etc",
					    "root/a",  "root/a/b", "root/a/b/c" };
	char name[32], target[32];

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		make_dir(dirs[i]);
	make_file("outside/secret", "not for you");
	make_file("root/etc/passwd", "root:x:0:0::/:/bin/sh\n");
	make_file("root/a/b/c/file", "deep");
	must(mkfifo("root/fifo", 0644) == 0, "make a fifo");
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		make_link(links[i][1], links[i][0]);
	/* chain40 is 40 links away from a, which the kernel still follows; chain41 one more. */
	make_link("a", "root/chain1");
	for (int i = 2; i <= 41; i++) {
		snprintf(name, sizeof(name), "root/chain%d", i);
		snprintf(target, sizeof(target), "%schain%d", i % 2 ? "/" : "", i - 1);
		make_link(target, name);
	}
}

/* ---- path_open ---- */

static const struct {
	const char *path;
	int flags;
	const char *want; /* the name of what is opened, or NULL for: */
	int error;
} opens[] = {
	{ "", O_PATH, "root", 0 },
	{ ".", O_PATH, "root", 0 },
	{ "/", O_PATH, "root", 0 },
	{ "//", O_PATH, "root", 0 },
	{ "a", O_PATH, "root/a", 0 },
	{ "/a", O_PATH, "root/a", 0 },
	{ "//a///b//", O_PATH, "root/a/b", 0 },
	{ "./a/./b/.", O_PATH, "root/a/b", 0 },
	{ "a/b/c/file", O_RDONLY, "root/a/b/c/file", 0 },
	/* .. ends at the root */
	{ "..", O_PATH, "root", 0 },
	{ "../..", O_PATH, "root", 0 },
	{ "a/../..", O_PATH, "root", 0 },
	{ "../outside/secret", O_PATH, NULL, ENOENT },
	{ "a/../../../outside", O_PATH, NULL, ENOENT },
	{ "a/b/../../etc/passwd", O_RDONLY, "root/etc/passwd", 0 },
	/* links: absolute, relative, beyond the root */
	{ "abs", O_PATH, "root/a", 0 },
	{ "abs/b", O_PATH, "root/a/b", 0 },
	{ "absdeep", O_RDONLY, "root/a/b/c/file", 0 },
	{ "rel", O_PATH, "root/a/b", 0 },
	{ "rel/c/file", O_RDONLY, "root/a/b/c/file", 0 },
	{ "rel/..", O_PATH, "root/a", 0 },
	{ "slash", O_PATH, "root/a/b", 0 },
	{ "dot/dot/a", O_PATH, "root/a", 0 },
	{ "up", O_PATH, "root", 0 },
	{ "up/up/up/a", O_PATH, "root/a", 0 },
	{ "up/outside/secret", O_RDONLY, NULL, ENOENT },
	{ "top/abs/b", O_PATH, "root/a/b", 0 },
	{ "escape", O_RDONLY, "root/etc/passwd", 0 },
	{ "escapeabs", O_RDONLY, "root/etc/passwd", 0 },
	{ "a/b/out", O_PATH, NULL, ENOENT },
	{ "a/b/out/secret", O_RDONLY, NULL, ENOENT },
	{ "rel/etc/passwd", O_RDONLY, "root/etc/passwd", 0 },
	{ "a/b/back/file", O_RDONLY, "root/a/b/c/file", 0 },
	{ "a/b/back", O_PATH, "root/a/b/c", 0 },
	/* a link as the last component */
	{ "abs", O_PATH | O_NOFOLLOW, "root/abs", 0 },
	{ "abs", O_RDONLY | O_NOFOLLOW, NULL, ELOOP },
	{ "abs", O_PATH | O_DIRECTORY | O_NOFOLLOW, NULL, ENOTDIR },
	{ "abs", O_PATH | O_DIRECTORY, "root/a", 0 },
	{ "abs/b", O_PATH | O_NOFOLLOW, "root/a/b", 0 },
	{ "abs/", O_PATH | O_NOFOLLOW, "root/a", 0 },
	{ "file", O_PATH, "root/etc/passwd", 0 },
	{ "file", O_PATH | O_DIRECTORY, NULL, ENOTDIR },
	/* a name with a slash behind it is a directory's */
	{ "etc/passwd/", O_PATH, NULL, ENOTDIR },
	{ "etc/passwd/.", O_PATH, NULL, ENOTDIR },
	{ "etc/passwd/..", O_PATH, NULL, ENOTDIR },
	{ "etc/passwd/x", O_PATH, NULL, ENOTDIR },
	{ "file/", O_PATH, NULL, ENOTDIR },
	{ "fileslash", O_PATH, NULL, ENOTDIR },
	{ "fifo/x", O_PATH, NULL, ENOTDIR },
	/* loops and dangling links */
	{ "loop1", O_PATH, NULL, ELOOP },
	{ "loop2/x", O_PATH, NULL, ELOOP },
	{ "self", O_PATH, NULL, ELOOP },
	{ "chain40", O_PATH, "root/a", 0 },
	{ "chain40/b", O_PATH, "root/a/b", 0 },
	{ "chain41", O_PATH, NULL, ELOOP },
	{ "missing", O_PATH, NULL, ENOENT },
	{ "missing/..", O_PATH, NULL, ENOENT },
	{ "dangling", O_PATH, NULL, ENOENT },
	{ "dangling", O_PATH | O_NOFOLLOW, "root/dangling", 0 },
	{ "danglingdeep", O_PATH, NULL, ENOENT },
	{ "danglingabs/y", O_PATH, NULL, ENOENT },
};

static void test_open(void)
{
	for (size_t i = 0; i < ARRAY_LEN(opens); i++) {
		auto_fd int fd = path_open(root, opens[i].path, opens[i].flags, 0);
		if (opens[i].want)
			is_str(fd < 0 ? strerror(-fd) : name_of(fd), opens[i].want,
			       "%s: \"%s\", flags %o", backend, opens[i].path, opens[i].flags);
		else
			is_str(fd < 0 ? strerror(-fd) : name_of(fd), strerror(opens[i].error),
			       "%s: \"%s\", flags %o", backend, opens[i].path, opens[i].flags);
	}
}

static void test_descriptor(void)
{
	auto_fd int plain = path_open(root, "a", O_RDONLY, 0);
	auto_fd int walked = path_open(root, "abs/../rel/c", O_PATH, 0);

	ok(fcntl(plain, F_GETFD) == FD_CLOEXEC && fcntl(walked, F_GETFD) == FD_CLOEXEC,
	   "%s: what is opened does not survive exec", backend);
}

static void test_long_names(void)
{
	char name[NAME_MAX + 2], path[PATH_MAX + 100];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	is_int(path_open(root, name, O_PATH, 0), -ENAMETOOLONG, "%s: a name of 256 bytes", backend);
	snprintf(path, sizeof(path), "a/%s/b", name);
	is_int(path_open(root, path, O_PATH, 0), -ENAMETOOLONG, "%s: inside a path", backend);
	snprintf(path, sizeof(path), "missing/%s", name);
	is_int(path_open(root, path, O_PATH, 0), -ENOENT, "%s: behind one that is missing",
	       backend);
	is_int(path_open(root, name + 1, O_PATH, 0), -ENOENT, "%s: a name of 255 bytes", backend);
	memset(path, '/', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	is_int(path_open(root, path, O_PATH, 0), -ENAMETOOLONG, "%s: a path of 4195 bytes",
	       backend);
	memset(path, '/', PATH_MAX - 1);
	path[PATH_MAX - 2] = 'a';
	path[PATH_MAX - 1] = '\0';
	auto_fd int fd = path_open(root, path, O_PATH, 0);
	is_str(fd < 0 ? strerror(-fd) : name_of(fd), "root/a", "%s: a path of 4095 bytes", backend);
}

/* As deep as any root file system is; our own walk keeps the directories open, so it has an end. */
static void test_deep(void)
{
	auto_text struct text path = { 0 }, back = { 0 };
	int fds = count_fds();

	for (int i = 0; i < 90; i++)
		text_format(&path, "/d%d", i);
	text_add(&back, text_get(&path));
	for (int i = 0; i < 90; i++)
		text_add(&back, "/..");
	int made = path_make(root, text_get(&path), false, 0755);
	ok(made >= 0 && is_inside(made), "%s: 90 directories deep, made", backend);
	int fd = path_open(root, text_get(&path), O_PATH, 0);
	ok(fd >= 0 && is_inside(fd), "%s: opened", backend);
	int top = path_open(root, text_get(&back), O_PATH, 0);
	is_str(top < 0 ? strerror(-top) : name_of(top), "root", "%s: and back up again", backend);
	fd_close(&made);
	fd_close(&fd);
	fd_close(&top);
	for (int i = 90; i < 200; i++)
		text_format(&path, "/d%d", i);
	fd = path_open(root, text_get(&path), O_PATH, 0);
	ok(fd == -ENOENT || fd == -ENAMETOOLONG, "%s: 200 directories deep there is nothing",
	   backend);
	is_int(count_fds(), fds, "%s: no descriptor is left open", backend);
	must(path_remove(root, "d0") == 0, "remove the deep tree");
}

/* ---- O_CREAT ---- */

static const struct {
	const char *path;
	int flags;
	const char *want; /* what is there then */
	int error;
} creations[] = {
	{ "new", O_CREAT, "root/new", 0 },
	{ "a/new", O_CREAT | O_EXCL, "root/a/new", 0 },
	{ "rel/new", O_CREAT, "root/a/b/new", 0 },
	{ "../new", O_CREAT, "root/new", 0 },
	{ "up/up/new", O_CREAT, "root/new", 0 },
	{ "dangling", O_CREAT, "root/missing", 0 },
	{ "dangling", O_CREAT | O_NOFOLLOW, NULL, ELOOP },
	{ "dangling", O_CREAT | O_EXCL, NULL, EEXIST },
	{ "file", O_CREAT | O_EXCL, NULL, EEXIST },
	{ "etc/passwd", O_CREAT | O_EXCL, NULL, EEXIST },
	{ "danglingabs", O_CREAT, NULL, ENOENT },
	{ "a/b/out/new", O_CREAT, NULL, ENOENT },
	{ "new/", O_CREAT, NULL, EISDIR },
	{ "missing/new", O_CREAT, NULL, ENOENT },
	{ "a", O_CREAT, NULL, EISDIR },
};

static void test_create(void)
{
	for (size_t i = 0; i < ARRAY_LEN(creations); i++) {
		auto_fd int fd = path_open(root, creations[i].path, O_WRONLY | creations[i].flags,
					   0640);
		is_str(fd < 0 ? strerror(-fd) : name_of(fd),
		       creations[i].want ? creations[i].want : strerror(creations[i].error),
		       "%s: make \"%s\"%s", backend, creations[i].path,
		       creations[i].flags & O_EXCL ? ", if missing" : "");
		if (fd >= 0)
			unlink(name_of(fd));
		unlink("root/missing");
		unlink("root/new");
	}
	ok(!exists("outside/new") && !exists("new"), "%s: nothing was made outside", backend);
}

/*
 * A lease makes open answer EAGAIN, which is also what a changing tree makes openat2 answer. Who
 * owns a file can take one; that must not get him another file opened.
 */
static void test_lease(void)
{
	signal(SIGIO, SIG_IGN);
	auto_fd int held = open("root/a/b/c/file", O_RDONLY | O_CLOEXEC);
	auto_fd int reader = -1;

	if (fcntl(held, F_SETLEASE, F_RDLCK) < 0) {
		skip("%s: no leases here: %s", backend, strerror(errno));
		return;
	}
	reader = path_open(root, "a/b/c/file", O_WRONLY | O_NONBLOCK, 0);
	is_str(reader < 0 ? strerror(-reader) : name_of(reader), strerror(EAGAIN),
	       "%s: a leased file is not opened, nor anything in its place", backend);
	fcntl(held, F_SETLEASE, F_UNLCK);
}

/* ---- path_make and path_parent ---- */

static const struct {
	const char *path;
	bool file;
	const char *want;
	int error; /* 0: any */
} makes[] = {
	{ "mnt", false, "root/mnt", 0 },
	{ "m1/m2/m3", false, "root/m1/m2/m3", 0 },
	{ "/m1//m2/m4/", false, "root/m1/m2/m4", 0 },
	{ "m1/f1", true, "root/m1/f1", 0 },
	{ "m5/m6/f2", true, "root/m5/m6/f2", 0 },
	{ "rel/m7/m8", false, "root/a/b/m7/m8", 0 },
	{ "abs/m9", false, "root/a/m9", 0 },
	{ "up/up/m10", false, "root/m10", 0 },
	{ "top/abs/f3", true, "root/a/f3", 0 },
	/* what is there is opened, whatever it is */
	{ "a/b", false, "root/a/b", 0 },
	{ "rel", false, "root/a/b", 0 },
	{ "etc/passwd", true, "root/etc/passwd", 0 },
	{ "file", true, "root/etc/passwd", 0 },
	{ "/", false, "root", 0 },
	{ "", false, "root", 0 },
	/* something is in the way */
	{ "etc/passwd/x", false, NULL, ENOTDIR },
	{ "file/x/y", false, NULL, ENOTDIR },
	{ "fifo/x", true, NULL, ENOTDIR },
	{ "loop1/x", false, NULL, ELOOP },
	{ "self", false, NULL, ELOOP },
	/* never through a link that leads nowhere: where it leads could come to be outside */
	{ "dangling", false, NULL, 0 },
	{ "dangling", true, NULL, 0 },
	{ "dangling/x", false, NULL, 0 },
	{ "danglingdeep", true, NULL, 0 },
	{ "danglingabs/y/z", true, NULL, 0 },
	{ "a/b/out/x", false, NULL, 0 },
	{ "a/b/out", false, NULL, 0 },
};

static void test_make(void)
{
	umask(022);
	for (size_t i = 0; i < ARRAY_LEN(makes); i++) {
		auto_fd int fd = path_make(root, makes[i].path, makes[i].file, 0711);
		const char *got = fd < 0 ? strerror(-fd) : name_of(fd);
		if (makes[i].want || makes[i].error)
			is_str(got, makes[i].want ? makes[i].want : strerror(makes[i].error),
			       "%s: the target \"%s\"", backend, makes[i].path);
		else if (!ok(fd < 0, "%s: no target \"%s\"", backend, makes[i].path))
			diag("got %s", got);
	}
	ok(!exists("root/missing") && !exists("outside/x") && !exists("missing"),
	   "%s: nothing was made where a link leads nowhere", backend);
}

static void test_made_modes(void)
{
	struct stat st;

	is_int(stat("root/m1/m2/m3", &st) == 0 ? (int)st.st_mode : -1, S_IFDIR | 0711,
	       "%s: a directory of the mode asked for", backend);
	is_int(stat("root/m1/m2", &st) == 0 ? (int)st.st_mode : -1, S_IFDIR | 0755,
	       "%s: its parents are 0755", backend);
	is_int(stat("root/m5/m6/f2", &st) == 0 ? (int)st.st_mode : -1, S_IFREG | 0711,
	       "%s: a file of the mode asked for", backend);
	is_int(st.st_size, 0, "%s: which is empty", backend);
	int bare = path_make(root, "bare", true, 0);
	cleanup_fd(&bare);
	is_int(stat("root/bare", &st) == 0 ? (int)st.st_mode : -1, S_IFREG,
	       "%s: be it no mode at all", backend);
	static const char *const made[] = { "mnt", "m1", "m5", "m10", "bare" };
	for (size_t i = 0; i < ARRAY_LEN(made); i++)
		must(path_remove(root, made[i]) == 0, made[i]);
	must(path_remove(root, "a/b/m7") == 0 && path_remove(root, "a/m9") == 0 &&
		     path_remove(root, "a/f3") == 0,
	     "clean up");
}

static const struct {
	const char *path, *want, *last;
	int error;
} parents[] = {
	{ "x", "root", "x", 0 },
	{ "/x", "root", "x", 0 },
	{ "x/", "root", "x/", 0 },
	{ "a/x", "root/a", "x", 0 },
	{ "rel/x", "root/a/b", "x", 0 },
	{ "p1/p2/x", "root/p1/p2", "x", 0 },
	{ "up/up/x", "root", "x", 0 },
	{ "abs/dangling", "root/a", "dangling", 0 },
	{ "", NULL, NULL, EINVAL },
	{ "/", NULL, NULL, EINVAL },
	{ "etc/passwd/x", NULL, NULL, ENOTDIR },
	{ "dangling/x", NULL, NULL, ENOTDIR },
	{ "loop1/x", NULL, NULL, ELOOP },
};

static void test_parent(void)
{
	int fds = count_fds();

	for (size_t i = 0; i < ARRAY_LEN(parents); i++) {
		const char *last = NULL;
		auto_fd int fd = path_parent(root, parents[i].path, &last);
		is_str(fd < 0 ? strerror(-fd) : name_of(fd),
		       parents[i].want ? parents[i].want : strerror(parents[i].error),
		       "%s: the directory \"%s\" is in", backend, parents[i].path);
		if (parents[i].want)
			is_str(last, parents[i].last, "%s: and its name there", backend);
	}
	ok(!exists("root/x") && exists("root/p1/p2"), "%s: only parents are made", backend);
	is_int(count_fds(), fds, "%s: no descriptor is left open", backend);
	must(path_remove(root, "p1") == 0, "clean up");
}

/* ---- both back ends, compared ---- */

static const char *const heads[] = {
	"",	    "a",    "a/b",	  "a/b/c",	 "abs",	    "rel",	"slash",
	"dot",	    "up",   "top",	  "etc",	 "a/b/etc", "a/b/back", "loop1",
	"dangling", "file", "fifo",	  "chain39",	 "chain40", "missing",	"a/b/out",
	"escape",   "../a", "etc/passwd", "danglingabs",
};
static const char *const tails[] = {
	"", "/", "/.", "/..", "/../a", "/b", "/b/c/file", "/etc/passwd", "/dangling", "//../..//rel"
};
static const int ways[] = { O_PATH,
			    O_PATH | O_NOFOLLOW,
			    O_PATH | O_DIRECTORY,
			    O_PATH | O_DIRECTORY | O_NOFOLLOW,
			    O_RDONLY | O_NONBLOCK,
			    O_WRONLY | O_NONBLOCK | O_NOFOLLOW };

enum { N_PATHS = ARRAY_LEN(heads) * ARRAY_LEN(tails), N_WAYS = ARRAY_LEN(ways) };

static struct answer {
	dev_t dev;
	ino_t ino;
	int error;
	bool outside;
} answers[2][N_PATHS][N_WAYS];

static const char *nth_path(size_t i)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s%s", heads[i / ARRAY_LEN(tails)],
		 tails[i % ARRAY_LEN(tails)]);
	return path;
}

static void ask_all(struct answer (*into)[N_WAYS])
{
	for (size_t i = 0; i < N_PATHS; i++)
		for (size_t k = 0; k < N_WAYS; k++) {
			struct stat st = { 0 };
			auto_fd int fd = path_open(root, nth_path(i), ways[k], 0);
			if (fd >= 0)
				must(fstat(fd, &st) == 0, "fstat");
			into[i][k] = (struct answer){ st.st_dev, st.st_ino, fd < 0 ? -fd : 0,
						      fd >= 0 && !is_inside(fd) };
		}
}

static void compare_answers(void)
{
	for (size_t i = 0; i < N_PATHS; i++) {
		const struct answer *a = answers[0][i], *b = answers[1][i];
		bool same = true;
		for (size_t k = 0; k < N_WAYS; k++)
			same &= a[k].dev == b[k].dev && a[k].ino == b[k].ino &&
				a[k].error == b[k].error && !a[k].outside && !b[k].outside;
		ok(same, "\"%s\" is the same to both", nth_path(i));
		for (size_t k = 0; k < N_WAYS && !same; k++)
			diag("flags %o: openat2 ino %lu error %d, walk ino %lu error %d", ways[k],
			     (unsigned long)a[k].ino, a[k].error, (unsigned long)b[k].ino,
			     b[k].error);
	}
}

static void test_backend(struct answer (*into)[N_WAYS])
{
	test_open();
	test_descriptor();
	test_long_names();
	test_deep();
	test_create();
	test_lease();
	test_make();
	test_made_modes();
	test_parent();
	ask_all(into);
}

int main(void)
{
	struct sys_open_how how = { .flags = O_PATH, .resolve = SYS_RESOLVE_IN_ROOT };
	auto_fd int here = -1;

	temp_enter();
	make_tree();
	root = open_dir("root");
	here = sys_openat2(root, ".", &how);
	if (here >= 0) {
		backend = "openat2";
		test_backend(answers[0]);
	} else {
		skip("no openat2 here: %s", strerror(errno));
	}
	if (!without_syscall(SYS_openat2)) {
		skip("cannot take openat2 away: %s", strerror(errno));
		return tap_done();
	}
	backend = "walk";
	test_backend(answers[1]);
	if (here >= 0)
		compare_answers();
	return tap_done();
}
