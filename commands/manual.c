/* manual.c - lxcbox --manual: the manual pages, from the tables that the program itself goes by. */
#include "manual.h"

#include <ctype.h>

static const char date[] = "November 22, 2026";

/* Text for mdoc: no line may begin with a control character, and a backslash is written out. */
static void put_text(const char *text)
{
	bool start = true;

	for (; *text; text++) {
		if (start && (*text == '.' || *text == '\''))
			fputs("\\&", stdout);
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-' && text[1] == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
		/* New sentence, new line. */
		start = *text == '\n';
		if (*text == '.' && text[1] == ' ' && isupper((unsigned char)text[2])) {
			putchar('\n');
			text++;
			start = true;
		}
	}
}

static void put_upper(const char *text)
{
	for (; *text; text++)
		putchar(toupper((unsigned char)*text));
}

static void put_head(const char *name, int section, const char *about)
{
	printf(".Dd %s\n.Dt ", date);
	put_upper(name);
	printf(" %d\n.Os lxcbox %s\n.Sh NAME\n.Nm %s\n.Nd ", section, VERSION, name);
	/* An apposition begins small and ends without a full stop. */
	putchar(tolower((unsigned char)about[0]));
	printf("%.*s\n", (int)strlen(about) - 2, about + 1);
}

static void put_option(const struct opt *opt)
{
	fputs(".It", stdout);
	if (opt->letter)
		printf(" Fl %c ,", opt->letter);
	printf(" Fl -%s", opt->name);
	if (opt->arg && opt->kind == OPT_OPTIONAL)
		printf(" Ns Op = Ns Ar %s", opt->arg);
	else if (opt->arg)
		printf(" Ns = Ns Ar %s", opt->arg);
	putchar('\n');
	put_text(opt->help);
	puts(".");
}

static void put_options(const char *title, const struct opt *opts, size_t n,
			const struct command *command)
{
	printf(".Ss %s\n.Bl -tag -width Ds\n", title);
	for (size_t i = 0; i < n; i++)
		if (!command || command_has_common(command, &opts[i]))
			put_option(&opts[i]);
	puts(".El");
}

void manual_command(const struct command *command)
{
	char name[32];

	snprintf(name, sizeof(name), "lxc-%s", command->name);
	put_head(name, 1, command->about);
	printf(".Sh SYNOPSIS\n.Nm\n%s.Op Ar option ...\n",
	       command->flags & CMD_NAME ? ".Op Fl n\n.Ar NAME\n" : "");
	if (command->words)
		printf("%s\n", command->words);
	puts(".Sh DESCRIPTION");
	put_text(command->about);
	putchar('\n');
	if (command->details) {
		puts(".Pp");
		put_text(command->details);
		putchar('\n');
	}
	if (!(command->flags & CMD_BARE)) {
		puts(".Sh OPTIONS");
		if (command->n_opts)
			put_options("Of this command", command->opts, command->n_opts, NULL);
		put_options("Common", common_opts, common_opts_len, command);
	}
	if (command->status) {
		puts(".Sh EXIT STATUS");
		put_text(command->status);
		putchar('\n');
	}
	puts(".Sh SEE ALSO\n.Xr lxcbox 1 ,\n.Xr lxc.container.conf 5");
}

void manual_keys(void)
{
	put_head("lxc.container.conf", 5, "Configuration of a container.");
	puts(".Sh DESCRIPTION\n"
	     "Each line is\n.Ar key No = Ar value ;\n"
	     "blanks around both are dropped, and so is one pair of quotes around a whole value.\n"
	     "A line whose first character is # is a comment, and one that does not begin with\n"
	     ".Dq lxc.\n"
	     "is not looked at.\n"
	     "A key with an empty value is as if it had never been set, unless it says otherwise.\n"
	     "Of a key with one value the last line counts; a list grows by each line.\n"
	     ".Li lxc.include\n"
	     "names a file, or a directory of files ending in .conf, to be read in its place.\n"
	     ".Sh KEYS\n.Bl -tag -width Ds");
	for (const struct key *key = keys; key < keys + keys_len; key++) {
		if (key->type == &key_alias)
			continue;
		printf(".It Li %s Pq %s\n", key->name, key->type->name);
		put_text(key->help);
		if (key->init)
			printf("\nDefault: %s.", key->init);
		putchar('\n');
	}
	puts(".El\n.Sh OLDER NAMES\n"
	     "The names of LXC 1 and 2 are read as well:\n.Bl -column lxc.rebootsignalxx lxc");
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (key->type == &key_alias)
			printf(".It %s Ta %s%s\n", key->name, key->init,
			       key->flags & KEY_FAMILY ? "*" : "");
	puts(".El\n.Sh SEE ALSO\n.Xr lxcbox 1");
}
