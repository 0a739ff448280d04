/* filter.c - seccomp filters, compiled before the clone; the child only loads them. */
#include "filter.h"

#include <seccomp.h>
#include <sys/ioctl.h>
#include <linux/fs.h>

#include "fail.h"

/*
 * Denied where the configuration is silent. An ioctl is compared in its low 32 bits, which is all
 * the kernel looks at (CVE-2019-10063, CVE-2023-28100: a high bit set slipped past a filter).
 */
static const struct {
	int syscall;
	unsigned long ioctl; /* 0: the whole call */
} denied[] = {
	/* Typing into the terminal of whoever attached (threats A10; CVE-2016-10124). */
	{ SCMP_SYS(ioctl), TIOCSTI },
	{ SCMP_SYS(ioctl), TIOCLINUX },
	/* Watching, freezing or opening files of the host's file system (threats B15, C5, C6). */
	{ SCMP_SYS(ioctl), FIFREEZE },
	{ SCMP_SYS(ioctl), FITHAW },
	{ SCMP_SYS(fanotify_init), 0 },
	{ SCMP_SYS(open_by_handle_at), 0 },
	{ SCMP_SYS(quotactl), 0 },
	{ SCMP_SYS(quotactl_fd), 0 },
};

/* The other instruction sets this kernel may run, so that none is a way around (threats C14). */
static int add_architectures(scmp_filter_ctx context)
{
	static const struct {
		uint32_t native, other[2];
	} pairs[] = {
		{ SCMP_ARCH_X86_64, { SCMP_ARCH_X86, SCMP_ARCH_X32 } },
		{ SCMP_ARCH_AARCH64, { SCMP_ARCH_ARM } },
		{ SCMP_ARCH_MIPS64, { SCMP_ARCH_MIPS, SCMP_ARCH_MIPS64N32 } },
		{ SCMP_ARCH_MIPSEL64, { SCMP_ARCH_MIPSEL, SCMP_ARCH_MIPSEL64N32 } },
		{ SCMP_ARCH_PPC64, { SCMP_ARCH_PPC } },
		{ SCMP_ARCH_S390X, { SCMP_ARCH_S390 } },
	};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		for (size_t k = 0; pairs[i].native == seccomp_arch_native() && k < 2; k++)
			if (pairs[i].other[k])
				TRY(seccomp_arch_add(context, pairs[i].other[k]));
	return 0;
}

static int add_rules(scmp_filter_ctx context)
{
	uint32_t action = SCMP_ACT_ERRNO(EPERM);

	for (size_t i = 0; i < ARRAY_LEN(denied); i++) {
		struct scmp_arg_cmp low = SCMP_CMP(1, SCMP_CMP_MASKED_EQ, 0xffffffff,
						   denied[i].ioctl);
		int r = seccomp_rule_add_array(context, action, denied[i].syscall,
					       denied[i].ioctl ? 1 : 0, &low);
		if (r < 0 && r != -EDOM) /* EDOM: no such call on any of these architectures */
			return r;
	}
	return 0;
}

static int export(scmp_filter_ctx context, struct arena *arena, struct sock_fprog *filter)
{
	size_t size = 0;

	TRY(seccomp_export_bpf_mem(context, NULL, &size));
	void *code = mem_get(arena, size);
	TRY(seccomp_export_bpf_mem(context, code, &size));
	filter->filter = code;
	filter->len = (unsigned short)(size / sizeof(struct sock_filter));
	return 0;
}

int filter_default(struct arena *arena, struct sock_fprog *filter)
{
	scmp_filter_ctx context = seccomp_init(SCMP_ACT_ALLOW);
	int r = context ? 0 : -ENOMEM;

	if (r == 0)
		r = seccomp_attr_set(context, SCMP_FLTATR_CTL_NNP, 0);
	if (r == 0)
		r = add_architectures(context);
	if (r == 0)
		r = add_rules(context);
	if (r == 0)
		r = export(context, arena, filter);
	if (context)
		seccomp_release(context);
	return r < 0 ? fail(-r, "compile the default seccomp filter") : 0;
}
