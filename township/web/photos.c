/* An activity's photographs. What is sent is decoded and written anew: upright, small, and without what the camera said of
 * place and time. Decoding takes its time, so the town's lock is taken only to keep what came of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pdf/portrait.h"
#include "township/web/activity_words.h"
#include "township/web/pages.h"

enum { SIDE_PX = 1600, LEAST_SIDE_PX = 400, PHOTO_MAX = 400 * 1024, AT_ONCE = 20 };

/* ---- one picture ---- */

/* Upright and small enough. ERR_* of portrait.h. *jpeg is malloc'ed. */
static enum err make_ready(const struct field *file, struct town_photo *photo, uint8_t **jpeg)
{
	enum err e = ERR_TOO_LONG;
	for (int side = SIDE_PX; e == ERR_TOO_LONG && side >= LEAST_SIDE_PX; side = side * 3 / 4) {
		struct portrait p;
		e = portrait_decode_whole((const uint8_t *)file->value, file->len, side, &p);
		if (e)
			return e;
		e = portrait_jpeg(&p, PHOTO_MAX, jpeg, &photo->jpeg_len);
		photo->width = p.width;
		photo->height = p.height;
		portrait_clear(&p);
	}
	return e;
}

static enum err say_unfit(enum err e, const struct field *file, struct plan_refusal *why)
{
	const char *remedy = e == ERR_UNSUPPORTED ? "请选 JPEG 或 PNG 照片；苹果手机的 HEIC 照片，请先存成 JPEG"
	                     : e == ERR_CORRUPT   ? "文件不完整，请重新从相机或手机里取出"
	                     : e == ERR_TOO_LONG  ? "照片太大，请用五千万像素以下的"
	                                          : "照片太小，请换一张清楚的";
	if (e == ERR_NOMEM)
		return e;
	snprintf(why->what, sizeof why->what, "“%.200s”不能用", file->filename);
	snprintf(why->remedy, sizeof why->remedy, "%s", remedy);
	return ERR_INVALID;
}

static enum err add_one(struct request *rq, const struct field *file, const char *caption, struct plan_refusal *why)
{
	struct town_photo photo = {0};
	uint8_t *jpeg = NULL;
	enum err e = make_ready(file, &photo, &jpeg);
	if (e)
		return say_unfit(e, file, why);
	photo.jpeg = jpeg;
	snprintf(photo.activity, sizeof photo.activity, "%.63s", rq->args[0]);
	snprintf(photo.caption, sizeof photo.caption, "%s", caption);
	town_lock(rq->town);
	e = photo_keep(rq->town, &photo, rq->user.name, why);
	town_unlock(rq->town);
	free(jpeg);
	return e;
}

/* ---- the page ---- */

static void put_photo(struct html *h, const struct request *rq, const char *activity, const json_t *p)
{
	char path[ACTIVITY_PATH_SIZE], action[ACTIVITY_PATH_SIZE + TOWN_PHOTO_ID_SIZE + 8], when[24], label[32], reason[32];
	const char *id = web_text(p, "id"), *caption = web_text(p, "caption");
	snprintf(action, sizeof action, "%s/%s", activity_path(activity, "/photos", path), id);
	html_put(h, "<figure class=\"card\"><a href=\"%s\"><img src=\"%s\" alt=\"%s\" width=\"%d\" height=\"%d\" loading=\"lazy\"></a><figcaption>%s %s</figcaption>",
	         action, action, caption[0] ? caption : "活动照片", (int)web_number(p, "width"), (int)web_number(p, "height"),
	         web_time(web_number(p, "at"), when), web_text(p, "user"));
	if (web_may_write(rq)) {
		snprintf(label, sizeof label, "c-%.8s", id);
		snprintf(reason, sizeof reason, "r-%.8s", id);
		web_form(h, rq, action);
		web_input(h, &(struct web_field){.name = "caption", .label = "说明", .value = caption, .max = 150, .id = label});
		html_put(h, "<button name=\"act\" value=\"caption\">保存说明</button></form><details><summary>撤下</summary>");
		web_form(h, rq, action);
		web_input(h, &(struct web_field){.name = "reason", .label = "为什么撤下", .max = 300, .required = true, .id = reason});
		html_put(h, "<button class=\"danger\" name=\"act\" value=\"remove\">撤下照片</button></form></details>");
	} else if (caption[0]) {
		html_put(h, "<p>%s</p>", caption);
	}
	html_put(h, "</figure>");
}

static void put_removed(struct html *h, const json_t *photos)
{
	char when[24];
	const json_t *p;
	size_t i, shown = 0;
	json_array_foreach (photos, i, p) {
		if (json_is_null(json_object_get(p, "removed")))
			continue;
		if (shown++ == 0)
			html_put(h, "<h2>已经撤下</h2><ul>");
		html_put(h, "<li>%s %s 撤下%s%s：%s</li>", web_time(web_number(p, "removed"), when), web_text(p, "removed_by"),
		         web_text(p, "caption")[0] ? " " : "一张照片", web_text(p, "caption"), web_text(p, "removed_reason"));
	}
	if (shown)
		html_put(h, "</ul>");
}

static void put_upload(struct html *h, const struct request *rq, const char *action)
{
	html_put(h, "<section class=\"card\">");
	web_form_upload(h, rq, action);
	html_put(h, "<div class=\"field\"><label for=\"f-photo\">照片</label><input type=\"file\" id=\"f-photo\" name=\"photo\" "
	            "accept=\"image/jpeg,image/png\" multiple required aria-describedby=\"h-photo\"><p class=\"hint\" id=\"h-photo\">可以一次选几张"
	            "（一共不超过 24 MB）。存下的是缩小的照片，拍摄的地点不会留下。</p></div>");
	web_input(h, &(struct web_field){.name = "caption", .label = "说明", .value = fields_text(rq->fields, "caption"),
	                                 .hint = "写给这次选的每一张；以后可以各自改", .max = 150});
	web_form_end(h, "加上照片");
	html_put(h, "</section>");
}

/* Under the town's lock. */
static void show(struct request *rq, struct reply *rp, unsigned status, const struct plan_refusal *why)
{
	struct html h;
	struct activity a;
	char path[ACTIVITY_PATH_SIZE], action[ACTIVITY_PATH_SIZE];
	json_t *photos = NULL;
	const json_t *p;
	size_t i;
	enum err e = town_activity_get(rq->town->store, rq->args[0], &a);
	if (!e)
		e = town_photos_json(rq->town->store, a.id, &photos);
	if (e) {
		reply_err(rp, e);
		return;
	}
	activity_path(a.id, "/photos", action);
	web_begin(&h, rq, "照片", WEB_ACTIVITIES);
	html_put(&h, "<p class=\"crumb\"><a href=\"%s\">« %s</a></p>", activity_path(a.id, "", path), a.title);
	if (why)
		web_problem(&h, why->what, why->remedy);
	if (web_may_write(rq))
		put_upload(&h, rq, action);
	html_put(&h, "<div class=\"photos\">");
	json_array_foreach (photos, i, p)
		if (json_is_null(json_object_get(p, "removed")))
			put_photo(&h, rq, a.id, p);
	html_put(&h, "</div>");
	put_removed(&h, photos);
	web_end(&h, rq, rp, status);
	json_decref(photos);
}

static void show_locked(struct request *rq, struct reply *rp, unsigned status, const struct plan_refusal *why)
{
	town_lock(rq->town);
	show(rq, rp, status, why);
	town_unlock(rq->town);
}

void web_activity_photos(struct request *rq, struct reply *rp)
{
	show_locked(rq, rp, 200, NULL);
}

static void answer(struct request *rq, struct reply *rp, enum err e, const struct plan_refusal *why, const char *done)
{
	if (!e)
		web_redirect(rp, "/activities/%s/photos?done=%s", rq->args[0], done);
	else if (why->what[0])
		show_locked(rq, rp, refusal_status(e), why);
	else
		reply_err(rp, e);
}

void web_activity_photos_post(struct request *rq, struct reply *rp)
{
	struct plan_refusal why = {0};
	char caption[TOWN_CAPTION_SIZE];
	struct activity a;
	const struct field *file;
	size_t kept = 0;
	town_lock(rq->town);
	enum err e = town_activity_get(rq->town->store, rq->args[0], &a);
	town_unlock(rq->town);
	if (!e && form_text(rq, "caption", false, caption, sizeof caption))
		e = plan_refuse(&why, ERR_INVALID, "说明太长", "请写短一些，一百五十字以内");
	if (!e && !fields_file(rq->fields, "photo", 0))
		e = plan_refuse(&why, ERR_INVALID, "没有选照片", "请先选一张或几张照片");
	if (!e && fields_file(rq->fields, "photo", AT_ONCE))
		e = plan_refuse(&why, ERR_INVALID, "一次选的照片太多", "请一次不超过二十张");
	while (!e && (file = fields_file(rq->fields, "photo", kept)) != NULL) {
		e = add_one(rq, file, caption, &why);
		kept += !e;
	}
	if (e && why.what[0] && kept > 0) {
		size_t len = strlen(why.what);
		snprintf(why.what + len, sizeof why.what - len, "；前面的 %d 张已经加上", (int)kept);
	}
	answer(rq, rp, e, &why, "photo-added");
}

void web_activity_photo(struct request *rq, struct reply *rp)
{
	uint8_t *jpeg = NULL;
	size_t len = 0;
	enum err e = town_photo_bytes(rq->town->store, rq->args[0], rq->args[1], &jpeg, &len);
	if (e) {
		reply_err(rp, e);
		return;
	}
	web_bytes_reply(rp, jpeg, len, "image/jpeg", "activity.jpg", true);
	free(jpeg);
}

void web_activity_photo_post(struct request *rq, struct reply *rp)
{
	struct plan_refusal why = {0};
	char text[TOWN_REASON_SIZE];
	bool remove = strcmp(fields_text(rq->fields, "act"), "remove") == 0;
	enum err e = ERR_OK;
	if (form_text(rq, remove ? "reason" : "caption", false, text, sizeof text))
		e = plan_refuse(&why, ERR_INVALID, remove ? "原因太长" : "说明太长", "请写短一些，一百五十字以内");
	if (!e) {
		town_lock(rq->town);
		e = remove ? photo_remove(rq->town, rq->args[0], rq->args[1], text, rq->user.name, &why)
		           : photo_caption(rq->town, rq->args[0], rq->args[1], text, rq->user.name, &why);
		town_unlock(rq->town);
	}
	answer(rq, rp, e, &why, remove ? "photo-removed" : "photo-saved");
}
