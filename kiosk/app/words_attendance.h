/* words_attendance.h: activities and attendance as every screen says them, in the reader's language. */
#ifndef APP_WORDS_ATTENDANCE_H
#define APP_WORDS_ATTENDANCE_H

#include "app/app.h"

enum { WHEN_SIZE = 128 };

const char *word_activity_kind(enum activity_kind kind);
const char *word_timing(enum timing timing);
const char *word_leave_reason(enum leave_reason reason);
const char *icon_of_leave_reason(enum leave_reason reason);

/* "今天 14:30 至 17:00", "11月30日 星期一 9:00 至 11:30", with the second day where it is another. */
void word_activity_when(const struct activity *a, int64_t wall_ms, char out[WHEN_SIZE]);
/* "14:30 开始，12:30 起可以签到" of today's, with the day before it otherwise. */
void word_activity_opens(const struct activity *a, int64_t wall_ms, char out[WHEN_SIZE]);
/* "已到 18 人，应到 44 人"; without a list "已到 18 人". */
void word_activity_count(const struct activity_row *row, char out[WHEN_SIZE]);
/* How to show who one is, with what is plugged in: "把身份证放在读卡处，或者把代表证上的码对着扫码口". */
const char *word_how_to_sign(const struct app *app);

#endif
