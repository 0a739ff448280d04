/* parse.h - configuration files line by line, and looked over for all that is wrong with them. */
#pragma once

#include "conf.h"
#include "fail.h"

/* A line "KEY = VALUE", cut out of its text. */
struct parsed {
	char *key;   /* NULL: a comment, a blank line, or none of ours */
	char *value; /* without blanks around it, and one pair of quotes; NULL: there is no "=" */
};

/* Cuts `line` in place, which the result then points into. */
struct parsed parse_split(char *line);

struct problem;

/* What the files of one configuration together may still cost (threats G2). */
struct budget {
	size_t bytes, files, entries; /* entries: of directories */
	bool placed;		      /* a failure has its place in front already */
	/* Who is told of all mistakes, which then are no reason to stop. NULL: nobody. */
	void (*tell)(void *arg, const struct problem *problem);
	void *arg;
};

/*
 * Sets what one line says, as the next of a configuration. `*budget`, NULL at first, is made in
 * the configuration's memory and is for all its lines together.
 */
int parse_follow(struct conf *conf, const char *line, struct budget **budget);

/* One thing that is wrong with a configuration, or (a warning) that one had better know of it. */
struct problem {
	struct origin from;
	bool warning;
	const char *key; /* which it is about; NULL: none, or more than one */
	struct failure what;
};

/*
 * Reads `path` like conf_load(), but goes on behind every mistake, and then looks at the whole:
 * `each` is called with `arg` for all there is. `conf` is then what could be read.
 */
void parse_check(struct conf *conf, const char *path,
		 void (*each)(void *arg, const struct problem *problem), void *arg);
