/* audit_words.h: the acts of the audit chain as people call them. */
#ifndef TOWNSHIP_WEB_AUDIT_WORDS_H
#define TOWNSHIP_WEB_AUDIT_WORDS_H

#include "township/web/web.h"

/* "打开群众反映"; the act itself where it has no words. */
const char *audit_act(const char *act);
/* "user:王书记" as "王书记", "kiosk:k-1" as "机器 k-1", "operator" as "服务器上的命令". */
const char *audit_who(const char *who, char out[100]);
/* A link's object by the name that people know it by, and its detail in words: links as town_audit_json gives them. */
enum { AUDIT_WORDS_SIZE = 700 };
const char *audit_object(const json_t *link, char out[AUDIT_WORDS_SIZE]);
const char *audit_detail(const json_t *link, char out[AUDIT_WORDS_SIZE]);
/* The case that it is about, "" for none. Borrowed. */
const char *audit_case(const json_t *link);
/* What can be looked for, ends with a NULL value. */
extern const struct web_option audit_choices[];

#endif
