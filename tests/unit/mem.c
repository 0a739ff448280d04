/* mem.c - the arena: aligned, zeroed, growing, released; and a sealed process cannot allocate. */
#include "mem.h"

#include <sys/mman.h>

#include "str.h"
#include "tests/unit/helper.h"

enum { ALIGN = 16 };

static bool is_filled(const void *at, int with, size_t len)
{
	const unsigned char *bytes = at;

	for (size_t i = 0; i < len; i++)
		if (bytes[i] != with)
			return false;
	return true;
}

/* Sizes around everything that could matter: the alignment, pages, the arena's blocks. */
static const size_t sizes[] = { 1,     2,     7,     8,	    15,	    16,	    17,	    31,
				32,    33,    100,   1000,  4095,   4096,   4097,   16000,
				16336, 16352, 16360, 16368, 16384,  16385,  32768,  65537,
				1,     3,     99999, 1,	    131072, 131073, 524288, 5 };

static void test_get(void)
{
	enum { N = ARRAY_LEN(sizes) };
	struct arena mem = { 0 };
	unsigned char *at[N];

	for (size_t i = 0; i < N; i++) {
		at[i] = mem_get(&mem, sizes[i]);
		ok((uintptr_t)at[i] % ALIGN == 0 && is_filled(at[i], 0, sizes[i]),
		   "%zu bytes, aligned and zeroed", sizes[i]);
		memset(at[i], (int)i + 1, sizes[i]);
	}
	bool good = true;
	for (size_t i = 0; i < N; i++)
		good &= is_filled(at[i], (int)i + 1, sizes[i]);
	ok(good, "none lies in another's");
	mem_release(&mem);
	ok(!mem.blocks, "released, the arena is empty");
	good = true;
	for (size_t i = 0; i < N; i++)
		good &= is_filled(mem_get(&mem, sizes[i]), 0, sizes[i]);
	ok(good, "used again, its memory is zeroed again");
	mem_release(&mem);
	mem_release(&mem);
	ok(!mem.blocks, "released twice");
}

static void test_nothing(void)
{
	struct arena mem = { 0 };
	void *first = mem_get(&mem, 0), *second = mem_get(&mem, 0);

	ok(first && second && (uintptr_t)first % ALIGN == 0, "no bytes are somewhere, too");
	char *one = mem_get(&mem, 1);
	*one = 'x';
	ok(*one == 'x', "and do not harm what comes next");
	mem_release(&mem);
}

/* What the supervisor gives back must not stay: 64 MiB are unmapped, not kept for later. */
static void test_gives_back(void)
{
	struct arena mem = { 0 };
	size_t size = 64 << 20, page = (size_t)sysconf(_SC_PAGESIZE);
	char *large = mem_get(&mem, size);
	char *inside = large + size / 2 - (uintptr_t)(large + size / 2) % page;
	unsigned char resident;

	large[0] = large[size - 1] = 'x';
	ok(mincore(inside, page, &resident) == 0, "64 MiB are there");
	mem_release(&mem);
	ok(mincore(inside, page, &resident) < 0 && errno == ENOMEM, "and no more");
}

static void test_text(void)
{
	struct arena mem = { 0 };
	char source[] = "some text";
	char *copy = mem_text(&mem, source), *part = mem_text_len(&mem, source, 4);
	char *empty = mem_text(&mem, ""), *none = mem_text_len(&mem, source, 0);

	source[0] = 'X';
	is_str(copy, "some text", "a copy of a text is its own");
	is_str(part, "some", "a part of it ends where it should");
	is_str(empty, "", "an empty text");
	is_str(none, "", "nothing of a text");
	is_str(mem_format(&mem, "%s-%d", "a", 7), "a-7", "a format");
	is_str(mem_format(&mem, "%s", ""), "", "an empty format");
	char *wide = mem_format(&mem, "%0100000d", 7);
	ok(strlen(wide) == 100000 && wide[99999] == '7', "a format of 100000 bytes");
	is_str(copy, "some text", "the first text is still there");
	mem_release(&mem);
}

static void test_grow(void)
{
	struct item {
		long a, b, c;
	} *items = NULL, *old = NULL;
	struct arena mem = { 0 };
	size_t len = 0;
	bool counted = true, zeroed = true, kept = true, stays = true;

	for (long i = 0; i < 1000; i++) {
		items = mem_grow(&mem, items, &len, sizeof(*items));
		counted &= len == (size_t)i + 1;
		zeroed &= is_filled(&items[i], 0, sizeof(*items));
		items[i] = (struct item){ i, -i, i * i };
		if (i == 3)
			old = items;
		stays &= i < 3 || (old[3].a == 3 && old[3].c == 9);
	}
	for (long i = 0; i < 1000; i++)
		kept &= items[i].a == i && items[i].b == -i && items[i].c == i * i;
	ok(counted, "each new item is counted");
	ok(zeroed, "each is zeroed");
	ok(kept, "the earlier ones move along");
	ok(stays && old != items, "the old array stays as it was");
	mem_release(&mem);
}

static void test_resize(void)
{
	char *text = mem_resize(NULL, 10);

	memcpy(text, "123456789", 10);
	text = mem_resize(text, 1000000);
	is_str(text, "123456789", "larger, it keeps what it has");
	text = mem_resize(text, 10);
	is_str(text, "123456789", "smaller, too");
	text = mem_resize(text, 0);
	ok(text != NULL, "of no size it still is somewhere");
	free(text);
}

/* ---- the end of the process ---- */

static struct arena shared; /* with room left, made before the seal */

static void seal_get(void)
{
	struct arena fresh = { 0 };

	mem_get(&fresh, 1);
}

static void seal_get_with_room(void)
{
	mem_get(&shared, 1);
}

static void seal_text(void)
{
	mem_text(&shared, "text");
}

static void seal_format(void)
{
	mem_format(&shared, "%d", 1);
}

static void seal_grow(void)
{
	size_t len = 0;

	mem_grow(&shared, NULL, &len, 8);
}

static void seal_resize(void)
{
	free(mem_resize(NULL, 1));
}

static void seal_add(void)
{
	struct text text = { 0 };

	text_add(&text, "text");
	text_free(&text);
}

static void no_memory(void)
{
	struct arena fresh = { 0 };

	mem_get(&fresh, SIZE_MAX / 8);
}

static void nonsense(void)
{
	struct arena fresh = { 0 };

	mem_get(&fresh, SIZE_MAX - 7);
}

static const struct ending {
	const char *name;
	void (*run)(void);
	bool sealed;
	int status;
	const char *says;
} endings[] = {
	{ "mem_get", seal_get, true, 127, "after the last moment" },
	{ "mem_get from an arena with room", seal_get_with_room, true, 127,
	  "after the last moment" },
	{ "mem_text", seal_text, true, 127, "after the last moment" },
	{ "mem_format", seal_format, true, 127, "after the last moment" },
	{ "mem_grow", seal_grow, true, 127, "after the last moment" },
	{ "mem_resize", seal_resize, true, 127, "after the last moment" },
	{ "text_add", seal_add, true, 127, "after the last moment" },
	{ "mem_get of more than there is", no_memory, false, 1, "out of memory" },
	{ "mem_get of a wrapped size", nonsense, false, 1, "out of memory" },
};

/* In the child, whose standard error is a pipe to us. */
static int ending_child(void *arg)
{
	const struct ending *e = arg;

	if (e->sealed)
		mem_seal();
	e->run();
	return 99;
}

static void test_endings(void)
{
	mem_get(&shared, 16);
	for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
		struct ending e = endings[i];
		char said[200] = "";
		int ends[2], saved = dup(STDERR_FILENO);
		must(saved >= 0 && pipe(ends) == 0, "make a pipe");
		dup2(ends[1], STDERR_FILENO);
		close(ends[1]);
		int status = in_child(ending_child, &e);
		dup2(saved, STDERR_FILENO);
		close(saved);
		ssize_t len = read(ends[0], said, sizeof(said) - 1);
		close(ends[0]);
		is_int(exit_status(status), e.status, "%s%s ends the process", e.name,
		       e.sealed ? ", sealed," : "");
		ok(len > 0 && strstr(said, e.says), "and says: %s", e.says);
	}
	mem_release(&shared);
}

int main(void)
{
	test_get();
	test_nothing();
	test_gives_back();
	test_text();
	test_grow();
	test_resize();
	test_endings();
	return tap_done();
}
