/* mem.c - arena and allocation that cannot fail; a sealed process may not allocate at all. */
#include "mem.h"

#include <stdarg.h>
#include <sys/mman.h>

#include "fail.h"

enum { BLOCK_SIZE = 16 * 1024, ALIGN = 16 };

struct arena_block {
	struct arena_block *next;
	size_t size, used;
};

static bool sealed;

/* Out of memory, or out of order. Nothing was changed yet: plans are complete before they act. */
static _Noreturn void no_memory(size_t size)
{
	static const char dry[] = "lxcbox: out of memory\n";
	static const char wrong[] = "lxcbox: memory asked for after the last moment for it\n";
	const char *text = sealed ? wrong : dry;
	ssize_t ignored = write(STDERR_FILENO, text, sealed ? sizeof(wrong) - 1 : sizeof(dry) - 1);

	(void)ignored;
	(void)size;
	_exit(sealed ? 127 : 1);
}

void mem_seal(void)
{
	sealed = true;
}

void *mem_resize(void *ptr, size_t size)
{
	void *moved = sealed ? NULL : realloc(ptr, size ? size : 1);

	if (!moved)
		no_memory(size);
	return moved;
}

static struct arena_block *new_block(size_t need)
{
	size_t size = BLOCK_SIZE;

	while (size < need + sizeof(struct arena_block))
		size *= 2;
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		no_memory(size);
	struct arena_block *block = at;
	block->size = size;
	block->used = (sizeof(*block) + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	return block;
}

void *mem_get(struct arena *arena, size_t size)
{
	if (sealed || size > SIZE_MAX / 4)
		no_memory(size);
	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	struct arena_block *block = arena->blocks;
	if (!block || block->size - block->used < size) {
		block = new_block(size + ALIGN);
		block->next = arena->blocks;
		arena->blocks = block;
	}
	void *at = (char *)block + block->used;
	block->used += size;
	return at;
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
	va_list args;

	va_start(args, fmt);
	int len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len < 0)
		no_memory(0);
	char *text = mem_get(arena, (size_t)len + 1);
	va_start(args, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, args);
	va_end(args);
	return text;
}

void *mem_grow(struct arena *arena, void *items, size_t *len, size_t size)
{
	/* Room is 4, 8, 16 ... items: a length that is such a number means the room is full. */
	bool full = *len == 0 || (*len >= 4 && (*len & (*len - 1)) == 0);
	void *grown = items;

	if (full) {
		grown = mem_get(arena, size * (*len ? *len * 2 : 4));
		if (*len)
			memcpy(grown, items, size * *len);
	}
	/* An array that was longer once has something there. */
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
		munmap(block, block->size);
		block = next;
	}
}
