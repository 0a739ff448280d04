/* list.h - one line per command. */
COMMAND(create)
COMMAND(destroy)
COMMAND(execute)
COMMAND(start)
COMMAND(init)
COMMAND(lua)
