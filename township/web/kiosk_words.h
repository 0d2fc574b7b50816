/* kiosk_words.h: how a kiosk is, in words. */
#ifndef TOWNSHIP_WEB_KIOSK_WORDS_H
#define TOWNSHIP_WEB_KIOSK_WORDS_H

#include "township/kiosks.h"
#include "township/web/web.h"

const char *word_printer(enum health_printer printer);
const char *word_device(enum health_device device);
/* "3 分钟前", "2 小时前", or the time; "从未" for 0. */
const char *word_ago(int64_t ms, int64_t now_ms, char out[32]);
/* A part of the history and what it became: "打印机", "没有纸". `value` may be given back. */
const char *word_part(const char *part);
const char *word_part_value(const char *part, const char *value);
/* Whether that is something that needs a person. */
bool part_value_bad(const char *part, const char *value);
/* Of an event: what it is, why it was refused, and what to do about that. */
const char *word_event(const char *type);
const char *word_refusal(const char *reason);
const char *word_refusal_remedy(const char *reason);

/* A cell's words: with sign and colour where they are bad, or wait for somebody. */
void put_printer(struct html *h, enum health_printer printer);
void put_device(struct html *h, enum health_device device);
void put_disk(struct html *h, const struct health *health, bool gigabytes);
void put_clock(struct html *h, const struct town_kiosk_look *look);
/* "3 条记录、1 个附件", "没有". */
void put_queue(struct html *h, const struct health *health);
/* In one badge or some: what needs a person, or that all is well. */
void put_condition(struct html *h, const struct town *town, const struct town_kiosk_look *look, int64_t now_ms);

#endif
