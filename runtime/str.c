/* str.c - strict numbers, words, names, printable and growable text. */
#include "str.h"

#include <stdarg.h>
#include <strings.h>

bool str_number(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		unsigned digit = (unsigned)(*text - '0');
		if (value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

bool str_signed(const char *text, long min, long max, long *out)
{
	bool negative = *text == '-';
	uint64_t value;

	if (!str_number(text + negative, 0, (uint64_t)INT64_MAX + negative, &value))
		return false;
	int64_t number = (int64_t)(negative ? 0 - value : value);
	if (number < min || number > max)
		return false;
	*out = (long)number;
	return true;
}

bool str_size(const char *text, uint64_t *out)
{
	static const struct {
		const char *name;
		int shift;
	} units[] = { { "", 0 }, { "b", 0 }, { "kb", 10 }, { "mb", 20 }, { "gb", 30 } };
	char digits[24];
	size_t len = strspn(text, "0123456789");
	uint64_t value;

	if (len >= sizeof(digits))
		return false;
	memcpy(digits, text, len);
	digits[len] = '\0';
	if (!str_number(digits, 0, UINT64_MAX, &value))
		return false;
	text += len;
	text += strspn(text, " \t");
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (strcasecmp(text, units[i].name) != 0)
			continue;
		if (value > (uint64_t)INT64_MAX >> units[i].shift)
			return false;
		*out = value << units[i].shift;
		return true;
	}
	return false;
}

/* Copies one word to `out` without its quotes; returns where it ended. */
static const char *one_word(const char *text, char *out)
{
	char quote = 0;

	for (; *text && (quote || (*text != ' ' && *text != '\t')); text++) {
		if (quote ? *text == quote : *text == '\'' || *text == '"')
			quote = quote ? 0 : *text;
		else
			*out++ = *text;
	}
	*out = '\0';
	return text;
}

char **str_words(struct arena *arena, const char *text, size_t *count)
{
	size_t max = strlen(text) / 2 + 2, n = 0;
	char **words = mem_get(arena, max * sizeof(*words));
	char *at = mem_get(arena, strlen(text) + 1); /* of all words, one behind the other */

	while (*(text += strspn(text, " \t"))) {
		words[n++] = at;
		text = one_word(text, at);
		at += strlen(at) + 1;
	}
	if (count)
		*count = n;
	return words;
}

bool str_is_name(const char *name)
{
	static const char first[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
	size_t len = strlen(name);

	if (len == 0 || len > 64 || !strchr(first, name[0]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!strchr(first, name[i]) && !strchr(".:@ -", name[i]))
			return false;
	return true;
}

bool str_has_dotdot(const char *path)
{
	while (*path) {
		size_t len = strcspn(path, "/");
		if (len == 2 && path[0] == '.' && path[1] == '.')
			return true;
		path += len;
		path += strspn(path, "/");
	}
	return false;
}

/* Edit distance, words of up to 63 bytes; more than `limit` is only known to be more. */
static size_t distance(const char *a, const char *b, size_t limit)
{
	size_t row[64], alen = strlen(a), blen = strlen(b);

	if (alen >= ARRAY_LEN(row) || blen >= ARRAY_LEN(row))
		return limit + 1;
	if ((alen > blen ? alen - blen : blen - alen) >= limit)
		return limit + 1;
	for (size_t j = 0; j <= blen; j++)
		row[j] = j;
	for (size_t i = 1; i <= alen; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= blen; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);
			diagonal = row[j];
			best = best < row[j] + 1 ? best : row[j] + 1;
			row[j] = best < row[j - 1] + 1 ? best : row[j - 1] + 1;
		}
	}
	return row[blen];
}

const char *str_nearest(const char *word, const char *(*nth)(size_t i), size_t count)
{
	size_t best = strlen(word) / 3 + 2;
	const char *found = NULL;

	for (size_t i = 0; i < count; i++) {
		size_t d = distance(word, nth(i), best);
		if (d < best) {
			best = d;
			found = nth(i);
		}
	}
	return found;
}

char *str_clean_path(struct arena *arena, const char *path)
{
	char *clean = mem_get(arena, strlen(path) + 1), *out = clean;

	for (; *path; path++)
		if (*path != '/' || path[1] != '/')
			*out++ = *path;
	if (out > clean + 1 && out[-1] == '/')
		out--;
	*out = '\0';
	return clean;
}

/* The length of the valid UTF-8 sequence `at` begins with, 0 when it begins with none. */
static size_t utf8_length(const unsigned char *at)
{
	size_t len = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;

	if (len == 0 || at[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, beyond U+10FFFF, and the C1 controls (U+0080..9F). */
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f) ||
	    (at[0] == 0xc2 && at[1] < 0xa0))
		return 0;
	return len;
}

char *str_printable(const char *text, char *out, size_t size)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t used = 0;

	while (*at) {
		size_t len = utf8_length(at);
		if (len == 1 && (*at < 0x20 || *at == 0x7f))
			len = 0;
		if (used + (len ? len : 4) >= size)
			break;
		if (len) {
			memcpy(out + used, at, len);
			used += len;
			at += len;
		} else {
			snprintf(out + used, 5, "\\x%02X", *at++);
			used += 4;
		}
	}
	out[used] = '\0';
	return out;
}

static void text_room(struct text *text, size_t more)
{
	if (text->room - text->len > more)
		return;
	size_t room = text->room ? text->room : 64;
	while (room - text->len <= more)
		room *= 2;
	text->at = mem_resize(text->at, room);
	text->room = room;
}

void text_add_len(struct text *text, const char *more, size_t len)
{
	text_room(text, len);
	memcpy(text->at + text->len, more, len);
	text->len += len;
	text->at[text->len] = '\0';
}

void text_add(struct text *text, const char *more)
{
	text_add_len(text, more, strlen(more));
}

void text_format(struct text *text, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	int len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len <= 0)
		return;
	text_room(text, (size_t)len);
	va_start(args, fmt);
	vsnprintf(text->at + text->len, (size_t)len + 1, fmt, args);
	va_end(args);
	text->len += (size_t)len;
}

void text_free(struct text *text)
{
	cleanup_free(&text->at);
	*text = (struct text){ 0 };
}

void text_json(struct text *text, const char *value)
{
	const unsigned char *at = (const unsigned char *)value;

	if (!value) {
		text_add(text, "null");
		return;
	}
	text_add(text, "\"");
	while (*at) {
		size_t len = utf8_length(at);
		if (*at == '"' || *at == '\\')
			text_format(text, "\\%c", *at);
		else if (len == 0 || *at < 0x20 || *at == 0x7f)
			text_format(text, "\\u%04x", *at);
		else
			text_add_len(text, (const char *)at, len);
		at += len ? len : 1;
	}
	text_add(text, "\"");
}
