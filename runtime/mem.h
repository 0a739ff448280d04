/* mem.h - memory that cannot fail to be there. */
#pragma once

#include "base.h"

/*
 * An arena: many allocations, freed together. It takes whole pages from the kernel and gives
 * them all back, so that what the supervisor no longer needs does not stay resident.
 */
struct arena {
	struct arena_block *blocks;
};

/* Zeroed memory that lives until mem_release(). Never NULL: without memory the command ends. */
void *mem_get(struct arena *arena, size_t size);

/* A copy of `text` (or of its first `len` bytes) in the arena. */
char *mem_text(struct arena *arena, const char *text);
char *mem_text_len(struct arena *arena, const char *text, size_t len);

/* Text made by a format, in the arena. */
char *mem_format(struct arena *arena, const char *fmt, ...) PRINTF(2, 3);

/*
 * Room for one more item of `size` bytes in the array `items` of `*len` items, which may move.
 * Returns the array; counts the new item, which is zeroed. The old array stays until the end.
 */
void *mem_grow(struct arena *arena, void *items, size_t *len, size_t size);

/* Frees all of it; the arena is empty and may be used again. */
void mem_release(struct arena *arena);

/* realloc() that cannot fail: for text that grows. */
void *mem_resize(void *ptr, size_t size);

/* From now on nothing may allocate: the process is a child that only makes system calls. */
void mem_seal(void);
