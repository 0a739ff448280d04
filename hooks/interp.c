/* interp.c - the Lua interpreter: open, load, report. */
#include "interp.h"

#include <lauxlib.h>
#include <lualib.h>

lua_State *interp_open(void)
{
	lua_State *L = luaL_newstate();

	if (L)
		luaL_openlibs(L);
	return L;
}

static int traceback(lua_State *L)
{
	const char *message = lua_tostring(L, 1);

	luaL_traceback(L, L, message ? message : "an error that is no text", 1);
	return 1;
}

int interp_call(lua_State *L, int args, int results)
{
	int base = lua_gettop(L) - args;

	if (!lua_checkstack(L, 1))
		return fail(0, "too many values");
	lua_pushcfunction(L, traceback);
	lua_insert(L, base);
	int r = lua_pcall(L, args, results, base);
	lua_remove(L, base);
	if (r == LUA_OK)
		return 0;
	const char *message = lua_tostring(L, -1);
	r = fail(0, "%s", message ? message : "no memory");
	lua_pop(L, 1);
	return r;
}
