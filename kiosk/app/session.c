#include "app/session.h"

#include <sodium.h>
#include <string.h>

enum { ALIGN = 64 };

enum err session_create(struct session **session)
{
	/* sodium_malloc puts the end of the block at a page's end: a whole number of cache lines keeps the start aligned. */
	size_t size = (sizeof(struct session) + ALIGN - 1) / ALIGN * ALIGN;
	struct session *s = sodium_malloc(size);
	if (!s)
		return ERR_NOMEM;
	memset(s, 0, size);
	session_end(s);
	*session = s;
	return ERR_OK;
}

void session_end(struct session *s)
{
	report_wipe(&s->draft);
	case_summary_clear(&s->found);
	case_view_clear(&s->view);
	signing_clear(&s->signing);
	sodium_memzero(s, sizeof *s);
	editor_bind(&s->text_editor, s->draft.text, sizeof s->draft.text, REPORT_TEXT_MAX_CHARS, true);
	editor_bind(&s->name_editor, s->draft.name, sizeof s->draft.name, REPORT_NAME_MAX_CHARS, false);
	editor_bind(&s->phone_editor, s->draft.phone, sizeof s->draft.phone, REPORT_PHONE_MAX_CHARS, false);
	editor_bind(&s->reason_editor, s->reason, sizeof s->reason, RATING_REASON_MAX_CHARS, true);
}

void session_destroy(struct session *s)
{
	if (!s)
		return;
	session_end(s);
	sodium_free(s);
}
