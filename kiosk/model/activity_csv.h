/* activity_csv.h: activities as an office writes them in a table, from CSV (UTF-8, with or without BOM), each bad row named.
 *
 * Columns by their headings, in any order: 名称 类别 日期 开始 结束 地点 参加人员 (needed: 名称 日期 开始 结束 参加人员),
 * 编号 签到提前 (minutes) 法定人数 签退 (是/否). 日期 is 2026-03-12, or 今天, 今天+7, 今天-3. 结束 is 11:30, or 次日02:00. 类别 is one of
 * 会议 代表之家活动
 * 小组活动 学习培训 视察 专题调研 述职评议 民情恳谈 经验交流 (default 代表之家活动). 参加人员 lists, with 、: 全体, a level
 * (乡代表 县代表 市代表), a group's name, or a deputy's name with a seat if there is one: 马建国（3排6号）. */
#ifndef MODEL_ACTIVITY_CSV_H
#define MODEL_ACTIVITY_CSV_H

#include "model/activity.h"
#include "model/civil.h"
#include "model/roster.h"

struct activity_who {
	enum { WHO_ALL, WHO_LEVEL, WHO_NAME } kind; /* WHO_NAME: a group or a deputy; the roster tells which */
	char name[128];                             /* "township" "county" "city", or the name */
	char seat[ACTIVITY_SEAT_SIZE];
};
struct activity_plan_row {
	int row;
	struct activity activity;  /* id "a-" and 16 hex digits of BLAKE2b over 编号, or over title, start and place */
	struct activity_who *who;  /* owned by the plan */
	size_t who_count;
};
struct activity_plan { struct activity_plan_row *rows; size_t count; };

/* ERR_INVALID: `problems` (zero-initialised, the caller's to clear) says which rows and why. Clear both afterwards. */
MUST_USE enum err activity_parse_csv(const char *text, size_t len, struct civil_date today, struct activity_plan *plan,
                                     struct roster_problems *problems);
void activity_plan_clear(struct activity_plan *plan);

#endif
