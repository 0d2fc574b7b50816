/* words.h: names and dates as every screen says them, in the reader's language. */
#ifndef APP_WORDS_H
#define APP_WORDS_H

#include "app/app.h"

const char *word_kind(enum report_kind kind);
/* The subject's name from the settings; the id itself when the settings no longer have it. */
const char *word_subject(const struct app *app, const char *id);
const char *word_state(enum case_state state);
const char *word_rating(enum rating rating);
const char *word_step(const char *step);
const char *word_level(const char *level);
const char *icon_of_kind(enum report_kind kind);
const char *icon_of_subject(const char *id);

/* "周玉兰 代表", or "当天值班的代表" for "". `out` of `size`. */
void word_deputy(const struct app *app, const char *id, char *out, size_t size);
/* "3月12日 9:52" / "3月12日 星期四" / "3月12日", by the room's clock. */
void word_date_time(int64_t unix_ms, char out[48]);
void word_date_weekday(int64_t unix_ms, char out[48]);
void word_date(int64_t unix_ms, char out[48]);
void word_clock(int64_t unix_ms, char out[8]);
/* A civil date "2026-06-20" as "6月20日", with its year where that is not the present one. */
void word_civil(const char *iso, int64_t now_ms, char out[48]);

#endif
