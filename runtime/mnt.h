/* mnt.h - mounting by descriptor, with system calls alone; usable in the child. */
#pragma once

#include "base.h"

/*
 * Where targets are. Every target is a path beneath `root`, resolved by path_open(), and mounted
 * on by its descriptor. `proc` is a descriptor of the host's procfs for kernels before 5.2, which
 * mount(2) on its self/fd/N; -1: there is none, and such kernels fail.
 */
struct mnt_base {
	int root, proc;
};

/* One mount; flags are MS_*. */
struct mnt_what {
	const char *type, *source, *data; /* of a new file system */
	unsigned long flags, clear;	  /* set and taken away */
	bool recursive;			  /* a bind takes what is mounted below along */
};

/*
 * Mounts a new file system on `target`, and returns a descriptor of its root, which the caller
 * owns. Words its failure, with what the file system had to say where the kernel tells.
 */
int mnt_new(const struct mnt_base *base, const char *target, const struct mnt_what *what);

/*
 * Mounts what `source` is a descriptor of on `target` too, with `what`'s flags, and returns a
 * descriptor of the new mount's root. Words its failure.
 */
int mnt_bind(const struct mnt_base *base, int source, const char *target,
	     const struct mnt_what *what);

/*
 * Mounts the directory `source`, with all that is mounted below it, on the directory `target`, and
 * returns a descriptor of the new mount's root. `proc` as above. Words its failure.
 */
int mnt_bind_root(int proc, int source, int target);

/* Takes the mount with the root `mount` away again, as far as that goes. */
void mnt_undo(const struct mnt_base *base, int mount);

/* Changes the flags of the mount at `target`. Words its failure. */
int mnt_change(const struct mnt_base *base, const char *target, const struct mnt_what *what);

/* Changes how mounts at and (MS_REC) below `target` propagate. Words its failure. */
int mnt_propagate(const struct mnt_base *base, const char *target, unsigned long propagation);

/* Verifies that `fd` is on a procfs (threats A4). */
bool mnt_is_proc(int fd);
