/* command.h - what a command is: one file, one table of options, one function. */
#pragma once

#include "conf.h"
#include "fail.h"
#include "log.h"
#include "mem.h"
#include "str.h"

enum opt_kind {
	OPT_FLAG,     /* bool */
	OPT_TEXT,     /* const char * */
	OPT_LIST,     /* struct texts: may be given again */
	OPT_OPTIONAL, /* const char *: the argument may be missing, then "" */
};

/* Arguments of an option that may be given again; NULL-terminated. */
struct texts {
	char **at;
	size_t len;
};

struct opt {
	char letter; /* 0: only the long name */
	const char *name;
	enum opt_kind kind;
	unsigned offset; /* of the field in the command's options */
	const char *arg; /* as --help calls the argument; NULL for a flag */
	const char *help;
};

enum command_flags {
	CMD_NAME = 1,	/* a container's name is needed: -n, or the first word */
	CMD_ENTER = 2,	/* steps into a container: begins without inherited descriptors */
	CMD_BARE = 4,	/* its words are not options: all are handed on */
	CMD_HIDDEN = 8, /* not one of the lxc-* names */
};

/* What every command is called with. */
struct call {
	struct arena mem; /* lives as long as the command */
	const struct command *command;
	const char *program; /* as it was called: "lxc-start" */
	const char *name;    /* of the container, NULL when there is none */
	const char *lxcpath; /* without a trailing slash */
	bool quiet;
	char **all; /* the whole command line, as it was */
	int argc;   /* the words that are no options */
	char **argv;
	bool help; /* --help, of a command that adds to it */
};

struct command {
	const char *name; /* "start" */
	const char *about;
	const char *words;   /* what follows the options: "[-- COMMAND...]" */
	const char *details; /* more for the manual page, NULL: no more */
	const char *status;  /* its exit status, for the manual page */
	const struct opt *opts;
	size_t n_opts, opts_size;
	unsigned flags;
	int (*run)(struct call *call, const void *opts); /* exit status, or a failure */
	bool own_help; /* run() is also called for --help, to add to it */
};

/* options.c: the options every command has, and whether it shows one of them as its own. */
extern const struct opt common_opts[];
extern const size_t common_opts_len;
bool command_has_common(const struct command *command, const struct opt *opt);
/* Its letter, 0 when there is none or an option of the command's own has taken it. */
char command_letter(const struct command *command, const struct opt *opt);

/* options.c: reads the command line of `command` into `call` and a new options struct, and runs. */
int command_run(const struct command *command, struct call *call, int argc, char **argv);

/* Prints --help, from the table. */
void command_help(const struct command *command, const char *program, FILE *to);

/* `path` from "/" on, in the call's memory; NULL, with a failure worded, when that is not known. */
const char *option_path(struct call *call, const char *path);

/* Reads the numeric user or group id given to `option`; -1 when it was not given. */
int option_id(const char *option, const char *text, int64_t *id);

/* Whether a container is defined: it has a configuration. */
bool container_defined(struct call *call, const char *name);

/* Refuses a user who does not own the container, whose state is then not to be seen either. */
int container_control(struct call *call);

/*
 * Loads it: `rcfile` or the container's own, then each of `defines` (KEY=VALUE). Words its
 * failure; `missing` is what it says when there is no such container, NULL: that is no failure.
 */
int container_load(struct call *call, const char *rcfile, const struct texts *defines,
		   const char *missing, struct conf *conf);

/* Log file, level and syslog as the configuration says, unless the command line did. */
int container_log(struct call *call, const struct conf *conf);
