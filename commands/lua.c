/* lua.c - lxcbox lua: the interpreter, for a script, a line of code or a prompt. */
#include <lauxlib.h>
#include <lua.h>
#include <signal.h>

#include "command.h"
#include "interp.h"

/* Puts the script's name and words in the global `arg`, as the standalone interpreter does. */
static void set_arg(lua_State *L, int argc, char **argv, int script)
{
	lua_createtable(L, argc, 0);
	for (int i = 0; i < argc; i++) {
		lua_pushstring(L, argv[i]);
		lua_rawseti(L, -2, i - script);
	}
	lua_setglobal(L, "arg");
}

static int report(int result)
{
	if (result == 0)
		return 0;
	fprintf(stderr, "lua: %s\n", failure->text);
	fail_clear();
	return 1;
}

static int run_chunk(lua_State *L, int loaded, int args, int results)
{
	if (loaded == LUA_OK)
		return interp_call(L, args, results);
	int r = fail(0, "%s", lua_tostring(L, -1));
	lua_pop(L, 1);
	return r;
}

/* Prints what an expression gave, through the script's own print. */
static void print_results(lua_State *L)
{
	int n = lua_gettop(L);

	if (n == 0)
		return;
	if (!lua_checkstack(L, 1)) {
		report(fail(0, "too many results"));
		return;
	}
	lua_getglobal(L, "print");
	lua_insert(L, 1);
	report(interp_call(L, n, 0));
	lua_settop(L, 0);
}

/* A line is an expression if it can be one; else code, which may go on for several lines. */
static int load_input(lua_State *L, struct text *input)
{
	auto_text struct text expression = { 0 };

	text_format(&expression, "return %s", text_get(input));
	if (luaL_loadbuffer(L, expression.at, expression.len, "=stdin") == LUA_OK)
		return LUA_OK;
	lua_settop(L, 0);
	return luaL_loadbuffer(L, text_get(input), input->len, "=stdin");
}

static bool is_incomplete(lua_State *L, int status)
{
	const char *message = lua_tostring(L, -1);
	size_t len = message ? strlen(message) : 0;

	return status == LUA_ERRSYNTAX && len >= 5 && streq(message + len - 5, "<eof>");
}

static void prompt(lua_State *L)
{
	struct text input = { 0 };
	char line[512];

	printf("%s on lxcbox %s. An end of file, Control-D, leaves.\n", LUA_RELEASE, VERSION);
	for (;;) {
		fputs(input.len ? ">> " : "> ", stdout);
		fflush(stdout);
		if (!fgets(line, sizeof(line), stdin))
			break;
		text_add(&input, line);
		if (!strchr(line, '\n'))
			continue;
		int status = load_input(L, &input);
		if (is_incomplete(L, status)) {
			lua_settop(L, 0);
			continue;
		}
		text_free(&input);
		if (report(run_chunk(L, status, 0, LUA_MULTRET)) == 0)
			print_results(L);
		lua_settop(L, 0);
	}
	text_free(&input);
	fputs("\n", stdout);
}

static int run_script(lua_State *L, int argc, char **argv, int script)
{
	int status = luaL_loadfile(L, streq(argv[script], "-") ? NULL : argv[script]);

	if (!lua_checkstack(L, argc - script))
		return report(fail(0, "too many words"));
	if (status == LUA_OK)
		for (int i = script + 1; i < argc; i++)
			lua_pushstring(L, argv[i]);
	return report(run_chunk(L, status, status == LUA_OK ? argc - script - 1 : 0, 0));
}

/* -e CODE, as often as given, then -i, or SCRIPT [WORD...], or a prompt when there is nothing. */
static int run_words(lua_State *L, int argc, char **argv)
{
	bool ask = argc == 0;
	int i = 0;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (streq(argv[i], "-i")) {
			ask = true;
		} else if (streq(argv[i], "-e") && i + 1 < argc) {
			const char *code = argv[++i];
			int status = luaL_loadbuffer(L, code, strlen(code), "=(command line)");
			int r = report(run_chunk(L, status, 0, 0));
			if (r)
				return r;
		} else {
			fprintf(stderr, "Usage: lua [-i] [-e CODE]... [SCRIPT [WORD...]]\n");
			return streq(argv[i], "--help") ? 0 : 1;
		}
	}
	int r = 0;
	if (i < argc) {
		set_arg(L, argc, argv, i);
		r = run_script(L, argc, argv, i);
	}
	if (ask && r == 0)
		prompt(L);
	return r;
}

static int run(struct call *call, const void *arg)
{
	lua_State *L = interp_open();

	if (!L)
		return fail(ENOMEM, "open the interpreter");
	int r = run_words(L, call->argc, call->argv);
	lua_close(L);
	return r;
}

const struct command command_lua = {
	.name = "lua",
	.about = "Run Lua: a script, a line of code, or a prompt.",
	.details = "-e runs a line of code and may be given several times; -i asks for a prompt "
		   "after the rest.",
	.status = "0, or 1 after an error.",
	.words = "[-i] [-e CODE]... [SCRIPT [WORD...]]",
	.flags = CMD_BARE | CMD_HIDDEN,
	.run = run,
};
