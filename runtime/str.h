/* str.h - numbers read strictly, words, names, growable text. */
#pragma once

#include "mem.h"

/*
 * The one number parser (threats A8): decimal digits only, the whole string, no sign, within
 * [min, max]. Returns whether it was one; `*out` is only then written.
 */
bool str_number(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/* The same with an optional minus. */
bool str_signed(const char *text, long min, long max, long *out);

/* Digits with an optional unit of 1024: b, kB, MB, GB, in any case, a blank before it allowed. */
bool str_size(const char *text, uint64_t *out);

/* The words of `text`, split at blanks; quotes ' and " keep blanks. NULL-terminated, in `arena`. */
char **str_words(struct arena *arena, const char *text, size_t *count);

/* Whether `name` may name a container or snapshot: no path, no control byte (threats G1). */
bool str_is_name(const char *name);

/* What str_is_name() wants, as the end of a sentence. */
#define STR_NAME_RULE                                                                              \
	"up to 64 of A-Z a-z 0-9 _ . : @ - and blanks, beginning with a letter, digit or _"

/* Whether `path` has a component "..", which no target below a root may have (threats B7). */
bool str_has_dotdot(const char *path);

/* The one of `count` words nearest to `word`, or NULL when none is near enough to suggest. */
const char *str_nearest(const char *word, const char *(*nth)(size_t i), size_t count);

/* Without trailing slashes (but "/" stays), double slashes made one. In `arena`. */
char *str_clean_path(struct arena *arena, const char *path);

/*
 * Copies `text` into `out` with every control byte and every byte that is not valid UTF-8 as
 * \xNN (threats F2), cut to `size`. Returns `out`.
 */
char *str_printable(const char *text, char *out, size_t size);

/* Text that grows. {0} is empty; text_free() or auto_text releases it. */
struct text {
	char *at; /* NULL while empty, otherwise ends in a NUL */
	size_t len, room;
};
#define auto_text __attribute__((cleanup(text_free)))

void text_add(struct text *text, const char *more);
void text_add_len(struct text *text, const char *more, size_t len);
void text_format(struct text *text, const char *fmt, ...) PRINTF(2, 3);
void text_free(struct text *text);

/* Appends `value` as a JSON string, or null; bytes that are not UTF-8 as \u00XX. */
void text_json(struct text *text, const char *value);

/* The text so far, "" when there is none. Valid until the next change. */
static inline const char *text_get(const struct text *text)
{
	return text->at ? text->at : "";
}
