/* path_tree.c - trees that are removed or given away, with and without openat2 (threats B9). */
#include <limits.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "path.h"
#include "sys.h"
#include "tests/unit/helper.h"

static const char *backend;
static int here; /* the temporary directory */

/* What a container could have left behind in "tree"; "outside" must never be touched. */
static void make_tree(void)
{
	make_dir("outside");
	make_file("outside/file", "stays");
	make_dir("tree");
	make_dir("tree/empty");
	make_dir("tree/dir");
	make_dir("tree/dir/dir");
	make_file("tree/file", "text");
	make_file("tree/dir/file", "text");
	make_file("tree/dir/dir/read-only", "text");
	must(chmod("tree/dir/dir/read-only", 0) == 0, "chmod");
	make_link("../outside", "tree/link");
	make_link("../../outside/file", "tree/dir/link");
	make_link("nowhere", "tree/dir/dangling");
	make_link("..", "tree/dir/dir/up");
	must(mkfifo("tree/fifo", 0644) == 0, "mkfifo");
	must(link("outside/file", "tree/dir/hard") == 0, "link");
	make_file("tree/dir/line\nbreak", "odd name");
	make_file("tree/dir/-rf", "odd name");
	make_dir("tree/dir/...");
	make_file("tree/dir/.hidden", "text");
}

static bool outside_stays(void)
{
	char text[32];

	return slurp("outside/file", text, sizeof(text)) && streq(text, "stays");
}

static void test_remove(void)
{
	int fds = count_fds();

	make_tree();
	is_int(path_remove(here, "tree"), 0, "%s: a tree of everything is removed", backend);
	ok(!exists("tree"), "%s: it is gone", backend);
	ok(outside_stays(), "%s: what its links meant stays", backend);
	is_int(path_remove(here, "tree"), 0, "%s: a missing tree is removed, too", backend);
	is_int(count_fds(), fds, "%s: no descriptor is left open", backend);
}

/* What is no directory, in its place. */
static void test_remove_others(void)
{
	make_dir("outside");
	make_file("outside/file", "stays");
	make_file("one", "file");
	is_int(path_remove(here, "one"), 0, "%s: a file", backend);
	make_link("outside", "one");
	is_int(path_remove(here, "one"), 0, "%s: a link to a directory", backend);
	ok(!exists("one") && outside_stays(), "%s: only the link is gone", backend);
	make_link("nowhere", "one");
	is_int(path_remove(here, "one"), 0, "%s: a dangling link", backend);
	make_dir("one");
	is_int(path_remove(here, "one"), 0, "%s: an empty directory", backend);
	ok(!exists("one"), "%s: all gone", backend);
	auto_fd int below = open_dir("outside");
	make_dir("outside/sub");
	is_int(path_remove(below, "sub"), 0, "%s: in a directory by descriptor", backend);
	ok(!exists("outside/sub") && outside_stays(), "%s: and nothing beside it", backend);
}

/* A container can nest directories by the ten thousand, far beyond what a path can name. */
static void test_remove_deep(void)
{
	enum { DEPTH = 1200 };
	int fds = count_fds();
	char name[NAME_MAX + 1];

	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	make_dir("tree");
	int at = open_dir("tree");
	for (int i = 0; i < DEPTH; i++) {
		const char *part = i % 500 ? "d" : name;
		must(mkdirat(at, part, 0755) == 0, "mkdirat");
		int below = openat(at, part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		must(below >= 0, "openat");
		if (i % 100 == 0)
			must(symlinkat("..", at, "up") == 0, "symlinkat");
		close(at);
		at = below;
	}
	close(at);
	is_int(path_remove(here, "tree"), 0, "%s: 1200 directories deep", backend);
	ok(!exists("tree"), "%s: gone to the bottom", backend);
	is_int(count_fds(), fds, "%s: no descriptor is left open", backend);
}

/* Work in proportion to what there is to remove. */
static void test_remove_wide(void)
{
	char name[64];

	make_dir("tree");
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "tree/d%d", i);
		make_dir(name);
		snprintf(name, sizeof(name), "tree/d%d/f", i);
		make_file(name, "");
		snprintf(name, sizeof(name), "tree/f%d", i);
		make_file(name, "");
	}
	is_int(path_remove(here, "tree"), 0, "%s: 2000 directories side by side", backend);
	ok(!exists("tree"), "%s: all of them gone", backend);
}

/* What cannot be removed is named, with the reason. */
static void test_remove_refused(void)
{
	make_dir("busy");
	if (chdir("busy") < 0)
		bail("chdir");
	auto_fd int busy = open_dir(".");
	is_error(path_remove(busy, "."), "remove", "%s: the directory . itself", backend);
	must(chdir("..") == 0, "chdir");
	rmdir("busy");
	is_error(path_remove(-1, "x"), "", "%s: in no directory", backend);
}

/* ---- mounts ---- */

static struct {
	int fs, bind, file, top, kept, gone;
	char words[4][160];
} * seen; /* shared with the child, which has mounts of its own */

static void note_words(int i)
{
	fail_line(failure, seen->words[i], sizeof(seen->words[i]));
	fail_clear();
}

static int mounts_child(void *arg)
{
	if (geteuid() != 0 || !own_mounts())
		return CANNOT;
	here = open_dir("."); /* the same directory, in the new namespace */
	make_dir("tree");
	make_dir("tree/a");
	make_dir("tree/a/mnt");
	make_file("tree/a/target", "");
	/* Another file system, whatever is in it. */
	must(mount("none", "tree/a/mnt", "tmpfs", 0, NULL) == 0, "mount a tmpfs");
	make_file("tree/a/mnt/file", "stays");
	seen->fs = path_remove(here, "tree");
	note_words(0);
	seen->kept = exists("tree/a/mnt/file");
	/* The tree itself is one. */
	seen->top = path_remove(here, "tree/a/mnt");
	note_words(1);
	seen->kept &= exists("tree/a/mnt/file");
	must(umount("tree/a/mnt") == 0, "umount");
	/* A part of the same file system: its device number tells nothing. */
	must(mount("outside", "tree/a/mnt", NULL, MS_BIND, NULL) == 0, "bind a directory");
	seen->bind = path_remove(here, "tree");
	note_words(2);
	seen->kept &= exists("outside/file");
	must(umount("tree/a/mnt") == 0, "umount");
	make_file("outside/file", "stays");
	make_dir("tree/a");
	make_file("tree/a/target", "");
	must(mount("outside/file", "tree/a/target", NULL, MS_BIND, NULL) == 0, "bind a file");
	seen->file = path_remove(here, "tree");
	note_words(3);
	must(umount("tree/a/target") == 0, "umount");
	seen->gone = path_remove(here, "tree");
	return 0;
}

static void test_mounts(void)
{
	make_dir("outside");
	make_file("outside/file", "stays");
	int status = exit_status(in_child(mounts_child, NULL));
	if (status == CANNOT) {
		skip("%s: mounts in a tree: we may not make a mount namespace", backend);
		return;
	}
	is_int(status, 0, "%s: mounts in a tree", backend);
	ok(seen->fs < 0 && strstr(seen->words[0], "mnt"), "%s: a file system in the tree: %s",
	   backend, seen->words[0]);
	ok(seen->top < 0 && strstr(seen->words[1], "mounted"), "%s: a file system in its place: %s",
	   backend, seen->words[1]);
	ok(seen->bind < 0 && strstr(seen->words[2], "mounted"), "%s: a directory bound into it: %s",
	   backend, seen->words[2]);
	ok(seen->file < 0 && strstr(seen->words[3], "target"), "%s: a file bound into it: %s",
	   backend, seen->words[3]);
	ok(seen->kept, "%s: what is mounted stays", backend);
	is_int(seen->gone, 0, "%s: unmounted, the tree is removed", backend);
	ok(!exists("tree"), "%s: and gone", backend);
}

/* ---- path_own ---- */

enum { UID = 100000, GID = 100001 };

static const struct {
	const char *path;
	mode_t mode;
} owned[] = {
	{ "tree", S_IFDIR | 0755 },	    { "tree/file", S_IFREG | 0644 },
	{ "tree/dir/dir", S_IFDIR | 0755 }, { "tree/dir/dir/read-only", S_IFREG | 0 },
	{ "tree/link", S_IFLNK | 0777 },    { "tree/dir/dangling", S_IFLNK | 0777 },
	{ "tree/fifo", S_IFIFO | 0644 },    { "tree/dir/line\nbreak", S_IFREG | 0644 },
	{ "tree/suid", S_IFREG | 06755 },   { "tree/sgid", S_IFDIR | 02775 },
	{ "tree/sticky", S_IFDIR | 01777 },
};

static void make_special_modes(void)
{
	make_file("tree/suid", "#!");
	make_dir("tree/sgid");
	make_dir("tree/sticky");
	must(chmod("tree/suid", 06755) == 0 && chmod("tree/sgid", 02775) == 0 &&
		     chmod("tree/sticky", 01777) == 0,
	     "chmod");
}

static void test_own(void)
{
	struct stat st = { 0 };
	int fds = count_fds();

	if (geteuid() != 0) {
		skip("%s: path_own: only root gives files away", backend);
		return;
	}
	make_tree();
	unlink("tree/dir/hard");
	make_special_modes();
	int tree = open_dir("tree");
	is_int(path_own(tree, UID, GID), 0, "%s: a tree is given to somebody", backend);
	for (size_t i = 0; i < ARRAY_LEN(owned); i++) {
		must(lstat(owned[i].path, &st) == 0, owned[i].path);
		ok(st.st_uid == UID && st.st_gid == GID, "%s: %s is his", backend, owned[i].path);
		is_int(st.st_mode, owned[i].mode, "%s: with its mode", backend);
	}
	ok(stat("outside", &st) == 0 && st.st_uid == 0 && stat("outside/file", &st) == 0 &&
		   st.st_uid == 0 && stat(".", &st) == 0 && st.st_uid == 0,
	   "%s: what links mean is not", backend);
	close(tree);
	is_int(count_fds(), fds, "%s: no descriptor is left open", backend);
	must(path_remove(here, "tree") == 0, "remove it");
}

static void test_backend(void)
{
	test_remove();
	test_remove_others();
	test_remove_deep();
	test_remove_wide();
	test_remove_refused();
	test_mounts();
	test_own();
}

int main(void)
{
	struct sys_open_how how = { .flags = O_PATH };

	umask(022);
	temp_enter();
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(seen != MAP_FAILED, "mmap");
	here = open_dir(".");
	auto_fd int probe = sys_openat2(here, ".", &how);
	if (probe >= 0) {
		backend = "openat2";
		test_backend();
	}
	if (!without_syscall(SYS_openat2)) {
		skip("cannot take openat2 away: %s", strerror(errno));
		return tap_done();
	}
	backend = "walk";
	test_backend();
	return tap_done();
}
