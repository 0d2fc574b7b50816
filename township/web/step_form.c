#include "township/web/step_form.h"

#include <string.h>

static bool came_back(const struct request *rq, const char *step)
{
	return rq->fields && strcmp(fields_text(rq->fields, "step"), step) == 0;
}

bool step_allowed(const json_t *object, const char *step)
{
	const json_t *name;
	size_t i;
	json_array_foreach (json_object_get(object, "allowed"), i, name) {
		if (strcmp(json_string_value(name), step) == 0)
			return true;
	}
	return false;
}

const char *step_typed(const struct request *rq, const char *step, const char *field, const char *otherwise)
{
	return came_back(rq, step) ? fields_text(rq->fields, field) : otherwise;
}

void step_open(struct html *h, const struct request *rq, const char *action, const char *step, const char *title)
{
	html_put(h, "<details%s><summary>%s</summary>", came_back(rq, step) ? " open" : "", title);
	web_form(h, rq, action);
	html_put(h, "<input type=\"hidden\" name=\"step\" value=\"%s\">", step);
}

void step_close(struct html *h, const char *button)
{
	web_form_end(h, button);
	html_put(h, "</details>");
}
