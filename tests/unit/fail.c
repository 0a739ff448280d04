/* fail.c - the one error record: what it keeps, how it reads, and that it never overflows. */
#include "fail.h"

#include "tests/tap.h"

/* A record with a fence on each side, which no words may cross. */
static struct {
	char before[64];
	struct failure record;
	char after[64];
} fenced;

static void fence(void)
{
	memset(&fenced, '!', sizeof(fenced));
	fail_clear();
}

static bool fence_holds(void)
{
	for (size_t i = 0; i < sizeof(fenced.before); i++)
		if (fenced.before[i] != '!' || fenced.after[i] != '!')
			return false;
	return memchr(fenced.record.text, 0, sizeof(fenced.record.text)) &&
	       memchr(fenced.record.hint, 0, sizeof(fenced.record.hint));
}

static const char *line(void)
{
	static char out[2048];

	return fail_line(failure, out, sizeof(out));
}

static void test_fail(void)
{
	is_str(line(), "", "nothing has failed");
	is_int(fail(ENOENT, "open %s", "/x"), -ENOENT, "a failure is its errno, negative");
	is_int(failure->code, ENOENT, "which is on record");
	is_str(failure->text, "open /x", "with the words");
	is_str(line(), "open /x: No such file or directory", "and reads so");
	is_int(fail(0, "no %s given", "command"), -EINVAL, "code 0 is a failure, too");
	is_int(failure->code, 0, "without an errno");
	is_str(line(), "no command given", "the words say it all");
	fail_clear();
	ok(!failure->code && !failure->text[0] && !failure->hint[0], "forgotten");
	is_str(line(), "", "there is no line");
}

static void test_in(void)
{
	int r = fail(EPERM, "mount proc");

	is_int(fail_in(r, "mount-%s", "proc"), -EPERM, "more words change no result");
	is_str(failure->text, "mount-proc: mount proc", "they come in front");
	fail_in(r, "c1");
	is_str(line(), "c1: mount-proc: mount proc: Operation not permitted", "and in front again");
	is_int(fail_in(-7, "x"), -7, "whatever the result is");
	is_int(fail_in(0, "y"), 0, "be it 0");
}

static void test_hint(void)
{
	int r = fail(EACCES, "open it");

	is_int(fail_hint(r, "become %s", "root"), -EACCES, "a hint changes no result");
	is_str(line(), "open it: Permission denied (become root)", "it comes last");
	fail_hint(r, "something else");
	is_str(failure->hint, "become root", "the first hint stays");
	fail_in(r, "start");
	is_str(line(), "start: open it: Permission denied (become root)", "also in new words");
	fail(0, "other");
	is_str(line(), "other", "a new failure has no old hint");
	fail_hint(r, "%s", "");
	is_str(line(), "other", "an empty hint is none");
	fail_hint(r, "now");
	is_str(line(), "other (now)", "after which one may come");
}

/* Words as long as a path can be, again and again: cut, ended, and nothing beside them touched. */
static void test_long(void)
{
	static char words[5000];
	struct failure *own = failure;

	memset(words, 'w', sizeof(words) - 1);
	failure = &fenced.record;
	fence();
	fail(ENAMETOOLONG, "%s", words);
	ok(fence_holds(), "long words");
	is_int((long)strlen(failure->text), sizeof(failure->text) - 1, "as many as there is room");
	fail_hint(0, "%s", words);
	ok(fence_holds(), "a long hint");
	is_int((long)strlen(failure->hint), sizeof(failure->hint) - 1, "as long as there is room");
	for (int i = 0; i < 5; i++) {
		fail_in(0, "%s", words);
		ok(fence_holds(), "long words in front, %d times", i + 1);
	}
	is_int((long)strlen(failure->text), sizeof(failure->text) - 1, "still full");
	is_int(failure->code, ENAMETOOLONG, "the errno is still known");
	failure = own;
}

/* The edges of fail_in(): what is in front stays whole for as long as it can. */
static void test_long_in(void)
{
	static char words[800];
	struct failure *own = failure;
	bool good = true;

	failure = &fenced.record;
	for (size_t front = 0; front < sizeof(words); front += 7)
		for (size_t back = 0; back < sizeof(words); back += 59) {
			fence();
			memset(words, 'b', sizeof(words));
			fail(0, "%.*s", (int)back, words);
			memset(words, 'f', sizeof(words));
			fail_in(0, "%.*s", (int)front, words);
			size_t kept = strspn(failure->text, "f");
			good &= fence_holds() && kept == (front < 500 ? front : kept) &&
				kept >= (front < 500 ? front : 500) &&
				strncmp(failure->text + kept, ": ", 2) == 0 &&
				strspn(failure->text + kept + 2, "b") ==
					strlen(failure->text) - kept - 2;
		}
	ok(good, "words of any length in front of words of any length");
	failure = own;
}

static void test_line(void)
{
	static const char whole[] = "open /x: No such file or directory (look)";
	bool good = true;
	char out[80];

	fail_hint(fail(ENOENT, "open /x"), "look");
	for (size_t size = 1; size < sizeof(out); size++) {
		memset(out, '!', sizeof(out));
		const char *got = fail_line(failure, out, size);
		size_t want = size - 1 < strlen(whole) ? size - 1 : strlen(whole);
		good &= got == out && strlen(out) == want && strncmp(out, whole, want) == 0;
		good &= size == sizeof(out) || out[size] == '!';
	}
	ok(good, "a line is cut to whatever room there is");
}

/* A record elsewhere: the child's is on the page it shares with its parent. */
static void test_elsewhere(void)
{
	struct failure *own = failure, other = { 0 };

	fail(0, "mine");
	failure = &other;
	fail(EIO, "theirs");
	failure = own;
	is_str(failure->text, "mine", "what fails elsewhere");
	is_str(other.text, "theirs", "is on record there");
	is_int(other.code, EIO, "with its errno");
}

int main(void)
{
	test_fail();
	test_in();
	test_hint();
	test_long();
	test_long_in();
	test_line();
	test_elsewhere();
	return tap_done();
}
