/* json.c - text_json(): whatever the bytes, one JSON string that any reader takes. */
#include "str.h"

#include "tests/tap.h"

static const struct {
	const char *name, *text, *want;
} rows[] = {
	{ "nothing", NULL, "null" },
	{ "no text", "", "\"\"" },
	{ "plain text", "a b/c~", "\"a b/c~\"" },
	{ "a quote", "\"", "\"\\\"\"" },
	{ "a backslash", "a\\b", "\"a\\\\b\"" },
	{ "an escape that is none", "\\n\\u0041", "\"\\\\n\\\\u0041\"" },
	{ "a line break", "a\nb\r", "\"a\\u000ab\\u000d\"" },
	{ "control bytes", "\001\t\033[1m\x1f\x7f", "\"\\u0001\\u0009\\u001b[1m\\u001f\\u007f\"" },
	{ "two bytes of UTF-8", "\xc3\xa4", "\"\xc3\xa4\"" },
	{ "three", "\xe2\x82\xac", "\"\xe2\x82\xac\"" },
	{ "four", "\xf0\x9f\x90\xa7", "\"\xf0\x9f\x90\xa7\"" },
	{ "no UTF-8", "a\xff\x80", "\"a\\u00ff\\u0080\"" },
	{ "half a letter", "\xe2\x82", "\"\\u00e2\\u0082\"" },
	{ "half a letter, then text", "\xc3(", "\"\\u00c3(\"" },
	{ "a letter written too long", "\xc0\xaf", "\"\\u00c0\\u00af\"" },
	{ "half of a pair", "\xed\xa0\x80", "\"\\u00ed\\u00a0\\u0080\"" },
	{ "beyond the last letter", "\xf4\x90\x80\x80", "\"\\u00f4\\u0090\\u0080\\u0080\"" },
};

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_text struct text out = { 0 };
		text_json(&out, rows[i].text);
		is_str(text_get(&out), rows[i].want, "%s", rows[i].name);
	}
}

/* Each byte alone: in quotes, and nothing in between that a reader would stumble over. */
static void test_bytes(void)
{
	for (int byte = 1; byte < 256; byte++) {
		auto_text struct text out = { 0 };
		char text[] = { (char)byte, '\0' };
		text_json(&out, text);
		const char *got = text_get(&out);
		size_t len = strlen(got);
		bool good = len >= 3 && got[0] == '"' && got[len - 1] == '"';
		for (size_t i = 1; good && i < len - 1; i++)
			good = got[i] >= ' ' && got[i] <= '~' &&
			       (got[i] != '"' || got[i - 1] == '\\');
		bool plain = byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\';
		ok(good && (len == 3) == plain, "byte %d: %s", byte, got);
	}
}

static void test_appended(void)
{
	auto_text struct text out = { 0 };

	text_add(&out, "[");
	text_json(&out, "a");
	text_add(&out, ",");
	text_json(&out, NULL);
	is_str(text_get(&out), "[\"a\",null", "behind what is there");
}

int main(void)
{
	test_rows();
	test_bytes();
	test_appended();
	return tap_done();
}
