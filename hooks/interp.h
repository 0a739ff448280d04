/* interp.h - the Lua interpreter: open, load, report. */
#pragma once

#include <lua.h>

#include "fail.h"

/* An interpreter with the standard libraries, for the prompt and scripts. NULL without memory. */
lua_State *interp_open(void);

/* Runs the function with `args` arguments on the stack, with a traceback. Words its failure. */
int interp_call(lua_State *L, int args, int results);
