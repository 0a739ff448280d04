/* list.h - one line per command. */
COMMAND(lua)
