#include "township/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/civil.h"
#include "township/kiosks.h"
#include "township/store_proposals.h"

enum { DIGEST_ROWS = 200 };

struct digest_rules digest_defaults(void)
{
	return (struct digest_rules){.sendmail = "/usr/sbin/sendmail", .hour = 8};
}

static const char *text_of(const json_t *row, const char *member)
{
	const char *text = json_string_value(json_object_get(row, member));
	return text ? text : "";
}

static void write_cases(FILE *f, const char *title, const struct town_case_page *page)
{
	const json_t *c;
	size_t i;
	fprintf(f, "\n%s：%lld 件\n", title, (long long)page->count);
	json_array_foreach (page->cases, i, c) {
		const char *office = text_of(c, "office"), *assigned = text_of(c, "assigned_name");
		fprintf(f, "  受理号 %s  %s  期限 %s  %s\n", text_of(c, "receipt"),
		        text_of(c, "village")[0] ? text_of(c, "village") : "村不明", text_of(c, "due"),
		        office[0] ? office : assigned[0] ? assigned : "还没有人办");
	}
	if (page->count > DIGEST_ROWS)
		fprintf(f, "  ……其余请在网页的“群众反映”里看\n");
}

static void write_proposals(FILE *f, const json_t *list)
{
	const json_t *p;
	size_t i;
	fprintf(f, "\n三天内到期或已超期的建议、议案：%zu 件\n", json_array_size(list));
	json_array_foreach (list, i, p)
		fprintf(f, "  %s  期限 %s  %s\n", text_of(p, "title"), text_of(p, "due"), text_of(p, "office"));
}

static void write_kiosks(FILE *f, const json_t *list)
{
	const json_t *kiosk;
	size_t i;
	fprintf(f, "\n要看一看的机器：%zu 台\n", json_array_size(list));
	json_array_foreach (list, i, kiosk)
		fprintf(f, "  %s：%s\n", text_of(kiosk, "name"), text_of(kiosk, "words"));
}

/* What the digest is made of, read in one go. */
struct matter {
	struct town_case_page late, soon;
	json_t *proposals, *kiosks;
	struct town_case_counts counts;
};

static void matter_clear(struct matter *m)
{
	json_decref(m->late.cases);
	json_decref(m->soon.cases);
	json_decref(m->proposals);
	json_decref(m->kiosks);
}

static enum err read_matter(struct town *town, const char *today, struct matter *m)
{
	char until[TOWN_DATE_SIZE];
	bool more;
	struct civil_date day;
	struct town_case_filter filter = {.today = today, .light = "red", .order = TOWN_CASES_BY_DUE, .limit = DIGEST_ROWS};
	enum err e = civil_parse(today, &day);
	if (e)
		return e;
	civil_format(civil_add_days(day, CASE_SOON_DAYS + 1), until);
	town_lock(town);
	e = town_cases_page(town->store, &filter, &m->late);
	filter.light = "amber";
	if (!e)
		e = town_cases_page(town->store, &filter, &m->soon);
	if (!e)
		e = town_proposals_json(town->store,
		                        &(struct town_proposal_filter){.open = "1", .due_before = until, .by_due = true, .limit = DIGEST_ROWS},
		                        &m->proposals, &more);
	if (!e)
		e = town_kiosk_troubles(town, town_now_ms(), &m->kiosks);
	if (!e)
		e = town_case_counts(town->store, today, &m->counts);
	town_unlock(town);
	return e;
}

static void write_digest(FILE *f, const struct town *town, const char *today, const struct matter *m)
{
	fprintf(f, "%s人大代表之家 %s 办理情况\n", town->township, today);
	fprintf(f, "\n待受理 %lld 件，退回重办 %lld 件，超期 %lld 件，三天内到期 %lld 件。\n",
	        (long long)m->counts.states[CASE_REGISTERED], (long long)m->counts.states[CASE_REDO],
	        (long long)m->counts.lights[CASE_RED], (long long)m->counts.lights[CASE_AMBER]);
	write_cases(f, "已超期", &m->late);
	write_cases(f, "三天内到期", &m->soon);
	write_proposals(f, m->proposals);
	write_kiosks(f, m->kiosks);
	fprintf(f, "\n内容请登录网页查看；这里不写反映人的话。\n");
}

/* Written beside and renamed: a digest is whole or not there. */
static enum err write_file(const char *path, struct town *town, const char *today)
{
	char part[DIGEST_PATH_SIZE + 8];
	struct matter m = {0};
	enum err e = read_matter(town, today, &m);
	snprintf(part, sizeof part, "%s.part", path);
	int fd = e ? -1 : open(part, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f && fd >= 0)
		close(fd);
	if (f) {
		write_digest(f, town, today, &m);
		bool written = fflush(f) == 0 && fsync(fd) == 0;
		written = fclose(f) == 0 && written;
		if (!written || rename(part, path) != 0)
			e = errno == ENOSPC ? ERR_FULL : ERR_IO;
	} else if (!e) {
		e = errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
	matter_clear(&m);
	if (e)
		unlink(part);
	return e;
}

/* Copies the file behind the letter's head into the mail program. */
static bool write_letter(int fd, const char *path, const struct town *town, const char *today, const char *to)
{
	char line[1024];
	FILE *in = fopen(path, "re"), *out = fdopen(fd, "w");
	bool good = in && out;
	if (!out)
		close(fd);
	if (good) {
		fprintf(out, "To: %s\nSubject: =?UTF-8?B?", to);
		char subject[256];
		snprintf(subject, sizeof subject, "%s人大代表之家 %s 办理情况", town->township, today);
		char *coded = b64_of(subject, strlen(subject));
		good = coded != NULL;
		fprintf(out, "%s?=\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n",
		        coded ? coded : "");
		free(coded);
		while (fgets(line, sizeof line, in))
			fputs(line, out);
	}
	if (in)
		fclose(in);
	return out && fclose(out) == 0 && good;
}

static enum err send_letter(const struct town *town, const struct digest_rules *rules, const char *path, const char *today)
{
	char program[256], *const words[] = {program, (char[]){"-t"}, (char[]){"-oi"}, NULL};
	int ends[2], status = 0;
	pid_t pid;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, pipe_signal;
	snprintf(program, sizeof program, "%s", rules->sendmail);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return ERR_IO;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
	/* The server blocks and ignores what would end it; its child need not. */
	sigemptyset(&none);
	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &pipe_signal);
	int failed = posix_spawn(&pid, program, &actions, &attributes, words, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[0]);
	if (failed) {
		close(ends[1]);
		return ERR_NOT_FOUND;
	}
	bool written = write_letter(ends[1], path, town, today, rules->mail_to);
	bool ended = waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	return written && ended ? ERR_OK : ERR_IO;
}

enum err digest_make(struct town *town, const struct digest_rules *rules)
{
	char today[TOWN_DATE_SIZE], folder[DIGEST_PATH_SIZE - 32], path[DIGEST_PATH_SIZE], sent[TOWN_DATE_SIZE] = "";
	size_t len = sizeof sent - 1;
	struct stat st;
	if (civil_from_ms(town_now_ms()).hour < rules->hour)
		return ERR_OK;
	town_today(today);
	snprintf(folder, sizeof folder, "%s/digest", town->dir);
	snprintf(path, sizeof path, "%s/%s.txt", folder, today);
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return errno == ENOSPC ? ERR_FULL : ERR_IO;
	enum err e = stat(path, &st) == 0 ? ERR_OK : write_file(path, town, today);
	if (e || !rules->mail_to[0])
		return e;
	town_lock(town);
	e = town_meta_get(town->store, "digest_sent", sent, &len);
	town_unlock(town);
	if (e && e != ERR_NOT_FOUND)
		return e;
	if (strcmp(sent, today) == 0)
		return ERR_OK;
	e = send_letter(town, rules, path, today);
	if (e)
		return e;
	town_lock(town);
	e = town_meta_put(town->store, "digest_sent", today, strlen(today));
	town_unlock(town);
	return e;
}
