#include "app/case_view.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "model/seal.h"
#include "model/utf8.h"

enum { ANSWER_MAX_CHARS = 20000 };

static void copy_line(json_t *object, const char *key, char *out, size_t size, size_t max_chars)
{
	const char *s = json_string_value(json_object_get(object, key));
	out[0] = '\0';
	if (s)
		(void)!utf8_clean(s, strlen(s), true, max_chars, out, size); /* cut to what fits */
}

static void read_step(json_t *from, struct case_view_step *step)
{
	copy_line(from, "step", step->step, sizeof step->step, sizeof step->step - 1);
	copy_line(from, "who", step->who, sizeof step->who, 40);
	copy_line(from, "due", step->due, sizeof step->due, 10);
	copy_line(from, "note", step->note, sizeof step->note, 160);
	step->at_ms = json_integer_value(json_object_get(from, "at"));
}

static enum err read_answer(json_t *answer, struct case_view *view)
{
	const char *text = json_string_value(json_object_get(answer, "text"));
	if (!text)
		return ERR_OK;
	size_t len = strlen(text), size = len * 3 + 1; /* an invalid byte becomes the three of U+FFFD */
	view->answer = malloc(size);
	if (!view->answer)
		return ERR_NOMEM;
	(void)!utf8_clean(text, len, true, ANSWER_MAX_CHARS, view->answer, size);
	copy_line(answer, "by", view->answer_by, sizeof view->answer_by, 40);
	view->answer_at_ms = json_integer_value(json_object_get(answer, "at"));
	return ERR_OK;
}

enum err case_view_open(const uint8_t key[SLIP_VIEW_KEY_BYTES], const char *case_id, const uint8_t *boxed, size_t len,
                        struct case_view *view)
{
	if (len < VIEW_OVERHEAD_BYTES)
		return ERR_CORRUPT;
	size_t plain_len = len - VIEW_OVERHEAD_BYTES;
	uint8_t *plain = malloc(plain_len + 1);
	if (!plain)
		return ERR_NOMEM;
	enum err e = view_decrypt(key, case_id, boxed, len, plain);
	json_t *root = NULL;
	if (e == ERR_OK) {
		root = json_loadb((const char *)plain, plain_len, 0, NULL);
		e = json_is_object(root) ? ERR_OK : ERR_CORRUPT;
	}
	sodium_memzero(plain, plain_len + 1);
	free(plain);
	if (e == ERR_OK) {
		size_t i;
		json_t *step;
		json_array_foreach(json_object_get(root, "steps"), i, step) {
			if (view->step_count < CASE_VIEW_STEPS)
				read_step(step, &view->steps[view->step_count++]);
		}
		e = read_answer(json_object_get(root, "answer"), view);
	}
	json_decref(root);
	return e;
}

void case_view_clear(struct case_view *view)
{
	if (view->answer) {
		sodium_memzero(view->answer, strlen(view->answer));
		free(view->answer);
	}
	sodium_memzero(view, sizeof *view);
}
