/* Forms and their fields: every one with its label, and the mark that knows the form as ours. */
#include <stdio.h>
#include <string.h>

#include "township/web/web.h"

enum { DEFAULT_MAX_CHARS = 200 };

static void open_form(struct html *h, const struct request *rq, const char *action, const char *kind)
{
	html_put(h, "<form method=\"post\" action=\"%s\" accept-charset=\"utf-8\"", action);
	if (kind)
		html_put(h, " enctype=\"%s\"", kind);
	html_put(h, "><input type=\"hidden\" name=\"csrf\" value=\"%s\">", rq->csrf);
}

void web_form(struct html *h, const struct request *rq, const char *action)
{
	open_form(h, rq, action, NULL);
}

void web_form_upload(struct html *h, const struct request *rq, const char *action)
{
	open_form(h, rq, action, "multipart/form-data");
}

void web_form_end(struct html *h, const char *button)
{
	html_put(h, "<button class=\"main\">%s</button></form>", button);
}

void web_button(struct html *h, const struct request *rq, const char *action, const char *label, bool danger)
{
	web_form(h, rq, action);
	if (danger)
		html_put(h, "<button class=\"danger\" data-ask=\"确定要“%s”吗？\">%s</button></form>", label, label);
	else
		html_put(h, "<button>%s</button></form>", label);
}

static const char *id_of(const struct web_field *f)
{
	return f->id ? f->id : f->name;
}

static void open_field(struct html *h, const struct web_field *f)
{
	html_put(h, "<div class=\"field\"><label for=\"f-%s\">%s</label>", id_of(f), f->label);
}

static void close_field(struct html *h, const struct web_field *f)
{
	if (f->hint)
		html_put(h, "<p class=\"hint\" id=\"h-%s\">%s</p>", id_of(f), f->hint);
	html_put(h, "</div>");
}

/* id, name and what else every kind of field has; leaves the tag open. */
static void put_attributes(struct html *h, const struct web_field *f)
{
	html_put(h, " id=\"f-%s\" name=\"%s\"", id_of(f), f->name);
	if (f->hint)
		html_put(h, " aria-describedby=\"h-%s\"", id_of(f));
	if (f->required)
		html_put(h, " required");
}

void web_input(struct html *h, const struct web_field *f)
{
	const char *type = f->type ? f->type : "text";
	open_field(h, f);
	html_put(h, "<input type=\"%s\" value=\"%s\"", type, f->value);
	if (strcmp(type, "number") != 0 && strncmp(type, "date", 4) != 0)
		html_put(h, " maxlength=\"%d\"", f->max ? f->max : DEFAULT_MAX_CHARS);
	if (strcmp(type, "password") == 0)
		html_put(h, " autocomplete=\"%s\"", strcmp(f->name, "password") == 0 ? "current-password" : "new-password");
	if (f->list)
		html_put(h, " list=\"%s\"", f->list);
	put_attributes(h, f);
	html_put(h, ">");
	close_field(h, f);
}

void web_area(struct html *h, const struct web_field *f, int rows)
{
	open_field(h, f);
	html_put(h, "<textarea rows=\"%d\"", rows);
	if (f->max)
		html_put(h, " maxlength=\"%d\"", f->max);
	put_attributes(h, f);
	/* A first line break would be taken for the markup's. */
	html_put(h, ">\n%s</textarea>", f->value);
	close_field(h, f);
}

void web_file(struct html *h, const struct web_field *f, const char *accept)
{
	open_field(h, f);
	html_put(h, "<input type=\"file\" accept=\"%s\"", accept);
	put_attributes(h, f);
	html_put(h, ">");
	close_field(h, f);
}

static void put_option(struct html *h, const char *value, const char *label, const char *now)
{
	html_put(h, "<option value=\"%s\"", value);
	if (now && strcmp(value, now) == 0)
		html_put(h, " selected");
	html_put(h, ">%s</option>", label);
}

void web_select(struct html *h, const struct web_field *f, const struct web_option *options)
{
	open_field(h, f);
	html_put(h, "<select");
	put_attributes(h, f);
	html_put(h, ">");
	for (; options->value; options++)
		put_option(h, options->value, options->label, f->value);
	html_put(h, "</select>");
	close_field(h, f);
}

void web_select_json(struct html *h, const struct web_field *f, const char *none, const json_t *list, const char *value,
                     const char *label)
{
	const json_t *item;
	size_t i;
	open_field(h, f);
	html_put(h, "<select");
	put_attributes(h, f);
	html_put(h, ">");
	if (none)
		put_option(h, "", none, f->value ? f->value : "");
	json_array_foreach (list, i, item)
		put_option(h, web_text(item, value), web_text(item, label), f->value);
	html_put(h, "</select>");
	close_field(h, f);
}

void web_check(struct html *h, const char *name, const char *value, const char *label, bool checked)
{
	html_put(h, "<div class=\"check\"><input type=\"checkbox\" id=\"f-%s-%s\" name=\"%s\" value=\"%s\"", name, value, name, value);
	if (checked)
		html_put(h, " checked");
	html_put(h, "><label for=\"f-%s-%s\">%s</label></div>", name, value, label);
}
