/* account.h: pieces of the pages about accounts. */
#ifndef TOWNSHIP_WEB_ACCOUNT_H
#define TOWNSHIP_WEB_ACCOUNT_H

#include "township/web/web.h"

/* The frame for whoever is signed in: a deputy's phone, or the office. */
void account_begin(struct html *h, const struct request *rq, const char *title);
/* "负责人", "工作人员" … */
const char *account_role(const char *role);
/* What a browser calls itself, as people call it: "Chrome（Windows）", "微信", "其他浏览器". */
const char *account_client(const char *client, char out[64]);
/* "请过 30 秒再试。" */
const char *account_wait(int64_t wait_ms, char out[64]);

#endif
