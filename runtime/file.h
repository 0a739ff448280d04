/* file.h - files of the host, whose paths are trusted: small, whole, regular. */
#pragma once

#include <sys/stat.h>

#include "str.h"

/*
 * Appends the whole of a regular file to `out`; more than `max` bytes, or anything but a regular
 * file or /dev/null (a FIFO would hang, a device never end: threats G3), fails. Words its failure,
 * except that a missing file is a plain -ENOENT.
 */
int file_read(int dir, const char *path, size_t max, struct text *out);

/* Writes all of it, however short the writes are. Negative errno, without words. */
int file_write_all(int fd, const void *data, size_t len);

/*
 * Puts `data` in place of `name` below `dir` in one rename: readers see the old or the new file,
 * whole. `sync`: it is on disk before the name is. Words its failure.
 */
int file_replace(int dir, const char *name, mode_t mode, const char *data, bool sync);

/* The same with the mode and owner of `like`, and on disk. */
int file_replace_like(int dir, const char *name, const struct stat *like, const char *data);

/*
 * Writes a file that no other process reads before it is told to: in place, made if need be.
 * Words its failure.
 */
int file_write(int dir, const char *name, mode_t mode, const char *data);

/* mkdir -p; existing directories are left as they are. Words its failure. */
int file_make_dirs(const char *path, mode_t mode);

/* Copies all that is left of `from` to `to`. Negative errno, without words. */
int file_copy(int from, int to);

/*
 * Opens a directory that only we may write: owned by our user, mode 0700, not through a symbolic
 * link; made when missing (threats B11, I1). Words its failure. The caller owns the descriptor.
 */
int file_private_dir(int parent, const char *path);
