/* log.c - levels and sinks; one line is one write(2), and a full disk only loses it. */
#include "log.h"

#include <stdarg.h>
#include <strings.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>

#include "fail.h"
#include "str.h"

static struct {
	const char *program, *container;
	enum level level;
	bool quiet, syslog;
	int file, console;
} sink = { .program = "lxcbox", .level = LEVEL_UNSET, .file = -1, .console = STDERR_FILENO };

static const char *const levels[] = {
	[LEVEL_TRACE] = "TRACE",   [LEVEL_DEBUG] = "DEBUG", [LEVEL_INFO] = "INFO",
	[LEVEL_NOTICE] = "NOTICE", [LEVEL_WARN] = "WARN",   [LEVEL_ERROR] = "ERROR",
	[LEVEL_CRIT] = "CRIT",	   [LEVEL_ALERT] = "ALERT", [LEVEL_FATAL] = "FATAL",
};

enum level log_level_of(const char *word)
{
	uint64_t number;

	if (str_number(word, 0, LEVEL_FATAL, &number))
		return (enum level)number;
	for (size_t i = 0; i < ARRAY_LEN(levels); i++)
		if (strcasecmp(levels[i], word) == 0)
			return (enum level)i;
	return LEVEL_UNSET;
}

const char *log_level_name(enum level level)
{
	return level < ARRAY_LEN(levels) ? levels[level] : "NOTSET";
}

void log_program(const char *program)
{
	sink.program = program;
}

void log_container(const char *name)
{
	sink.container = name;
}

void log_set_level(enum level level)
{
	sink.level = level;
}

enum level log_get_level(void)
{
	return sink.level;
}

void log_quiet(void)
{
	sink.quiet = true;
	if (sink.console > STDERR_FILENO)
		fd_close(&sink.console);
}

void log_keep_console(void)
{
	int kept = sink.quiet ? -1 : fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

	sink.console = kept;
	sink.quiet = kept < 0;
}

bool log_is_open(void)
{
	return sink.file >= 0;
}

int log_open(const char *path)
{
	struct stat st;
	auto_fd int fd = open(path,
			      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
				      O_NOCTTY,
			      0640);

	if (fd < 0)
		return fail(errno, "open the log file %s", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return fail(0, "the log file %s is not a regular file", path);
	cleanup_fd(&sink.file);
	sink.file = take_fd(&fd);
	return 0;
}

int log_facility(const char *name)
{
	const char *digit = str_after(name, "local");

	if (digit && *digit >= '0' && *digit <= '7' && !digit[1])
		return LOG_LOCAL0 + ((*digit - '0') << 3);
	return streq(name, "daemon") ? LOG_DAEMON : -EINVAL;
}

int log_syslog(const char *facility)
{
	int number = log_facility(facility);

	TRY(number);
	openlog("lxc", LOG_PID, number);
	sink.syslog = true;
	return 0;
}

/* LXC's line: PROGRAM NAME YYYYMMDDHHMMSS.mmm LEVEL    module - text */
static void to_file(enum level level, const char *file, const char *text)
{
	char line[1400];
	struct timespec now;
	struct tm tm;
	const char *slash = strrchr(file, '/');
	const char *module = slash ? slash + 1 : file;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	int len = snprintf(line, sizeof(line) - 1,
			   "%s %s %04d%02d%02d%02d%02d%02d.%03ld %-8s %.*s - %s", sink.program,
			   sink.container ? sink.container : "-", tm.tm_year + 1900, tm.tm_mon + 1,
			   tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, now.tv_nsec / 1000000,
			   log_level_name(level), (int)strcspn(module, "."), module, text);
	if ((size_t)len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	ssize_t lost = write(sink.file, line, (size_t)len);
	(void)lost;
}

static void to_stderr(const char *text)
{
	char line[1400];
	int len = snprintf(line, sizeof(line) - 1, "%s: %s%s%s", sink.program,
			   sink.container ? sink.container : "", sink.container ? ": " : "", text);

	if ((size_t)len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	ssize_t lost = write(sink.console, line, (size_t)len);
	(void)lost;
}

static void emit(enum level level, const char *file, const char *raw)
{
	static const int priority[] = { LOG_DEBUG, LOG_DEBUG, LOG_INFO,	 LOG_NOTICE, LOG_WARNING,
					LOG_ERR,   LOG_CRIT,  LOG_ALERT, LOG_EMERG };
	char text[1200];

	str_printable(raw, text, sizeof(text));
	if (sink.file >= 0)
		to_file(level, file, text);
	/* With a file, only what is to be acted on is said as well. */
	if (!sink.quiet && (level >= LEVEL_WARN || sink.file < 0))
		to_stderr(text);
	if (sink.syslog)
		syslog(priority[level], "%s: %s: %s", sink.program,
		       sink.container ? sink.container : "-", text);
}

void log_write(enum level level, const char *file, const char *fmt, ...)
{
	char raw[1100];
	va_list args;
	int saved = errno;

	if (level < (sink.level == LEVEL_UNSET ? LEVEL_WARN : sink.level))
		return;
	va_start(args, fmt);
	vsnprintf(raw, sizeof(raw), fmt, args);
	va_end(args);
	emit(level, file, raw);
	errno = saved;
}

void log_failure(void)
{
	char line[1100];

	if (sink.level != LEVEL_UNSET && sink.level > LEVEL_ERROR)
		return;
	emit(LEVEL_ERROR, __FILE__, fail_line(failure, line, sizeof(line)));
}
