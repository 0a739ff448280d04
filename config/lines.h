/* lines.h - a configuration as it was written: its lines, in order, to be changed and saved. */
#pragma once

#include "parse.h"

struct line {
	char *text;	   /* as it is, without its line feed */
	const char *key;   /* of a "KEY = VALUE" line of ours, also in a comment; NULL: none */
	const char *name;  /* what LXC 3 and later call that key, here; NULL: unknown */
	const char *value; /* without blanks and quotes around it */
	bool comment;	   /* it is commented out */
};

/* All text belongs to `mem`. {0} is empty; lines_free() releases it. */
struct lines {
	struct arena mem;
	struct line *at;
	size_t len;
	struct conf *follow;   /* what they say so far */
	struct budget *budget; /* what files they include may still cost */
	unsigned shadow;       /* 1 + the number a commented-out interface would have; 0: none */
};

/* Adds the lines of `text`. */
void lines_read(struct lines *lines, const char *text);
void lines_free(struct lines *lines);

/*
 * Adds a line for `key`; of a key with one value, in place of those there are. An empty value
 * takes all its lines away (also of lxc.net, lxc.net.N, lxc.hook and of a family), and leaves an
 * one with the default where an included file may say something else. Where files are included,
 * a key of an interface is added behind all lines, as those files may go by the ones there are;
 * where not, another type takes the lines away that are not for it. Refuses, worded, what no line
 * of a file could say.
 */
int lines_set(struct lines *lines, const char *key, const char *value);

/* Gives every x of a hardware address a random digit, so that it stays the same from now on. */
int lines_settle(struct lines *lines);

/*
 * Renames legacy keys, numbers the interfaces of lxc.network.*, puts the type into the path of a
 * root, and takes away what has no effect any more. Returns how many lines are not as before.
 */
size_t lines_modernize(struct lines *lines);

/* Appends all lines to `out`. */
void lines_save(const struct lines *lines, struct text *out);
