/* list.h - one line per command. */
COMMAND(execute)
COMMAND(start)
COMMAND(init)
COMMAND(lua)
