/* str.c - strict numbers, words, names, paths as text, printable and growable text. */
#include "str.h"

#include <limits.h>

#include "tests/tap.h"

/* ---- numbers (threats A8) ---- */

static const struct {
	const char *text;
	uint64_t min, max, value;
} numbers[] = {
	{ "0", 0, 0, 0 },
	{ "1", 1, 1, 1 },
	{ "007", 0, 10, 7 },
	{ "64", 1, 64, 64 },
	{ "65535", 0, 65535, 65535 },
	{ "2147483647", 0, INT32_MAX, INT32_MAX },
	{ "4294967294", 0, UINT32_MAX - 1, UINT32_MAX - 1 },
	{ "4294967295", 0, UINT32_MAX, UINT32_MAX },
	{ "9223372036854775807", 0, INT64_MAX, INT64_MAX },
	{ "18446744073709551615", 0, UINT64_MAX, UINT64_MAX },
	{ "18446744073709551615", UINT64_MAX, UINT64_MAX, UINT64_MAX },
	{ "000000000000000000000000000000000000000000000001", 0, 1, 1 },
};

static const struct {
	const char *text;
	uint64_t min, max;
} no_numbers[] = {
	/* nothing, signs, blanks */
	{ "", 0, 9 },
	{ "-", 0, 9 },
	{ "+", 0, 9 },
	{ "-1", 0, UINT64_MAX },
	{ "-0", 0, 9 },
	{ "+1", 0, 9 },
	{ " 1", 0, 9 },
	{ "1 ", 0, 9 },
	{ "1 2", 0, 99 },
	{ "\t1", 0, 9 },
	{ "1\t", 0, 9 },
	{ "1\n", 0, 9 },
	{ "1\r", 0, 9 },
	{ " ", 0, 9 },
	/* other notations */
	{ "0x1", 0, 99 },
	{ "0X1F", 0, 99 },
	{ "1f", 0, 99 },
	{ "0b1", 0, 99 },
	{ "0o7", 0, 99 },
	{ "1e1", 0, 99 },
	{ "1.0", 0, 99 },
	{ ".5", 0, 99 },
	{ "1,000", 0, 9999 },
	{ "1_000", 0, 9999 },
	{ "1'000", 0, 9999 },
	{ "1h", 0, 9 },
	{ "one", 0, 9 },
	{ "inf", 0, UINT64_MAX },
	{ "\xd9\xa3", 0, 9 },	  /* ARABIC-INDIC DIGIT THREE */
	{ "\xef\xbc\x91", 0, 9 }, /* FULLWIDTH DIGIT ONE */
	{ "\xb9", 0, 9 },
	/* just outside */
	{ "1", 0, 0 },
	{ "0", 1, 9 },
	{ "9", 10, 10 },
	{ "11", 10, 10 },
	{ "65536", 0, 65535 },
	{ "2147483648", 0, INT32_MAX },
	{ "4294967295", 0, UINT32_MAX - 1 },
	{ "4294967296", 0, UINT32_MAX },
	{ "9223372036854775808", 0, INT64_MAX },
	/* beyond 64 bits, also where it wraps to something small */
	{ "18446744073709551616", 0, UINT64_MAX },
	{ "18446744073709551617", 0, UINT64_MAX },
	{ "18446744073709551619", 0, UINT64_MAX },
	{ "18446744073709551625", 0, UINT64_MAX },
	{ "28446744073709551615", 0, UINT64_MAX },
	{ "36893488147419103232", 0, UINT64_MAX },
	{ "184467440737095516160", 0, UINT64_MAX },
	{ "340282366920938463463374607431768211456", 0, UINT64_MAX },
};

static void test_number(void)
{
	uint64_t value;

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		value = numbers[i].value + 1;
		ok(str_number(numbers[i].text, numbers[i].min, numbers[i].max, &value) &&
			   value == numbers[i].value,
		   "number %s", numbers[i].text);
	}
	for (size_t i = 0; i < ARRAY_LEN(no_numbers); i++) {
		value = 4711;
		ok(!str_number(no_numbers[i].text, no_numbers[i].min, no_numbers[i].max, &value) &&
			   value == 4711,
		   "\"%s\" is no number from %llu to %llu", no_numbers[i].text,
		   (unsigned long long)no_numbers[i].min, (unsigned long long)no_numbers[i].max);
	}
}

static const struct {
	const char *text;
	long min, max, value;
	bool good;
} signeds[] = {
	{ "0", 0, 0, 0, true },
	{ "-0", -1, 1, 0, true },
	{ "-5", -5, 5, -5, true },
	{ "5", -5, 5, 5, true },
	{ "2147483647", INT32_MIN, INT32_MAX, INT32_MAX, true },
	{ "-2147483648", INT32_MIN, INT32_MAX, INT32_MIN, true },
	{ "9223372036854775807", LONG_MIN, LONG_MAX, LONG_MAX, true },
	{ "-9223372036854775807", LONG_MIN, LONG_MAX, LONG_MIN + 1, true },
	{ "-9223372036854775808", LONG_MIN, LONG_MAX, LONG_MIN, true },
	{ "", -9, 9, 0, false },
	{ "-", -9, 9, 0, false },
	{ "+1", -9, 9, 0, false },
	{ "--1", -9, 9, 0, false },
	{ "-+1", -9, 9, 0, false },
	{ "- 1", -9, 9, 0, false },
	{ " -1", -9, 9, 0, false },
	{ "-1 ", -9, 9, 0, false },
	{ "-0x1", -9, 9, 0, false },
	{ "1-", -9, 9, 0, false },
	{ "-6", -5, 5, 0, false },
	{ "6", -5, 5, 0, false },
	{ "-1", 0, 5, 0, false },
	{ "2147483648", INT32_MIN, INT32_MAX, 0, false },
	{ "-2147483649", INT32_MIN, INT32_MAX, 0, false },
	{ "9223372036854775808", LONG_MIN, LONG_MAX, 0, false },
	{ "-9223372036854775809", LONG_MIN, LONG_MAX, 0, false },
	{ "-18446744073709551615", LONG_MIN, LONG_MAX, 0, false },
	{ "-18446744073709551617", LONG_MIN, LONG_MAX, 0, false },
};

static void test_signed(void)
{
	for (size_t i = 0; i < ARRAY_LEN(signeds); i++) {
		long value = 4711, want = signeds[i].good ? signeds[i].value : 4711;
		bool good = str_signed(signeds[i].text, signeds[i].min, signeds[i].max, &value);
		ok(good == signeds[i].good && value == want, "signed \"%s\" is %s", signeds[i].text,
		   signeds[i].good ? "one" : "none");
	}
}

static const struct {
	const char *text;
	uint64_t value;
} sizes[] = {
	{ "0", 0 },
	{ "1", 1 },
	{ "1b", 1 },
	{ "1B", 1 },
	{ "1 b", 1 },
	{ "1kb", 1024 },
	{ "1kB", 1024 },
	{ "1KB", 1024 },
	{ "1 kB", 1024 },
	{ "1\tkB", 1024 },
	{ "3  MB", 3 << 20 },
	{ "3mb", 3 << 20 },
	{ "2GB", 2ULL << 30 },
	{ "2gB", 2ULL << 30 },
	{ "9223372036854775807", INT64_MAX },
	{ "9007199254740991kB", 9007199254740991ULL << 10 },
	{ "8796093022207MB", 8796093022207ULL << 20 },
	{ "8589934591GB", 8589934591ULL << 30 },
};

/* clang-format off */
static const char *const no_sizes[] = {
	"", " ", "kB", " 1", "-1", "+1", "0x1", "1k", "1 k", "1K", "1m", "1TB", "1kiB", "1kB ",
	"1kBs", "1.5MB", "1 2", "1 k B", "1kB1", "1,5kB", "auto", "\t1", "unlimited", "1\nkB",
	/* just too large, with and without a unit, and far too large */
	"9223372036854775808", "18446744073709551615", "18446744073709551616",
	"9007199254740992kB", "8796093022208MB", "8589934592GB", "18446744073709551615GB",
	"99999999999999999999999999",
};
/* clang-format on */

static void test_size(void)
{
	uint64_t value;

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		value = sizes[i].value + 1;
		ok(str_size(sizes[i].text, &value) && value == sizes[i].value, "size \"%s\"",
		   sizes[i].text);
	}
	for (size_t i = 0; i < ARRAY_LEN(no_sizes); i++) {
		value = 4711;
		ok(!str_size(no_sizes[i], &value) && value == 4711, "\"%s\" is no size",
		   no_sizes[i]);
	}
}

/* ---- words ---- */

static const struct {
	const char *text;
	size_t count;
	const char *words; /* each followed by '|' */
} splits[] = {
	{ "", 0, "" },
	{ " \t ", 0, "" },
	{ "a", 1, "a|" },
	{ "a b", 2, "a|b|" },
	{ " a \t b  c ", 3, "a|b|c|" },
	{ "a b c d e f g h", 8, "a|b|c|d|e|f|g|h|" },
	{ "'a b' c", 2, "a b|c|" },
	{ "\"a b\" c", 2, "a b|c|" },
	{ "a'b c'd", 1, "ab cd|" },
	{ "'a'\"b\"", 1, "ab|" },
	{ "'' x \"\"", 3, "|x||" },
	{ "'' ''", 2, "||" },
	{ "\"it's\"", 1, "it's|" },
	{ "'say \"hi\"'", 1, "say \"hi\"|" },
	{ "a\\ b", 2, "a\\|b|" },
	{ "/bin/sh -c 'echo  $1' x", 4, "/bin/sh|-c|echo  $1|x|" },
};

static void test_words(void)
{
	for (size_t i = 0; i < ARRAY_LEN(splits); i++) {
		struct arena mem = { 0 };
		auto_text struct text joined = { 0 };
		size_t count = 99;
		char **words = str_words(&mem, splits[i].text, &count);
		for (char **word = words; *word; word++)
			text_format(&joined, "%s|", *word);
		is_str(text_get(&joined), splits[i].words, "words of \"%s\"", splits[i].text);
		is_int((long)count, (long)splits[i].count, "how many");
		mem_release(&mem);
	}
}

/* The address space this process has, in pages. */
static unsigned long used_pages(void)
{
	char text[64] = "";
	auto_fd int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return 0;
	return strtoul(text, NULL, 10);
}

/* A line of the longest file there may be has half a million of them. */
static void test_many_words(void)
{
	enum { LEN = 1 << 16 };
	struct arena mem = { 0 };
	auto_text struct text line = { 0 };
	size_t count = 0;

	for (int i = 0; i < LEN / 2; i++)
		text_add(&line, "a ");
	unsigned long before = used_pages();
	if (!before) {
		skip("no /proc/self/statm");
		return;
	}
	char **words = str_words(&mem, text_get(&line), &count);
	is_int((long)count, LEN / 2, "all of 32768 words");
	is_str(words[count - 1], "a", "up to the last");
	ok(used_pages() - before < (16 << 20) / 4096, "their memory is in proportion to the text");
	diag("%lu pages", used_pages() - before);
	mem_release(&mem);
}

/* ---- names (threats G1) ---- */

#define X64 "0123456789012345678901234567890123456789012345678901234567890123"

static const char *const names[] = {
	"a", "Z", "0", "_", "c1", "web-1", "a.b", "a..b", "x:y@z", "two words", "a-", "a.", X64,
};

static const char *const no_names[] = {
	"",	 ".",	  "..",	  "...", "../x",     "a/b",   "/a",	   "a/",    "/",
	"-a",	 "--all", " a",	  ".a",	 "@a",	     ":a",    "a\nb",	   "a\tb",  "a\033c",
	"a\177", "a\\b",  "a*",	  "a?",	 "a$b",	     "a`b`",  "a;b",	   "a|b",   "a&b",
	"a'b",	 "a\"b",  "a<b",  "a%s", "a~",	     "a=b",   "a,b",	   "a+b",   "a#b",
	"a!b",	 "a{b}",  "a(b)", "a^b", "\xc3\xa4", "a\x80", "a\xc2\x9b", "a\xff", (X64 "4"),
};

static void test_names(void)
{
	static const char inside[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:@ -";
	static const char first[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
	int wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		ok(str_is_name(names[i]), "the name \"%s\"", names[i]);
	for (size_t i = 0; i < ARRAY_LEN(no_names); i++)
		ok(!str_is_name(no_names[i]), "\"%s\" is no name", no_names[i]);
	for (int c = 1; c < 256; c++) {
		const char alone[] = { (char)c, '\0' }, second[] = { 'a', (char)c, '\0' };
		wrong += str_is_name(alone) != (strchr(first, c) != NULL);
		wrong += str_is_name(second) != (strchr(inside, c) != NULL);
	}
	is_int(wrong, 0, "every byte, in front and inside");
}

/* ---- paths as text ---- */

static void test_dotdot(void)
{
	static const struct {
		const char *path;
		bool has;
	} rows[] = {
		{ "..", true },	    { "../a", true },	{ "a/..", true },     { "a/../b", true },
		{ "/..", true },    { "/../", true },	{ "a//..//b", true }, { "../..", true },
		{ "", false },	    { "/", false },	{ ".", false },	      { "...", false },
		{ "..a", false },   { "a..", false },	{ "a/..b", false },   { "a/b../c", false },
		{ "/.../", false }, { "a/./b", false }, { ". .", false },     { "a.b", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		is_int(str_has_dotdot(rows[i].path), rows[i].has, "\"%s\" has %s", rows[i].path,
		       rows[i].has ? ".." : "no ..");
}

static void test_clean_path(void)
{
	static const char *const rows[][2] = {
		{ "/", "/" },	 { "//", "/" },	      { "///", "/" },
		{ "/a", "/a" },	 { "/a/", "/a" },     { "/a//", "/a" },
		{ "//a", "/a" }, { "/a//b", "/a/b" }, { "/a///b/", "/a/b" },
		{ "a", "a" },	 { "a/", "a" },	      { "a//b/", "a/b" },
		{ ".", "." },	 { "", "" },	      { "/a/./b", "/a/./b" },
	};
	struct arena mem = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		is_str(str_clean_path(&mem, rows[i][0]), rows[i][1], "\"%s\" cleaned", rows[i][0]);
	mem_release(&mem);
}

static const char *const commands[] = { "attach", "create", "destroy", "start", "stop" };

static const char *command(size_t i)
{
	return commands[i];
}

static void test_nearest(void)
{
	static const char *const rows[][2] = {
		{ "start", "start" },  { "strat", "start" },  { "stopp", "stop" },
		{ "atach", "attach" }, { "creat", "create" }, { "destory", "destroy" },
		{ "monitor", NULL },   { "x", NULL },	      { "", NULL },
		{ X64 X64, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		is_str(str_nearest(rows[i][0], command, ARRAY_LEN(commands)), rows[i][1],
		       "near \"%s\"", rows[i][0]);
	is_str(str_nearest("start", command, 0), NULL, "nothing is near where there is nothing");
}

/* ---- printable text (threats F2) ---- */

static const char *const shown[][2] = {
	{ "", "" },
	{ "plain ~ text \\x", "plain ~ text \\x" },
	/* control bytes */
	{ "\x01", "\\x01" },
	{ "a\tb", "a\\x09b" },
	{ "a\nb\r", "a\\x0Ab\\x0D" },
	{ "\033]0;title\a", "\\x1B]0;title\\x07" },
	{ "\x1f\x7f", "\\x1F\\x7F" },
	/* whole sequences, at the edges of their lengths */
	{ "\xc3\xa4", "\xc3\xa4" },
	{ "\xc2\xa0\xdf\xbf", "\xc2\xa0\xdf\xbf" },
	{ "\xe0\xa0\x80\xe2\x82\xac", "\xe0\xa0\x80\xe2\x82\xac" },
	{ "\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf", "\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf" },
	{ "\xf0\x90\x80\x80\xf0\x9f\x98\x80", "\xf0\x90\x80\x80\xf0\x9f\x98\x80" },
	{ "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" },
	/* the C1 controls, of which 9B is another ESC [ */
	{ "\xc2\x80", "\\xC2\\x80" },
	{ "\xc2\x9b"
	  "31m",
	  "\\xC2\\x9B31m" },
	{ "\xc2\x9f", "\\xC2\\x9F" },
	{ "\x9b", "\\x9B" },
	/* no lead byte, or no such */
	{ "\x80", "\\x80" },
	{ "\xbf"
	  "a",
	  "\\xBFa" },
	{ "\xfe\xff", "\\xFE\\xFF" },
	{ "\xf5\x80\x80\x80", "\\xF5\\x80\\x80\\x80" },
	/* cut short by the end, by ASCII, by another lead byte */
	{ "\xc3", "\\xC3" },
	{ "\xe2\x82", "\\xE2\\x82" },
	{ "\xf0\x9f\x98", "\\xF0\\x9F\\x98" },
	{ "\xe2\x82"
	  "A",
	  "\\xE2\\x82A" },
	{ "\xc3\xc3\xa4", "\\xC3\xc3\xa4" },
	/* longer than need be, surrogates, beyond U+10FFFF */
	{ "\xc0\x80", "\\xC0\\x80" },
	{ "\xc1\xbf", "\\xC1\\xBF" },
	{ "\xe0\x80\x9b", "\\xE0\\x80\\x9B" },
	{ "\xe0\x9f\xbf", "\\xE0\\x9F\\xBF" },
	{ "\xf0\x80\x80\x9b", "\\xF0\\x80\\x80\\x9B" },
	{ "\xf0\x8f\xbf\xbf", "\\xF0\\x8F\\xBF\\xBF" },
	{ "\xed\xa0\x80", "\\xED\\xA0\\x80" },
	{ "\xed\xbf\xbf", "\\xED\\xBF\\xBF" },
	{ "\xf4\x90\x80\x80", "\\xF4\\x90\\x80\\x80" },
};

static void test_printable(void)
{
	char out[256];

	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		is_str(str_printable(shown[i][0], out, sizeof(out)), shown[i][1], "shown as %s",
		       shown[i][1]);
	}
}

/* However little room there is, what is cut off is cut between characters. */
static void test_printable_cut(void)
{
	static const char text[] = "a\033\xc3\xa4\xff\xf0\x9f\x98\x80z";
	static const char *const units[] = { "a", "\\x1B", "\xc3\xa4", "\\xFF", "\xf0\x9f\x98\x80",
					     "z" };

	for (size_t size = 1; size < 24; size++) {
		char out[32], want[32] = "";
		memset(out, '!', sizeof(out));
		for (size_t i = 0, len = 0; i < ARRAY_LEN(units); i++) {
			len += strlen(units[i]);
			if (len >= size)
				break;
			snprintf(want + len - strlen(units[i]), sizeof(want) - len, "%s", units[i]);
		}
		is_str(str_printable(text, out, size), want, "in %zu bytes", size);
		ok(out[size] == '!', "and not one more");
	}
}

/* ---- growable text ---- */

static void test_text(void)
{
	struct text text = { 0 };

	is_str(text_get(&text), "", "no text yet");
	text_add(&text, "");
	is_str(text_get(&text), "", "nothing added");
	text_add(&text, "ab");
	text_add_len(&text, "cdef", 2);
	text_format(&text, "%d%s", 7, "x");
	text_format(&text, "%s", "");
	is_str(text_get(&text), "abcd7x", "added in pieces");
	is_int((long)text.len, 6, "its length");
	text_add_len(&text, "\0y", 2);
	ok(text.len == 8 && memcmp(text.at, "abcd7x\0y", 9) == 0, "a NUL byte is a byte");
	text_free(&text);
	text_free(&text);
	is_str(text_get(&text), "", "freed, twice");
}

static void test_text_grows(void)
{
	auto_text struct text text = { 0 };
	bool good = true;

	for (int i = 0; i < 20000; i++)
		text_format(&text, "%05d,", i);
	for (int i = 0; i < 20000; i++)
		good &= strtol(text.at + i * (size_t)6, NULL, 10) == i;
	ok(good && text.len == 120000 && strlen(text.at) == 120000, "120000 bytes are all there");
	size_t len = text.len;
	text_add_len(&text, text_get(&(struct text){ 0 }), 0);
	ok(text.len == len, "nothing added to much");
	/* A format longer than all the room there is. */
	auto_text struct text twice = { 0 };
	text_format(&twice, "%s%s", text_get(&text), text_get(&text));
	ok(twice.len == 240000 && strlen(twice.at) == 240000, "one format of 240000 bytes");
}

int main(void)
{
	test_number();
	test_signed();
	test_size();
	test_words();
	test_many_words();
	test_names();
	test_dotdot();
	test_clean_path();
	test_nearest();
	test_printable();
	test_printable_cut();
	test_text();
	test_text_grows();
	return tap_done();
}
