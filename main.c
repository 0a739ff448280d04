/* main.c - finds the command by the name it was called, and prints its one error. */
#include <signal.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include "command.h"
#include "manual.h"
#include "sys.h"

#define COMMAND(name) extern const struct command command_##name;
#include "list.h"
#undef COMMAND

static const struct command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "list.h"
#undef COMMAND
};

/* Other names, in the field or in a tiny container. */
static const struct {
	const char *called, *command;
} aliases[] = { { "init.lxc", "init" }, { "init", "init" }, { "lua", "lua" } };

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (streq(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static const char *command_name(size_t i)
{
	return commands[i]->name;
}

/* "lxc-start", or one of the other names; NULL when the first word is the command. */
static const struct command *called_as(const char *program)
{
	const char *rest = str_after(program, "lxc-");

	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		if (streq(aliases[i].called, program))
			return find(aliases[i].command);
	return rest ? find(rest) : NULL;
}

static int unknown(const char *name)
{
	const char *near = str_nearest(name, command_name, ARRAY_LEN(commands));
	int r = fail(0, "%s: unknown command", name);

	return near ? fail_hint(r, "did you mean %s?", near)
		    : fail_hint(r, "lxcbox --list names them all");
}

static int list_commands(void)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (!(commands[i]->flags & CMD_HIDDEN))
			printf("lxc-%s\n", commands[i]->name);
	return 0;
}

/* A link in place of one that is there, in one step; never in place of a program. */
static int make_link(struct arena *mem, const char *target, const char *link)
{
	const char *fresh = mem_format(mem, "%s.new", link);
	struct stat st;

	if (lstat(link, &st) == 0 && !S_ISLNK(st.st_mode))
		return fail_hint(fail(0, "%s is there, and is no link", link),
				 "remove it first, if that is what you want");
	if (unlink(fresh) < 0 && errno != ENOENT)
		return fail(errno, "replace %s", fresh);
	if (symlink(target, fresh) < 0 || rename(fresh, link) < 0)
		return fail(errno, "make the link %s", link);
	return 0;
}

/* Links for all commands in `dir`, relative when this program lies there, too. */
static int install_links(struct arena *mem, const char *dir)
{
	char *self = mem_get(mem, 4096);
	ssize_t len = readlink("/proc/self/exe", self, 4095);

	if (len <= 0)
		return fail(errno, "find our own program");
	char *full = mem_get(mem, 4096);
	if (!realpath(dir, full))
		return fail(errno, "find the directory %s", dir);
	const char *beside = str_after(self, full);
	bool same = beside && *beside == '/' && !strchr(beside + 1, '/');
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (commands[i]->flags & CMD_HIDDEN)
			continue;
		const char *link = mem_format(mem, "%s/lxc-%s", full, commands[i]->name);
		TRY(make_link(mem, same ? beside + 1 : self, link));
	}
	return 0;
}

static int print_help(void)
{
	printf("Usage: lxcbox COMMAND [OPTION]...    or    lxc-COMMAND [OPTION]...\n\n"
	       "The LXC container tools in one file.\n\nCommands:\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		printf("  %-12s%s\n", commands[i]->name, commands[i]->about);
	printf("\nOptions:\n"
	       "  --install DIR  Make a link for every lxc-COMMAND in DIR\n"
	       "  --list         Print the names of those links\n"
	       "  --manual NAME  Print the manual page of a command, lxc.container.conf or\n"
	       "                 lxc.system.conf\n"
	       "  --version      Print the version\n"
	       "  --help         Print this help; COMMAND --help prints that of a command\n");
	return 0;
}

static int print_manual(const char *name)
{
	const struct command *command = find(str_after(name, "lxc-") ? name + 4 : name);

	if (streq(name, "lxc.container.conf"))
		manual_keys();
	else if (streq(name, "lxc.system.conf"))
		manual_system();
	else if (command)
		manual_command(command);
	else
		return unknown(name);
	return 0;
}

/* lxcbox itself: its own options, or the command as its first word. */
static int run_own(struct arena *mem, const char *program, int argc, char **argv)
{
	if (str_after(program, "lxc-"))
		return unknown(program + 4);
	if (argc < 2 || streq(argv[1], "--help") || streq(argv[1], "-h"))
		return print_help();
	if (streq(argv[1], "--version")) {
		printf("%s\n", VERSION);
		return 0;
	}
	if (streq(argv[1], "--list"))
		return list_commands();
	if (streq(argv[1], "--manual"))
		return print_manual(argc > 2 ? argv[2] : "");
	if (!streq(argv[1], "--install"))
		return unknown(argv[1]);
	if (argc != 3)
		return fail(0, "--install wants the directory of the links");
	return install_links(mem, argv[2]);
}

/* A descriptor below 3 that is closed would be taken by the next file we open. */
static int open_standard(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return -1;
	return 0;
}

static int run_command(const struct command *command, struct call *call, int argc, char **argv)
{
	call->all = mem_get(&call->mem, ((size_t)argc + 1) * sizeof(*argv));
	memcpy(call->all, argv, (size_t)argc * sizeof(*argv)); /* getopt moves them about */
	if (command->flags & CMD_ENTER)
		sys_close_except(NULL, 0,
				 true); /* what we did not open we do not pass on (threats A3) */
	/* "lxcbox start x": the command's own words begin one later. */
	int skip = called_as(call->program) ? 0 : 1;
	call->program = mem_format(&call->mem, "lxc-%s", command->name);
	log_program(call->program);
	argv[skip] = (char *)(uintptr_t)call->program; /* for getopt's messages */
	return command_run(command, call, argc - skip, argv + skip);
}

int main(int argc, char **argv)
{
	struct call call = { 0 };

	/* Set-user-id it would give every user the host. */
	if (getauxval(AT_SECURE)) {
		static const char text[] = "lxcbox: refuses to run set-user-id\n";
		ssize_t lost = write(STDERR_FILENO, text, sizeof(text) - 1);
		(void)lost;
		return 1;
	}
	if (open_standard() < 0)
		return 1;
	/* Whoever ignores it hands that on, and a child that has ended could not be waited for. */
	signal(SIGCHLD, SIG_DFL);
	signal(SIGXFSZ, SIG_IGN); /* then it is an error, with words */
	if (!isatty(STDOUT_FILENO))
		setvbuf(stdout, NULL, _IOFBF, 0);
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	call.program = slash ? slash + 1 : argc > 0 ? argv[0] : "lxcbox";
	log_program(call.program);
	const struct command *command = called_as(call.program);
	if (!command && argc > 1 && !str_after(call.program, "lxc-"))
		command = find(str_after(argv[1], "lxc-") ? argv[1] + 4 : argv[1]);
	int r = command ? run_command(command, &call, argc, argv)
			: run_own(&call.mem, call.program, argc, argv);
	bool lost = ferror(stdout);
	if ((fflush(stdout) != 0 || lost) && r >= 0 && !failure->text[0])
		r = fail(lost ? 0 : errno,
			 lost ? "the output could not be written" : "write the output");
	if (failure->text[0])
		log_failure();
	mem_release(&call.mem);
	return r < 0 ? 1 : r;
}
