/* audit_words.h: the acts of the audit chain as people call them. */
#ifndef TOWNSHIP_WEB_AUDIT_WORDS_H
#define TOWNSHIP_WEB_AUDIT_WORDS_H

#include "township/web/web.h"

/* "打开群众反映"; the act itself where it has no words. */
const char *audit_act(const char *act);
/* "user:王书记" as "王书记", "kiosk:k-1" as "机器 k-1", "operator" as "服务器上的命令". */
const char *audit_who(const char *who, char out[100]);
/* What can be looked for, ends with a NULL value. */
extern const struct web_option audit_choices[];

#endif
