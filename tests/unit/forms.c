/* forms.c - values with parts: id maps, lines of fstab, resource limits, roots, addresses. */
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

static const struct {
	const char *name, *a, *b;
	bool overlap;
} overlaps[] = {
	{ "the same", "u 0 100 10", "u 0 100 10", true },
	{ "another kind", "u 0 100 10", "g 0 100 10", false },
	{ "inside", "u 0 100 10", "u 9 200 1", true },
	{ "outside", "g 0 100 10", "g 10 109 5", true },
	{ "within", "u 5 300 1", "u 0 100 10", true },
	{ "next to each other", "u 0 100 10", "u 10 110 5", false },
	{ "next inside, apart outside", "u 0 100 10", "u 10 5 5", false },
	{ "apart", "u 0 100 10", "u 20 200 5", false },
	{ "swapped", "u 0 100 10", "u 100 0 10", false },
	{ "up to the last id", "u 0 0 4294967295", "u 4294967294 4294967294 1", true },
	{ "at the last id", "u 0 0 4294967294", "u 4294967294 4294967294 1", false },
	{ "of halves", "u 0 0 2147483648", "u 2147483648 2147483648 2147483647", false },
};

static void test_overlap(void)
{
	for (size_t i = 0; i < ARRAY_LEN(overlaps); i++) {
		struct idmap a = { 0 }, b = { 0 };
		bool good = idmap_parse(overlaps[i].a, &a) == 0 &&
			    idmap_parse(overlaps[i].b, &b) == 0;
		ok(good, "%s: two id maps", overlaps[i].name);
		is_int(idmap_overlap(&a, &b), overlaps[i].overlap, "%s overlap", overlaps[i].name);
		is_int(idmap_overlap(&b, &a), overlaps[i].overlap, "the other way, too");
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

/* ---- roots ---- */

static const struct {
	const char *text, *path; /* NULL: refused */
	enum rootfs_type type;
} roots[] = {
	{ "/a", "/a", ROOTFS_ANY },
	{ "/", "/", ROOTFS_ANY },
	{ "/a:b", "/a:b", ROOTFS_ANY },
	{ "/dir:/a", "/dir:/a", ROOTFS_ANY },
	{ "dir:/a", "/a", ROOTFS_DIR },
	{ "dir:/a:/b", "/a:/b", ROOTFS_DIR },
	{ "overlay:/a:/b", "/a:/b", ROOTFS_OVERLAY },
	{ "overlayfs:/a:/b:/c", "/a:/b:/c", ROOTFS_OVERLAY },
	{ "overlay:/a:tmpfs:1MB", "/a:tmpfs:1MB", ROOTFS_OVERLAY },
	{ "aufs:/a:/b", "/a:/b", ROOTFS_AUFS },
	{ "loop:/a", "/a", ROOTFS_LOOP },
	{ "squashfs:/a", "/a", ROOTFS_SQUASHFS },
	{ "erofs:/a", "/a", ROOTFS_EROFS },
	{ "lvm:/dev/a/b", "/dev/a/b", ROOTFS_LVM },
	{ "zfs:pool/a", "pool/a", ROOTFS_ZFS },
	{ "btrfs:/a", "/a", ROOTFS_BTRFS },
	{ "rbd:/dev/rbd/a/b", "/dev/rbd/a/b", ROOTFS_RBD },
	{ "nbd:/a:1", "/a:1", ROOTFS_NBD },
	{ "", NULL, ROOTFS_ANY },
	{ "a", NULL, ROOTFS_ANY },
	{ "dir", NULL, ROOTFS_ANY },
	{ "dir:", NULL, ROOTFS_ANY },
	{ "dir:a", NULL, ROOTFS_ANY },
	{ "dir/:/a", NULL, ROOTFS_ANY },
	{ "DIR:/a", NULL, ROOTFS_ANY },
	{ ":/a", NULL, ROOTFS_ANY },
	{ " dir:/a", NULL, ROOTFS_ANY },
	{ "nosuch:/a", NULL, ROOTFS_ANY },
	{ "averylongwordthatisnotype:/a", NULL, ROOTFS_ANY },
	{ "overlay:/a", NULL, ROOTFS_ANY },
	{ "overlay:", NULL, ROOTFS_ANY },
	{ "overlay:/a:", NULL, ROOTFS_ANY },
	{ "overlay:/a:b", NULL, ROOTFS_ANY },
	{ "overlay:tmpfs:1MB", NULL, ROOTFS_ANY },
	{ "overlay:/a:tmpfs:", NULL, ROOTFS_ANY },
	{ "overlay:/a:tmpfs:1MB:/b", NULL, ROOTFS_ANY },
	{ "zfs:", NULL, ROOTFS_ANY },
	{ "zfs:/pool/a", NULL, ROOTFS_ANY },
};

static void test_roots(void)
{
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		enum rootfs_type type = ROOTFS_NBD;
		const char *path = rootfs_split(roots[i].text, &type);
		if (!is_str(path, roots[i].path, "the root \"%s\"", roots[i].text))
			diag("%s", failure->text);
		if (roots[i].path)
			is_int(type, roots[i].type, "is of that type");
		else
			is_error(failure->text[0] ? -EINVAL : 0, "", "says why it is none");
		fail_clear();
	}
	for (const struct name *row = rootfs_types; row->name; row++)
		is_int((long long)names_value(rootfs_types, names_name(rootfs_types, row->value),
					      0),
		       (long long)row->value, "%s is read as it is written", row->name);
}

/* ---- addresses ---- */

static const struct {
	int family;
	bool need;
	const char *text, *want; /* or words of why not, in front of which is an '!' */
} addresses[] = {
	{ 4, false, "10.0.0.1/24", "10.0.0.1/24" },
	{ 4, true, "10.0.0.1/0", "10.0.0.1/0" },
	{ 4, false, "10.0.0.1", "10.0.0.1/8" },
	{ 4, false, "127.255.255.255", "127.255.255.255/8" },
	{ 4, false, "128.0.0.1", "128.0.0.1/16" },
	{ 4, false, "191.0.0.1", "191.0.0.1/16" },
	{ 4, false, "192.0.0.1", "192.0.0.1/24" },
	{ 4, false, "10.0.0.1/24 10.0.0.255", "10.0.0.1/24 10.0.0.255" },
	{ 4, false, "10.0.0.1 \t 10.0.0.255", "10.0.0.1/8 10.0.0.255" },
	{ 4, false, "255.255.255.255/32 255.255.255.255", "255.255.255.255/32 255.255.255.255" },
	{ 6, false, "FD00:0:0::1/48", "fd00::1/48" },
	{ 6, false, "::1", "::1/64" },
	{ 6, true, "fd12:3456:789a:bcde:f012:3456:789a:bcde/128",
	  "fd12:3456:789a:bcde:f012:3456:789a:bcde/128" },
	{ 4, true, "10.0.0.1", "!has no prefix" },
	{ 6, true, "::1", "!has no prefix" },
	{ 4, true, "10.0.0.0/8 10.0.0.1", "!follows the address" },
	{ 6, false, "::1/64 ::2", "!follows the address" },
	{ 4, false, "10.0.0.1/33", "!not a prefix of 0 to 32" },
	{ 6, false, "::1/129", "!not a prefix of 0 to 128" },
	{ 4, false, "10.0.0.1/", "!not a prefix" },
	{ 4, false, "10.0.0.1/+8", "!not a prefix" },
	{ 4, false, "10.0.0.1/8/8", "!not a prefix" },
	{ 4, false, "", "!not an IPv4 address" },
	{ 4, false, "/8", "!not an IPv4 address" },
	{ 4, false, "10.0.0", "!not an IPv4 address" },
	{ 4, false, "10.0.0.1 x", "!x is not an IPv4 address" },
	{ 4, false, "10.0.0.1 10.0.0.255 x", "!not an IPv4 address" },
	{ 4, false, "::1", "!not an IPv4 address" },
	{ 6, false, "10.0.0.1", "!not an IPv6 address" },
	{ 6, false, "fe80::1%lo", "!not an IPv6 address" },
	{ 6, false, "0000000000000000000000000000000000000000000000000000000000000000::1",
	  "!not an IPv6 address" },
};

static void test_addresses(void)
{
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		const char *text = addresses[i].text, *want = addresses[i].want;
		char out[ADDRESS_TEXT] = "";
		int r = address_parse(addresses[i].family, addresses[i].need, text, out);
		if (want[0] == '!') {
			is_error(r, want + 1, "address \"%s\" is refused", text);
			continue;
		}
		is_int(r, 0, "address \"%s\"", text);
		is_str(out, want, "in its usual form");
		/* which is then read as it is */
		char again[ADDRESS_TEXT];
		address_parse(addresses[i].family, addresses[i].need, out, again);
		is_str(again, out, "and no other");
	}
}

static void test_plain(void)
{
	char out[ADDRESS_TEXT];

	is_int(address_plain(4, "10.0.0.1", out), 0, "an address alone");
	is_str(out, "10.0.0.1", "as it is");
	is_int(address_plain(6, "FE80:0::0:1", out), 0, "an IPv6 address");
	is_str(out, "fe80::1", "in its usual form");
	is_error(address_plain(4, "10.0.0.1/8", out), "not an IPv4 address", "a prefix");
	is_error(address_plain(4, " 10.0.0.1", out), "not an IPv4 address", "a blank");
	is_error(address_plain(4, "", out), "not an IPv4 address", "nothing");
	is_error(address_plain(6, "10.0.0.1", out), "not an IPv6 address", "another family");
}

int main(void)
{
	test_idmap();
	test_overlap();
	test_roots();
	test_addresses();
	test_plain();
	test_fstab();
	test_limit();
	return tap_done();
}
