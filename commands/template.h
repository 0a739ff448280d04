/* template.h - what fills a new container's root file system. */
#pragma once

#include "command.h"

struct template;

/* A container being made: its root is a directory nobody else sees yet. */
struct template_job {
	struct call *call;
	const struct template *template;
	int rootfs;	     /* descriptor of the empty root; -1 for a template without one */
	struct text *config; /* lines to append to */
	int argc;	     /* the words after -- */
	char **argv;
};

struct template
{
	const char *name;
	const char *about;
	bool rootless;				     /* makes no root file system */
	int (*make)(const struct template_job *job); /* words its failure */
	const char *options;			     /* one line each, for --help; NULL: none */
};

extern const struct template templates[];
extern const size_t templates_len;
