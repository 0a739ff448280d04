/* forms.c - the forms of list values: id maps, lines of fstab, resource limits. */
#include "forms.h"

#include <sys/resource.h>

#include "tests/tap.h"

/* ---- id maps (threats E9) ---- */

static const struct {
	const char *text;
	struct idmap map;
} idmaps[] = {
	{ "u 0 100000 65536", { false, 0, 100000, 65536 } },
	{ "g 0 100000 65536", { true, 0, 100000, 65536 } },
	{ "  u\t0   100000 65536  ", { false, 0, 100000, 65536 } },
	{ "u 1000 1000 1", { false, 1000, 1000, 1 } },
	{ "g 65535 0 1", { true, 65535, 0, 1 } },
	/* 4294967294 is the last id there is */
	{ "u 0 0 4294967295", { false, 0, 0, 4294967295 } },
	{ "u 4294967294 4294967294 1", { false, 4294967294, 4294967294, 1 } },
	{ "u 1 2147483648 2147483647", { false, 1, 2147483648, 2147483647 } },
};

static const char *const no_idmaps[] = {
	"",
	" ",
	"u",
	"u 0 100000",
	"u 0 100000 65536 1",
	"0 100000 65536",
	"x 0 100000 65536",
	"U 0 100000 65536",
	"ug 0 100000 65536",
	"uid 0 100000 65536",
	"u0 100000 65536 1",
	"u 0 100000 0",
	"u -1 100000 65536",
	"u 0 -1 65536",
	"u 0 100000 -1",
	"u +0 100000 65536",
	"u 0x0 100000 65536",
	"u 0 100000 1e3",
	"u 0 100000 65536x",
	"u 0,100000,65536",
	"u 0:100000:65536",
	"u 4294967296 100000 1",
	"u 0 4294967296 1",
	"u 0 100000 4294967296",
	"u 0 18446744073709551616 1",
};

/* Ranges that run beyond the last id, or round it. */
static const char *const long_idmaps[] = {
	"u 0 1 4294967295",	     "u 1 0 4294967295",
	"u 0 4294967295 1",	     "u 4294967295 0 1",
	"g 2147483648 0 2147483648", "g 0 2147483648 2147483648",
	"u 4294967294 0 2",	     "u 4294967295 4294967295 4294967295",
};

static void test_idmap(void)
{
	for (size_t i = 0; i < ARRAY_LEN(idmaps); i++) {
		const struct idmap *want = &idmaps[i].map;
		struct idmap map = { 0 };
		ok(idmap_parse(idmaps[i].text, &map) == 0 && map.gid == want->gid &&
			   map.inside == want->inside && map.outside == want->outside &&
			   map.count == want->count,
		   "id map \"%s\"", idmaps[i].text);
	}
	for (size_t i = 0; i < ARRAY_LEN(no_idmaps); i++) {
		struct idmap map;
		is_error(idmap_parse(no_idmaps[i], &map), "is not an id map", "\"%s\" is none",
			 no_idmaps[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(long_idmaps); i++) {
		struct idmap map;
		is_error(idmap_parse(long_idmaps[i], &map), "goes beyond the last id",
			 "\"%s\" is too long", long_idmaps[i]);
	}
}

/* ---- lines of fstab ---- */

static const struct {
	const char *line, *fields; /* joined by '|' */
} fstabs[] = {
	{ "a b c d", "a|b|c|d" },
	{ "proc proc proc nodev,noexec,nosuid 0 0", "proc|proc|proc|nodev,noexec,nosuid" },
	{ " \t/src\t\tdst  none \t bind", "/src|dst|none|bind" },
	{ "/src dst none bind,optional,create=dir 1 2 more words", "/src|dst|none|"
								   "bind,optional,create=dir" },
	/* octal escapes, three digits each, and nothing else */
	{ "/a\\040b c\\011d none bind", "/a b|c\td|none|bind" },
	{ "/a\\134b c none bind", "/a\\b|c|none|bind" },
	{ "/\\303\\244 c none bind", "/\xc3\xa4|c|none|bind" },
	{ "/\\377 c none bind", "/\xff|c|none|bind" },
	{ "/a\\0401 c none bind", "/a 1|c|none|bind" },
	{ "/a\\04 c none bind", "/a\\04|c|none|bind" },
	{ "/a\\08 c none bind", "/a\\08|c|none|bind" },
	{ "/a\\400 c none bind", "/a\\400|c|none|bind" },
	{ "/a\\x20 c none bind", "/a\\x20|c|none|bind" },
	{ "/a\\ c none bind", "/a\\|c|none|bind" },
	{ "/a\\04\\040b c none bind", "/a\\04 b|c|none|bind" },
	{ "a b c d\\040e", "a|b|c|d e" },
	/* dots that are no ".." */
	{ "a ..b c d", "a|..b|c|d" },
	{ "a b.. c d", "a|b..|c|d" },
	{ "a b/.../c c d", "a|b/.../c|c|d" },
	{ "a ./b c d", "a|./b|c|d" },
	{ "../a b c d", "../a|b|c|d" },
	{ "a b autofs d", "a|b|autofs|d" },
};

static const struct {
	const char *line, *words;
} no_fstabs[] = {
	{ "", "fewer than four fields" },
	{ "   ", "fewer than four fields" },
	{ "a", "fewer than four fields" },
	{ "a b", "fewer than four fields" },
	{ "/src dst none", "fewer than four fields" },
	{ "/src dst none ", "fewer than four fields" },
	{ "a .. c d", ".." },
	{ "a ../b c d", "../b" },
	{ "a b/.. c d", "b/.." },
	{ "a b/../c c d", "b/../c" },
	{ "a /../b c d", "/../b" },
	{ "a b//..//c c d", ".." },
	{ "a \\056\\056/b c d", "../b" },
	{ "a b\\057..\\057c c d", "b/../c" },
	{ "a b auto d", "auto" },
	{ "a b \\141uto d", "auto" },
	/* a NUL byte would end the field before its end (threats G4) */
	{ "/a\\000b c none bind", "NUL" },
	{ "/a b\\000/../c none bind", "NUL" },
};

static void test_fstab(void)
{
	for (size_t i = 0; i < ARRAY_LEN(fstabs); i++) {
		struct arena mem = { 0 };
		struct fstab e = { 0 };
		int r = fstab_parse(&mem, fstabs[i].line, &e);
		is_str(r < 0 ? failure->text
			     : mem_format(&mem, "%s|%s|%s|%s", e.source, e.target, e.type,
					  e.options),
		       fstabs[i].fields, "fstab line \"%s\"", fstabs[i].line);
		mem_release(&mem);
	}
	for (size_t i = 0; i < ARRAY_LEN(no_fstabs); i++) {
		struct arena mem = { 0 };
		struct fstab entry;
		is_error(fstab_parse(&mem, no_fstabs[i].line, &entry), no_fstabs[i].words,
			 "\"%s\" is refused", no_fstabs[i].line);
		mem_release(&mem);
	}
}

/* ---- resource limits ---- */

static const struct {
	const char *name, *value;
	struct limit limit;
} limits[] = {
	{ "nofile", "1024", { RLIMIT_NOFILE, 1024, 1024 } },
	{ "nofile", "1024:4096", { RLIMIT_NOFILE, 1024, 4096 } },
	{ "nofile", "1024 : 4096", { RLIMIT_NOFILE, 1024, 4096 } },
	{ "nofile", "1024:\t4096", { RLIMIT_NOFILE, 1024, 4096 } },
	{ "core", "0", { RLIMIT_CORE, 0, 0 } },
	{ "core", "0:unlimited", { RLIMIT_CORE, 0, UINT64_MAX } },
	{ "core", "unlimited", { RLIMIT_CORE, UINT64_MAX, UINT64_MAX } },
	{ "core", "unlimited:unlimited", { RLIMIT_CORE, UINT64_MAX, UINT64_MAX } },
	{ "as", "9223372036854775807", { RLIMIT_AS, INT64_MAX, INT64_MAX } },
	{ "stack", "7:7", { RLIMIT_STACK, 7, 7 } },
	{ "0", "10", { 0, 10, 10 } },
	{ "15", "10", { 15, 10, 10 } },
};

static const struct {
	const char *name, *value, *words;
} no_limits[] = {
	{ "nosuch", "10", "nosuch is not a resource limit" },
	{ "NOFILE", "10", "NOFILE is not a resource limit" },
	{ "", "10", "is not a resource limit" },
	{ "16", "10", "16 is not a resource limit" },
	{ "-1", "10", "-1 is not a resource limit" },
	{ "nofile ", "10", "is not a resource limit" },
	{ "nofile", "", "is not a limit" },
	{ "nofile", ":", "is not a limit" },
	{ "nofile", "10:", "is not a limit" },
	{ "nofile", ":10", "is not a limit" },
	{ "nofile", "10:20:30", "is not a limit" },
	{ "nofile", "10 20", "is not a limit" },
	{ "nofile", "10 20:30", "is not a limit" },
	{ "nofile", "10:20 30", "is not a limit" },
	{ "nofile", "10x", "is not a limit" },
	{ "nofile", "+10", "is not a limit" },
	{ "nofile", "-2", "is not a limit" },
	{ "nofile", "0x10", "is not a limit" },
	{ "nofile", "1k", "is not a limit" },
	{ "nofile", "infinity", "is not a limit" },
	{ "nofile", "UNLIMITED", "is not a limit" },
	{ "nofile", "unlimitedx", "is not a limit" },
	{ "nofile", "9223372036854775808", "is not a limit" },
	{ "nofile", "18446744073709551616", "is not a limit" },
	{ "nofile", "00000000000000000000000000000000000000010", "is not a limit" },
	{ "nofile", "10:00000000000000000000000000000000000000020", "is not a limit" },
	{ "nofile", "20:10", "above the hard one" },
	{ "nofile", "unlimited:10", "above the hard one" },
};

static void test_limit(void)
{
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		const struct limit *want = &limits[i].limit;
		struct limit limit = { -1, 0, 0 };
		ok(limit_parse(limits[i].name, limits[i].value, &limit) == 0 &&
			   limit.resource == want->resource && limit.soft == want->soft &&
			   limit.hard == want->hard,
		   "limit %s = %s", limits[i].name, limits[i].value);
		fail_clear();
	}
	for (size_t i = 0; i < ARRAY_LEN(no_limits); i++) {
		struct limit limit;
		is_error(limit_parse(no_limits[i].name, no_limits[i].value, &limit),
			 no_limits[i].words, "limit %s = \"%s\" is refused", no_limits[i].name,
			 no_limits[i].value);
	}
}

int main(void)
{
	test_idmap();
	test_fstab();
	test_limit();
	return tap_done();
}
