/* system.c - lxc.conf and the default paths, for root and for users. */
#include "system.h"

#include "file.h"

static const char *home(void)
{
	const char *dir = getenv("HOME");

	return dir && *dir ? dir : "";
}

/* The value of `item` in the text of an lxc.conf; the last one counts. */
static const char *find(struct arena *arena, const char *text, const char *item)
{
	const char *found = NULL;

	while (*text) {
		const char *line = text + strspn(text, " \t");
		size_t len = strcspn(line, "\r\n");
		const char *rest = str_after(line, item);
		text = line + len;
		text += strspn(text, "\r\n");
		if (!rest || (*rest != ' ' && *rest != '\t' && *rest != '='))
			continue;
		rest += strspn(rest, " \t");
		if (*rest != '=')
			continue;
		rest++;
		rest += strspn(rest, " \t");
		size_t end = rest < line + len ? (size_t)(line + len - rest) : 0;
		while (end && (rest[end - 1] == ' ' || rest[end - 1] == '\t'))
			end--;
		if (end)
			found = mem_text_len(arena, rest, end);
	}
	return found;
}

const char *system_get(struct arena *arena, const char *item)
{
	bool root = geteuid() == 0, path = streq(item, "lxc.lxcpath");
	const char *file = root ? "/etc/lxc/lxc.conf"
				: mem_format(arena, "%s/.config/lxc/lxc.conf", home());
	auto_text struct text text = { 0 };
	const char *found = NULL;

	if (file_read(AT_FDCWD, file, 1 << 16, &text) == 0)
		found = find(arena, text_get(&text), item);
	if (found)
		return found;
	if (root)
		return path ? "/var/lib/lxc" : "/etc/lxc/default.conf";
	return path ? mem_format(arena, "%s/.local/share/lxc", home())
		    : mem_format(arena, "%s/.config/lxc/default.conf", home());
}
