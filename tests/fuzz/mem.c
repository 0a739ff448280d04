/*
 * mem.c - mem.h with a piece of the heap for each allocation, for the fuzzer: the sanitizer then
 * sees the end of every string, where the arena's next one would begin.
 */
#include "mem.h"

#include <stdarg.h>

struct arena_block {
	struct arena_block *next;
	void *at;
};

static void *checked(void *at)
{
	if (!at)
		abort();
	return at;
}

void *mem_get(struct arena *arena, size_t size)
{
	struct arena_block *block = checked(malloc(sizeof(*block)));

	block->at = checked(calloc(1, size ? size : 1));
	block->next = arena->blocks;
	arena->blocks = block;
	return block->at;
}

char *mem_text_len(struct arena *arena, const char *text, size_t len)
{
	char *copy = mem_get(arena, len + 1);

	memcpy(copy, text, len);
	return copy;
}

char *mem_text(struct arena *arena, const char *text)
{
	return mem_text_len(arena, text, strlen(text));
}

char *mem_format(struct arena *arena, const char *fmt, ...)
{
	auto_free char *text = NULL;
	va_list args;

	va_start(args, fmt);
	int len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		abort();
	return mem_text_len(arena, text, (size_t)len);
}

void *mem_grow(struct arena *arena, void *items, size_t *len, size_t size)
{
	bool full = *len == 0 || (*len >= 4 && (*len & (*len - 1)) == 0);
	void *grown = items;

	if (full) {
		grown = mem_get(arena, size * (*len ? *len * 2 : 4));
		if (*len)
			memcpy(grown, items, size * *len);
	}
	memset((char *)grown + size * *len, 0, size);
	++*len;
	return grown;
}

void mem_release(struct arena *arena)
{
	struct arena_block *block = arena->blocks;

	arena->blocks = NULL;
	while (block) {
		struct arena_block *next = block->next;
		free(block->at);
		free(block);
		block = next;
	}
}

void *mem_resize(void *ptr, size_t size)
{
	return checked(realloc(ptr, size ? size : 1));
}

void mem_seal(void)
{
}
