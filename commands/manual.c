/* manual.c - lxcbox --manual: the manual pages, from the tables that the program itself goes by. */
#include "manual.h"

#include <ctype.h>

#include "system.h"

static const char date[] = "November 22, 2026";

/* A word for mdoc: a backslash is written out, and so are the dashes of a long option. */
static size_t put_word(const char *word, size_t len)
{
	size_t shown = len;

	for (size_t i = 0; i < len; i++) {
		bool dashes = i + 1 < len && word[i] == '-' && word[i + 1] == '-';
		if (word[i] == '\\')
			fputs("\\e", stdout);
		else if (dashes)
			fputs("\\-", stdout);
		else
			putchar(word[i]);
		shown += word[i] == '\\' || dashes;
	}
	return shown;
}

/* Text for mdoc: short lines, none of which begins with a control character; a sentence, a line. */
static void put_text(const char *text)
{
	size_t column = 0;

	while (*(text += strspn(text, " "))) {
		size_t len = strcspn(text, " ");
		if (column && column + 1 + len > 76) {
			putchar('\n');
			column = 0;
		}
		if (!column && (*text == '.' || *text == '\''))
			column += (size_t)printf("\\&");
		else if (column)
			column += (size_t)printf(" ");
		column += put_word(text, len);
		text += len;
		const char *next = text + strspn(text, " ");
		if (text[-1] == '.' && isupper((unsigned char)*next)) {
			putchar('\n');
			column = 0;
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

static void put_option(const struct opt *opt, char letter)
{
	fputs(".It", stdout);
	if (letter)
		printf(" Fl %c ,", letter);
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
			put_option(&opts[i],
				   command ? command_letter(command, &opts[i]) : opts[i].letter);
	puts(".El");
}

void manual_command(const struct command *command)
{
	char name[32];

	snprintf(name, sizeof(name), "lxc-%s", command->name);
	put_head(name, 1, command->about);
	printf(".Sh SYNOPSIS\n.Nm\n%s.Op Ar option ...\n",
	       command->flags & CMD_NAME ? ".Op Fl n\n.Ar NAME\n" : "");
	if (command->words) {
		put_text(command->words);
		putchar('\n');
	}
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

static void put_key(const struct key *key)
{
	auto_text struct text kind = { 0 };

	key_describe(key, &kind);
	printf(".It Li %s Pq %s\n", key->name, text_get(&kind));
	put_text(key->help);
	if (key->init)
		printf("\nDefault:\n.Li %s .", key->init);
	if (key->empty)
		printf("\nEmpty:\n.Li %s .", key->empty);
	if (key->flags & KEY_LATER) {
		const char *plain = key->flags & KEY_SAID ? NULL : key->init;
		fputs("\nNot in this version: a start refuses", stdout);
		fputs(plain || key->idle ? " anything but\n.Li" : " it.", stdout);
		if (plain)
			printf(" %s", plain);
		if (key->idle)
			printf("%s %s", plain ? " or" : "", key->idle);
		if (plain || key->idle)
			fputs(" .", stdout);
	}
	putchar('\n');
}

static const char grammar[] =
	".Sh DESCRIPTION\n"
	"Each line is\n.Dl key = value\n"
	"Blanks around both are dropped, and so is one pair of quotes around a whole\n"
	"value.\n"
	"A line whose first character is # is a comment.\n"
	"One that does not begin with\n.Dq lxc.\nis not looked at.\n"
	"One that does, and is not understood, is a mistake: nothing is started.\n"
	"There are no escapes, no continued lines, and no comments behind a value.\n"
	".Pp\n"
	"Of a key with one value the last line counts; a list grows by each line.\n"
	"A key with an empty value is as if it had never been set, unless it says\n"
	"otherwise;\n"
	".Li lxc.net , lxc.net.N , lxc.hook\n"
	"and the name of a family without its last part are only there to be emptied.\n"
	".Pp\n"
	".Li lxc.include\n"
	"names a file to be read in its place, or a directory, of which all files\n"
	"ending in .conf are read in the order of their names.\n"
	"A directory that ends in a slash may be missing.\n"
	"All files together may have 1 MiB, 1024 files and 16 levels, and none may\n"
	"include itself.\n"
	"The files LXC installs in\n.Pa /usr/share/lxc/config\n"
	"are built in, for a machine that does not have them:\n"
	".Ql lxc-config --builtin\nprints them.\n"
	".Pp\n"
	".Ql lxc-config --check FILE\n"
	"prints all that is wrong with a file, and\n.Ql lxc-config KEY\\&?\n"
	"what is said of a key below.\n";

static const char kinds[] =
	".Sh VALUES\n.Bl -tag -width Ds\n"
	".It Em number , integer\nDecimal digits; an integer may be negative.\n"
	".It Em size\nA number and\n.Li b , kB , MB\nor\n.Li GB ,\n"
	"in steps of 1024, or\n.Li auto .\n"
	".It Em signal\nA number or a name, such as\n.Li SIGTERM\nor\n.Li SIGRTMIN+3 .\n"
	".It Em time\nA whole number and\n.Li h , m , s , ms , us\nor\n.Li ns .\n"
	".It Em path\nAn absolute path of the host, unless it says otherwise.\n"
	".It Em command\nA program and its arguments, split at blanks; quotes keep blanks.\n"
	".It Em namespaces\nSome of\n.Li user mnt pid uts ipc net cgroup time .\n"
	".It Em list\nOne item a line; a list of words: one or more.\n"
	".El\n";

static const char example[] = ".Sh EXAMPLES\n.Bd -literal -offset indent\n"
			      "lxc.include = /usr/share/lxc/config/nesting.conf\n"
			      "lxc.uts.name = web\n"
			      "lxc.rootfs.path = dir:/var/lib/lxc/web/rootfs\n"
			      "lxc.mount.auto = proc:mixed sys:mixed\n"
			      "lxc.mount.entry = /srv/www srv none bind,ro,create=dir 0 0\n"
			      "lxc.net.0.type = empty\n"
			      "lxc.net.0.flags = up\n"
			      "lxc.idmap = u 0 100000 65536\n"
			      "lxc.idmap = g 0 100000 65536\n"
			      "lxc.prlimit.nofile = 1024:4096\n"
			      "lxc.start.auto = 1\n"
			      ".Ed\n";

void manual_keys(void)
{
	bool open = false;

	put_head("lxc.container.conf", 5, "Configuration of a container.");
	fputs(grammar, stdout);
	puts(".Sh KEYS");
	for (const struct key *key = keys; key < keys + keys_len; key++) {
		if (key->type == &key_alias)
			continue;
		if (key->section) {
			printf("%s.Ss %s\n.Bl -tag -width Ds\n", open ? ".El\n" : "", key->section);
			open = true;
		}
		put_key(key);
	}
	printf(".El\n%s", kinds);
	puts(".Sh OLDER NAMES\n"
	     "The names of LXC 1 and 2 are read as well, and\n.Xr lxc-update-config 1\n"
	     "converts them.\nEach\n.Li lxc.network.type\nopens another interface, and the\n"
	     ".Li lxc.network\nlines behind it are for that one.\n"
	     ".Bl -column lxc.aa_allow_incompletexx lxc");
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (key->type == &key_alias)
			printf(".It %s Ta %s%s\n", key->name, key->init,
			       key->flags & KEY_FAMILY ? "*" : "");
	printf(".El\n%s", example);
	puts(".Sh SEE ALSO\n.Xr lxc-config 1 ,\n.Xr lxcbox 1 ,\n.Xr lxc.system.conf 5");
}

void manual_system(void)
{
	put_head("lxc.system.conf", 5, "Settings of the whole system.");
	puts(".Sh DESCRIPTION\n"
	     "Each line is\n.Dl key = value\n"
	     "A line that begins with # is a comment, and what is not listed here is not\n"
	     "looked at.\n"
	     ".Ql lxc-config KEY\nprints the value in force.\n"
	     "A user's default is below his home directory.\n"
	     ".Sh KEYS\n.Bl -tag -width Ds");
	for (size_t i = 0; i < system_items_len; i++) {
		const struct system_item *item = &system_items[i];
		bool path = item->user && item->user[0] == '/';
		printf(".It Li %s\n%s.\n", item->name, item->help);
		if (path)
			printf("Default:\n.Pa %s ;\nof a user:\n.Pa $HOME%s .\n", item->root,
			       item->user);
		else if (item->root)
			printf("Default:\n.Li %s .\n", item->root);
		if (!path)
			puts("Nothing in this version goes by it.");
	}
	puts(".El\n.Sh ENVIRONMENT\n.Bl -tag -width Ds\n"
	     ".It Ev HOME\nof a user; without it, /.\n"
	     ".It Ev LXC_RUNTIME_DIR\nWhere it is kept what runs; without it\n.Pa /run/lxc\n"
	     "of root, and of a user\n.Pa $XDG_RUNTIME_DIR/lxc\nor\n"
	     ".Pa $HOME/.cache/lxc/run/lxc .\n.El\n"
	     ".Sh FILES\n.Bl -tag -width Ds\n"
	     ".It Pa /etc/lxc/lxc.conf\nof root.\n"
	     ".It Pa $HOME/.config/lxc/lxc.conf\nof a user.\n.El\n"
	     ".Sh SEE ALSO\n.Xr lxc-config 1 ,\n.Xr lxcbox 1 ,\n.Xr lxc.container.conf 5");
}
