/* forms.c - the forms of values with parts: id maps, fstab lines, limits, roots, addresses. */
#include "forms.h"

#include <arpa/inet.h>
#include <sys/resource.h>

#include "fail.h"
#include "str.h"

int idmap_parse(const char *text, struct idmap *map)
{
	struct arena scratch = { 0 };
	size_t count;
	uint64_t number[3];
	char **words = str_words(&scratch, text, &count);
	bool good = count == 4 && (streq(words[0], "u") || streq(words[0], "g"));

	/* A leading 0 would be read as octal by LXC; better no number than another one. */
	for (size_t i = 0; good && i < 3; i++)
		good = str_number(words[i + 1], i == 2, UINT32_MAX, &number[i]) &&
		       (words[i + 1][0] != '0' || !words[i + 1][1]);
	if (good)
		*map = (struct idmap){ words[0][0] == 'g', (uint32_t)number[0], (uint32_t)number[1],
				       (uint32_t)number[2] };
	mem_release(&scratch);
	if (!good)
		return fail_hint(fail(0, "%s is not an id map", text),
				 "u or g, first id inside, first id outside, count");
	/* 4294967295 is no id, and nothing may wrap around it (threats E9). */
	if (number[0] + number[2] > UINT32_MAX || number[1] + number[2] > UINT32_MAX)
		return fail(0, "%s goes beyond the last id, %u", text, UINT32_MAX - 1);
	return 0;
}

static bool overlap(uint32_t a, uint32_t a_count, uint32_t b, uint32_t b_count)
{
	return a < (uint64_t)b + b_count && b < (uint64_t)a + a_count;
}

bool idmap_overlap(const struct idmap *a, const struct idmap *b)
{
	return a->gid == b->gid && (overlap(a->inside, a->count, b->inside, b->count) ||
				    overlap(a->outside, a->count, b->outside, b->count));
}

/* ---- limits ---- */

/* One of the two numbers, blanks around it allowed. */
static bool limit_value(const char *from, size_t len, uint64_t *out)
{
	char text[32];

	for (; len && (*from == ' ' || *from == '\t'); len--)
		from++;
	while (len && (from[len - 1] == ' ' || from[len - 1] == '\t'))
		len--;
	if (len >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)len, from);
	if (streq(text, "unlimited") || streq(text, "-1")) {
		*out = UINT64_MAX;
		return true;
	}
	return str_number(text, 0, INT64_MAX, out);
}

int limit_parse(const char *name, const char *value, struct limit *limit)
{
	size_t len = strcspn(value, ":");
	const char *hard = value[len] ? value + len + 1 : value;
	uint64_t number = names_value(names_limits, name, UINT64_MAX);

	if (number == UINT64_MAX && !str_number(name, 0, RLIM_NLIMITS - 1, &number))
		return fail(0, "%s is not a resource limit", name);
	limit->resource = (int)number;
	if (!limit_value(value, len, &limit->soft) ||
	    !limit_value(hard, strlen(hard), &limit->hard))
		return fail_hint(fail(0, "%s is not a limit", value),
				 "SOFT or SOFT:HARD, numbers or unlimited");
	if (limit->soft > limit->hard)
		return fail(0, "the soft limit of %s is above the hard one", value);
	return 0;
}

/* ---- fstab ---- */

/* The byte that "\ooo" stands for; -1 when that is not what `at` begins with. */
static int octal_byte(const char *at)
{
	if (at[0] != '\\' || at[1] < '0' || at[1] > '3' || at[2] < '0' || at[2] > '7' ||
	    at[3] < '0' || at[3] > '7')
		return -1;
	return (at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0');
}

/* One field of an fstab line, \ooo undone; `*at` moves behind it. NULL at the end of the line. */
static char *fstab_field(struct arena *arena, const char **at)
{
	const char *from = *at + strspn(*at, " \t");
	size_t len = strcspn(from, " \t");
	char *field = mem_get(arena, len + 1), *out = field;

	*at = from + len;
	if (len == 0)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		int byte = octal_byte(from + i);
		*out++ = byte < 0 ? from[i] : (char)byte;
		i += byte < 0 ? 0 : 3;
	}
	*out = '\0';
	return field;
}

int fstab_parse(struct arena *arena, const char *line, struct fstab *entry)
{
	/* Would end a field before its end, for whoever checks it (threats G4). */
	for (const char *at = line; *at; at++)
		if (octal_byte(at) == 0)
			return fail(0, "a NUL byte, written as \\000");
	entry->source = fstab_field(arena, &line);
	entry->target = entry->source ? fstab_field(arena, &line) : NULL;
	entry->type = entry->target ? fstab_field(arena, &line) : NULL;
	entry->options = entry->type ? fstab_field(arena, &line) : NULL;
	if (!entry->options)
		return fail_hint(fail(0, "fewer than four fields"),
				 "SOURCE TARGET TYPE OPTIONS [0 0]");
	if (str_has_dotdot(entry->target))
		return fail(0, "the target %s has .. in it", entry->target);
	if (streq(entry->type, "auto"))
		return fail(0, "the file system type auto is not supported");
	return 0;
}

/* ---- roots ---- */

const struct name rootfs_types[] = {
	{ "dir", ROOTFS_DIR },
	{ "overlay", ROOTFS_OVERLAY },
	{ "overlayfs", ROOTFS_OVERLAY },
	{ "aufs", ROOTFS_AUFS },
	{ "loop", ROOTFS_LOOP },
	{ "squashfs", ROOTFS_SQUASHFS },
	{ "erofs", ROOTFS_EROFS },
	{ "lvm", ROOTFS_LVM },
	{ "zfs", ROOTFS_ZFS },
	{ "btrfs", ROOTFS_BTRFS },
	{ "rbd", ROOTFS_RBD },
	{ "nbd", ROOTFS_NBD },
	{ NULL, 0 },
};

/* "/lower:/lower:/upper"; the last may also be "tmpfs:SIZE". */
static int check_layers(const char *path)
{
	const char *at = path;
	size_t layers = 0;

	for (;; at++) {
		const char *size = layers ? str_after(at, "tmpfs:") : NULL;
		uint64_t bytes;
		if (size && !str_size(size, &bytes))
			return fail(0, "%s is not a size", size);
		layers++;
		if (size)
			break;
		if (*at != '/')
			return fail_hint(fail(0, "%s is not an absolute path", at),
					 "LOWER[:LOWER...]:UPPER");
		at += strcspn(at, ":");
		if (!*at)
			break;
	}
	return layers > 1 ? 0
			  : fail_hint(fail(0, "%s is only one directory", path),
				      "LOWER[:LOWER...]:UPPER");
}

const char *rootfs_split(const char *text, enum rootfs_type *type)
{
	size_t len = strcspn(text, ":/");
	const char *path = text + len + 1;
	char word[16];

	*type = ROOTFS_ANY;
	if (text[0] == '/')
		return text;
	snprintf(word, sizeof(word), "%.*s", (int)(len < sizeof(word) ? len : 0), text);
	*type = (enum rootfs_type)names_value(rootfs_types, word, ROOTFS_ANY);
	if (text[len] != ':' || *type == ROOTFS_ANY) {
		fail_hint(fail(0, "%s is not a root file system", text), "DIR, or TYPE:PATH");
		return NULL;
	}
	if (*type == ROOTFS_OVERLAY || *type == ROOTFS_AUFS)
		return check_layers(path) < 0 ? NULL : path;
	if (*type == ROOTFS_ZFS ? !*path || *path == '/' : *path != '/') {
		fail(0, "%s is not %s", path,
		     *type == ROOTFS_ZFS ? "a dataset" : "an absolute path");
		return NULL;
	}
	return path;
}

/* ---- addresses ---- */

int address_plain(int family, const char *text, char out[ADDRESS_TEXT])
{
	unsigned char bytes[16];
	int af = family == 4 ? AF_INET : AF_INET6;

	out[0] = '\0';
	if (inet_pton(af, text, bytes) != 1 || !inet_ntop(af, bytes, out, ADDRESS_TEXT))
		return fail(0, "%s is not an IPv%d address", text, family);
	return 0;
}

/* The prefix of an IPv4 address that has none is that of its class, as long ago. */
static unsigned class_prefix(const char *address)
{
	int first = 0;

	for (; *address >= '0' && *address <= '9'; address++)
		first = first * 10 + (*address - '0');
	return first < 128 ? 8 : first < 192 ? 16 : 24;
}

int address_parse(int family, bool need, const char *text, char out[ADDRESS_TEXT])
{
	char word[64], usual[ADDRESS_TEXT], broadcast[ADDRESS_TEXT] = "";
	size_t len = strcspn(text, " \t");
	const char *rest = text + len + strspn(text + len, " \t");
	uint64_t prefix;

	snprintf(word, sizeof(word), "%.*s", (int)(len < sizeof(word) ? len : 0), text);
	char *slash = strchr(word, '/');
	if (slash)
		*slash = '\0';
	TRY(address_plain(family, *word ? word : text, usual));
	if (slash && !str_number(slash + 1, 0, family == 4 ? 32 : 128, &prefix))
		return fail(0, "%s is not a prefix of 0 to %d bits", slash + 1,
			    family == 4 ? 32 : 128);
	if (!slash && need)
		return fail_hint(fail(0, "%s has no prefix", text), "ADDRESS/BITS");
	if (!slash)
		prefix = family == 4 ? class_prefix(usual) : 64;
	if (*rest && (family != 4 || need))
		return fail(0, "%s follows the address", rest);
	if (*rest)
		TRY(address_plain(4, rest, broadcast));
	snprintf(out, ADDRESS_TEXT, "%.45s/%u%s%.15s", usual, (unsigned)prefix, *rest ? " " : "",
		 broadcast);
	return 0;
}
