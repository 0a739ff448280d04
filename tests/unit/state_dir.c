/* state_dir.c - where run-time state lies: one directory per lxcpath and name, ours and 0700. */
#include <dirent.h>

#include "state.h"
#include "tests/unit/helper.h"

static char run[160]; /* LXC_RUNTIME_DIR */

/* A claimed run directory. */
struct claim {
	int dir, lock;
};

static int claim(const char *lxcpath, struct claim *c)
{
	c->dir = c->lock = -1;
	return state_claim(lxcpath, "c1", &c->dir, &c->lock);
}

static void let_go(const char *lxcpath, struct claim *c)
{
	if (c->dir >= 0)
		state_release(c->dir, lxcpath, "c1");
	fd_close(&c->dir);
	fd_close(&c->lock);
}

/* ---- no two paths share a directory ---- */

#define LONG200                                                                                    \
	"/01234567890123456789012345678901234567890123456789"                                      \
	"/01234567890123456789012345678901234567890123456789"                                      \
	"/01234567890123456789012345678901234567890123456789"                                      \
	"/01234567890123456789012345678901234567890123456789"

/* clang-format off */
/* NOLINTBEGIN(bugprone-suspicious-missing-comma): long words are made of several */
static const char *const paths[] = {
	"/", "/var/lib/lxc", "/var-lib-lxc", "/var/lib-lxc", "/var=2flib/lxc", "/var\\x2flib/lxc",
	"/var_lib_lxc", "/var.lib.lxc", "/Var/Lib/Lxc", "/var/lib/lxc/c1", "/var/lib",
	"/var/lib/lxc2",
	"/-", "/=", "/=2d", "/.", "/..", "/...", "/a", "/ a", "/a ", "/a=20", "/\xc3\xa4", "/\xc3",
	"/=c3=a4", "/a\tb", "/a\nb", "/a:b", "/a%b", "/home/u/.local/share/lxc",
	LONG200, (LONG200 "/a"), (LONG200 "/b"), ("/a" LONG200), ("/b" LONG200), (LONG200 LONG200),
	(LONG200 LONG200 LONG200 LONG200),
};
/* NOLINTEND(bugprone-suspicious-missing-comma) */
/* clang-format on */

static void test_paths(void)
{
	struct claim claims[ARRAY_LEN(paths)];

	/* All at once: a directory that two shared would have one lock for both. */
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		is_int(claim(paths[i], &claims[i]), 0, "a directory for the path \"%.40s\"",
		       paths[i]);
		struct record record;
		record_begin(&record);
		if (claims[i].dir >= 0)
			state_save(claims[i].dir, &record);
	}
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct stat one, other;
		bool alone = fstat(claims[i].dir, &one) == 0;
		for (size_t k = 0; alone && k < i; k++)
			alone = fstat(claims[k].dir, &other) == 0 && one.st_ino != other.st_ino;
		ok(alone, "which is its own");
	}
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		let_go(paths[i], &claims[i]);
}

/* Each name is one plain directory below the top, whatever is in the path. */
static void test_escaping(void)
{
	struct claim claims[ARRAY_LEN(paths)];
	int odd = 0, count = 0;

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		claim(paths[i], &claims[i]);
	DIR *list = opendir(run);
	for (struct dirent *entry; list && (entry = readdir(list));) {
		const char *name = entry->d_name;
		if (streq(name, ".") || streq(name, ".."))
			continue;
		count++;
		odd += strlen(name) > 200 || name[0] == '.';
		for (const char *at = name; *at; at++)
			odd += *at <= ' ' || *at > '~' || *at == '/';
	}
	if (list)
		closedir(list);
	is_int(odd, 0, "the names are plain and not too long");
	is_int(count, ARRAY_LEN(paths), "one each");
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		let_go(paths[i], &claims[i]);
	ok(rmdir(run) == 0, "let go, not one is left");
}

static void test_same_path(void)
{
	static const char *const same[] = { "/var/lib/lxc", "/var/lib/lxc/", "//var//lib/lxc//" };
	struct claim first, second;
	struct record record;

	claim(same[0], &first);
	record_begin(&record);
	state_save(first.dir, &record);
	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		is_int(claim(same[i], &second), -EBUSY, "%s is the same path", same[i]);
	let_go(same[0], &first);
}

/* ---- whose it is (threats B11, I1, A7) ---- */

static void test_modes(void)
{
	struct claim c;
	struct stat st;

	make_dir("run");
	make_dir("run/var-lib-lxc");
	make_dir("run/var-lib-lxc/c1");
	must(chmod("run/var-lib-lxc", 0777) == 0, "chmod");
	must(chmod("run/var-lib-lxc/c1", 01777) == 0, "chmod");
	is_int(claim("/var/lib/lxc", &c), 0, "directories that are there");
	ok(stat("run/var-lib-lxc", &st) == 0 && (st.st_mode & 07777) == 0700 &&
		   stat("run/var-lib-lxc/c1", &st) == 0 && (st.st_mode & 07777) == 0700,
	   "are closed to others");
	ok(stat("run/var-lib-lxc/c1/lock", &st) == 0 && (st.st_mode & 07777) == 0600,
	   "the lock, too");
	let_go("/var/lib/lxc", &c);
}

static void refused(const char *name)
{
	struct seen seen;
	struct claim c;
	int fds = count_fds();

	int r = state_look("/var/lib/lxc", "c1", &seen);
	ok(r < 0 && failure->text[0], "%s: not looked into: %s", name, failure->text);
	fail_clear();
	r = claim("/var/lib/lxc", &c);
	ok(r < 0 && failure->text[0], "%s: not claimed: %s", name, failure->text);
	fail_clear();
	seen_close(&seen);
	let_go("/var/lib/lxc", &c);
	is_int(count_fds(), fds, "%s: no descriptor is left open", name);
}

static void test_links(void)
{
	make_dir("elsewhere");
	make_dir("elsewhere/c1");
	remove_tree("run");
	make_dir("run");
	make_link("../elsewhere", "run/var-lib-lxc");
	refused("a link in place of the path's directory");
	unlink("run/var-lib-lxc");
	make_dir("run/var-lib-lxc");
	make_link("../../elsewhere/c1", "run/var-lib-lxc/c1");
	refused("a link in place of the container's directory");
	unlink("run/var-lib-lxc/c1");
	make_file("run/var-lib-lxc/c1", "");
	refused("a file in its place");
	unlink("run/var-lib-lxc/c1");
	make_dir("run/var-lib-lxc/c1");
	make_link("../../../elsewhere/lock", "run/var-lib-lxc/c1/lock");
	struct claim c;
	is_error(claim("/var/lib/lxc", &c), "lock", "a link in place of the lock");
	ok(!exists("elsewhere/lock"), "is not followed");
	remove_tree("run");
}

static void test_owners(void)
{
	if (geteuid() != 0) {
		skip("directories of other users: only root can make them");
		return;
	}
	make_dir("run");
	make_dir("run/var-lib-lxc");
	make_dir("run/var-lib-lxc/c1");
	must(chown("run/var-lib-lxc", 1000, 1000) == 0, "chown");
	refused("another user's directory for the path");
	must(chown("run/var-lib-lxc", 0, 0) == 0, "chown");
	must(chown("run/var-lib-lxc/c1", 1000, 1000) == 0, "chown");
	struct claim c;
	is_error(claim("/var/lib/lxc", &c), "belongs to user 1000",
		 "another user's directory for the container");
	remove_tree("run");
}

/* ---- where it is ---- */

static int top_as_user(void *arg)
{
	struct claim c;

	if (setgid(12345) < 0 || setuid(12345) < 0)
		return CANNOT;
	unsetenv("LXC_RUNTIME_DIR");
	setenv("XDG_RUNTIME_DIR", arg, 1);
	return claim("/var/lib/lxc", &c) == 0 && exists("user/lxc/var-lib-lxc/c1/lock") ? 0 : 1;
}

static void test_user(void)
{
	char dir[200];

	snprintf(dir, sizeof(dir), "%s/user", temp_dir);
	make_dir(dir);
	if (geteuid() != 0 || chown(dir, 12345, 12345) < 0 || chmod(".", 0755) < 0) {
		skip("a user's own directory: only root can become another user");
		return;
	}
	is_int(exit_status(in_child(top_as_user, dir)), 0, "a user's state is in XDG_RUNTIME_DIR");
}

static void test_names(void)
{
	struct arena mem = { 0 };
	int dirs[3] = { -1, -1, -1 }, locks[3] = { -1, -1, -1 };
	static const char *const names[] = { "a", "b c", "z.1" };
	size_t count = 0, known = 0;

	ok(state_names(&mem, "/var/lib/lxc")[0] == NULL, "no containers, no names");
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		must(state_claim("/var/lib/lxc", names[i], &dirs[i], &locks[i]) == 0, names[i]);
	make_dir("run/var-lib-lxc/.hidden");
	make_dir("run/var-lib-lxc/-odd");
	for (char **at = state_names(&mem, "/var/lib/lxc"); *at; at++, count++)
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			known += streq(*at, names[i]);
	ok(count == 3 && known == 3, "three containers, three names, and no other");
	ok(state_names(&mem, "/var/lib/lxc2")[0] == NULL, "none below another path");
	rmdir("run/var-lib-lxc/.hidden");
	rmdir("run/var-lib-lxc/-odd");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		state_release(dirs[i], "/var/lib/lxc", names[i]);
		fd_close(&dirs[i]);
		fd_close(&locks[i]);
	}
	ok(rmdir("run") == 0, "let go, nothing is left of them");
	mem_release(&mem);
}

/* A directory that cannot be made is told of, and does not hang. */
static void test_no_top(void)
{
	struct claim c;

	make_file("file", "");
	snprintf(run, sizeof(run), "%s/file/run", temp_dir);
	setenv("LXC_RUNTIME_DIR", run, 1);
	is_error(claim("/var/lib/lxc", &c), "file", "below a file there is no run directory");
	struct seen seen;
	state_look("/var/lib/lxc", "c1", &seen);
	is_int(seen.state, STATE_STOPPED, "so nothing runs");
	seen_close(&seen);
	fail_clear();
}

int main(void)
{
	umask(022);
	temp_enter();
	snprintf(run, sizeof(run), "%s/run", temp_dir);
	setenv("LXC_RUNTIME_DIR", run, 1);
	test_paths();
	test_escaping();
	test_same_path();
	test_modes();
	test_links();
	test_owners();
	test_user();
	test_names();
	test_no_top();
	return tap_done();
}
