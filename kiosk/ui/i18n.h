/* i18n.h: the reader's language: strings from GNU gettext's catalogues (the msgids are Simplified Chinese, the source of truth), and
 * content (names, answers, rules) in Traditional through OpenCC. Switched while running. */
#ifndef UI_I18N_H
#define UI_I18N_H

#include "model/err.h"

enum language { LANG_HANS, LANG_HANT, LANG_EN, LANG_COUNT };

struct i18n;
/* `locale_dir` holds LANG/LC_MESSAGES/deputies-home.mo. A missing catalogue is no error: the msgid is shown. */
MUST_USE enum err i18n_open(const char *locale_dir, struct i18n **i18n);
void i18n_close(struct i18n *i18n); /* wipes what was converted */

void i18n_set(struct i18n *i18n, enum language language);
enum language i18n_language(const struct i18n *i18n);
/* "zh_Hans", "zh_Hant", "en"; ERR_INVALID for others. */
MUST_USE enum err i18n_parse(const char *name, enum language *language);

/* The string in the present language. gettext's own state is the process's; everything else is in struct i18n. */
const char *tr(const char *msgid) __attribute__((format_arg(1)));

/* Content in the reader's script: converted (phrase by phrase) when the language is Traditional, else as it is. The result
 * belongs to i18n and stays until 64 other texts were converted or i18n_forget. */
const char *i18n_content(struct i18n *i18n, const char *utf8);
/* Wipes every converted text: a visitor leaves. */
void i18n_forget(struct i18n *i18n);

#endif
