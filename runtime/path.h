/* path.h - all path work in a tree that somebody else may be changing (threats B). */
#pragma once

#include "base.h"

/*
 * Opens `path` below the directory `root` as if `root` were "/": symbolic links, ".." and absolute
 * links stay inside, magic links are refused. openat2 (Linux 5.6), else a walk of our own.
 * Returns the descriptor, which the caller owns, or a negative errno without words.
 */
int path_open(int root, const char *path, int flags, mode_t mode);

/*
 * Opens `path` below `root` for use as the target of a mount (O_PATH), made when it is missing:
 * a directory of `mode`, or for `file` an empty file of `mode`, and its parents 0755. Only what is
 * missing is made, each part in the directory just opened. Negative errno without words.
 */
int path_make(int root, const char *path, bool file, mode_t mode);

/* As path_make(), but opens the directory that `path` is in; `*last` is its last component. */
int path_parent(int root, const char *path, const char **last);

/* Gives the directory `dir` and all below it to user and group, following nothing. Words. */
int path_own(int dir, uid_t uid, gid_t gid);

/*
 * Removes `name` and everything below it in the directory `parent`, by descriptors, following
 * nothing. A file system mounted anywhere in it is refused before it is entered (threats B9).
 * Missing is success. Words its failure.
 */
int path_remove(int parent, const char *name);
