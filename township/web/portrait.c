/* A deputy's portrait: sent from the browser, cut where the office says, scaled here, and sent to the kiosks.
 *
 * Between sending and taking it the picture travels in the form itself, made small: the server keeps nothing of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/picture_head.h"
#include "pdf/portrait.h"
#include "township/roster_edit.h"
#include "township/web/pages.h"
#include "township/web/roster_page.h"

enum { PORTRAIT_MAX = 256 * 1024, CHOOSE_SIDE = 1400, CHOOSE_MAX = 220 * 1024 };

/* The page's state: a picture to choose on, where it is cut, and what comes out. */
struct choice {
	char *source;               /* owned: base64 of a JPEG; NULL: nothing sent yet */
	int width, height;
	struct portrait_cut cut;
	char *result;               /* owned: base64 */
	struct refusal refusal;
};

static void choice_clear(struct choice *c)
{
	free(c->source);
	free(c->result);
}

static enum err refuse_picture(struct refusal *refusal, enum err e)
{
	switch (e) {
	case ERR_UNSUPPORTED:
		return refuse_with(refusal, ERR_INVALID, "请另存为普通的 JPEG 或 PNG 再上传（印刷用的 CMYK 也不行）", "这不是认得的照片");
	case ERR_CORRUPT: return refuse_with(refusal, ERR_INVALID, "请重新拷贝或另存一次，再上传", "照片坏了，或者不完整");
	case ERR_TOO_LONG: return refuse_with(refusal, ERR_INVALID, "请缩小后再上传，最多 5000 万像素", "照片太大");
	case ERR_INVALID:
		return refuse_with(refusal, ERR_INVALID, "请另选一张：人像部分宽至少 64、高至少 80 像素", "照片太小，印出来看不清");
	default: return e;
	}
}

/* ---- the page ---- */

static void put_cut(struct html *h, const struct request *rq, const char *id, const struct choice *c)
{
	char path[ROSTER_PATH_SIZE], left[16], top[16], width[16], hint[80];
	snprintf(left, sizeof left, "%d", c->cut.left);
	snprintf(top, sizeof top, "%d", c->cut.top);
	snprintf(width, sizeof width, "%d", c->cut.width);
	snprintf(hint, sizeof hint, "照片宽 %d、高 %d", c->width, c->height);
	html_put(h, "<section class=\"card\"><h2>裁剪</h2><p class=\"soft\">框里的部分是照片。可以拖动方框，或改左、上、宽的数，再按“看看效果”。</p>");
	web_form(h, rq, roster_path(id, "/portrait/cut", path));
	html_put(h, "<div class=\"columns\"><svg class=\"cut\" data-cut viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"上传的照片，方框是裁剪的范围\">"
	            "<image href=\"data:image/jpeg;base64,%s\" width=\"%d\" height=\"%d\"/>"
	            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/></svg><div>",
	         c->width, c->height, c->source, c->width, c->height, c->cut.left, c->cut.top, c->cut.width, c->cut.width / 4 * 5);
	if (c->result)
		html_put(h, "<p class=\"label\">效果</p><p><img class=\"portrait\" src=\"data:image/jpeg;base64,%s\" alt=\"裁剪后的照片\"></p>", c->result);
	html_put(h, "<input type=\"hidden\" name=\"source\" value=\"%s\">", c->source);
	web_input(h, &(struct web_field){.name = "left", .label = "左边起", .value = left, .type = "number", .hint = "像素", .required = true});
	web_input(h, &(struct web_field){.name = "top", .label = "上边起", .value = top, .type = "number", .required = true});
	web_input(h, &(struct web_field){.name = "width", .label = "宽", .value = width, .type = "number", .hint = hint, .required = true});
	html_put(h, "<p class=\"bar\"><button name=\"act\" value=\"look\">看看效果</button><button class=\"main\" name=\"act\" value=\"take\">采用</button></p>"
	            "</div></div></form></section>");
}

static void put_upload(struct html *h, const struct request *rq, const char *id, bool has, bool again)
{
	char path[ROSTER_PATH_SIZE];
	html_put(h, "<section class=\"card\"><h2>%s</h2>", again ? "换一张" : "选照片");
	web_form_upload(h, rq, roster_path(id, "/portrait", path));
	web_file(h, &(struct web_field){.name = "file", .label = "照片文件", .hint = "JPEG 或 PNG，多大都行（24 MB 以内）；拍摄的时间、地点等信息会去掉",
	                                .required = true}, "image/jpeg,image/png,image/webp");
	html_put(h, "<button%s>上传</button></form>", again ? "" : " class=\"main\"");
	if (has && !again) {
		web_form(h, rq, roster_path(id, "/portrait/cut", path));
		html_put(h, "<button class=\"danger\" name=\"act\" value=\"remove\" data-ask=\"确定撤下现在的照片吗？\">撤下现在的照片</button></form>");
	}
	html_put(h, "</section>");
}

/* Under the lock, which the pages take. */
static void show(struct request *rq, struct reply *rp, const struct choice *c)
{
	struct html h;
	json_t *deputy;
	char path[ROSTER_PATH_SIZE];
	town_lock(rq->town);
	enum err e = town_roster_one(rq->town->store, rq->args[0], &deputy);
	town_unlock(rq->town);
	if (e) {
		reply_err(rp, e);
		return;
	}
	bool has = json_is_true(json_object_get(deputy, "portrait"));
	roster_begin_deputy(&h, rq, "照片", rq->args[0], web_text(deputy, "name"));
	put_refusal(&h, c ? &c->refusal : NULL);
	if (c && c->source)
		put_cut(&h, rq, rq->args[0], c);
	else if (has)
		html_put(&h, "<section class=\"card\"><h2>现在的照片</h2><p><img class=\"portrait\" src=\"%s\" alt=\"%s的照片\"></p></section>",
		         roster_path(rq->args[0], "/portrait.jpg", path), web_text(deputy, "name"));
	put_upload(&h, rq, rq->args[0], has, c && c->source);
	web_end(&h, rq, rp, roster_status(c ? &c->refusal : NULL));
	json_decref(deputy);
}

void web_portrait(struct request *rq, struct reply *rp)
{
	show(rq, rp, NULL);
}

/* ---- cutting ---- */

/* What comes out of `bytes` cut as chosen, as base64. */
static enum err cut_out(struct choice *c, const uint8_t *bytes, size_t len)
{
	struct portrait portrait = {0};
	uint8_t *jpeg;
	size_t jpeg_len;
	enum err e = portrait_decode_cut(bytes, len, &c->cut, &portrait);
	if (!e)
		e = portrait_jpeg(&portrait, PORTRAIT_MAX, &jpeg, &jpeg_len);
	if (!e) {
		free(c->result);
		c->result = b64_of(jpeg, jpeg_len);
		free(jpeg);
		e = c->result ? ERR_OK : ERR_NOMEM;
	}
	portrait_clear(&portrait);
	return e;
}

/* The file as it came, made small enough to choose on. */
static enum err read_file_sent(const struct field *file, struct choice *c)
{
	struct portrait whole = {0};
	uint8_t *jpeg = NULL;
	size_t len = 0;
	enum err e = portrait_decode_whole((const uint8_t *)file->value, file->len, CHOOSE_SIDE, &whole);
	if (!e)
		e = portrait_jpeg(&whole, CHOOSE_MAX, &jpeg, &len);
	if (!e) {
		c->width = whole.width;
		c->height = whole.height;
		c->cut = portrait_proposed(c->width, c->height);
		e = c->cut.width ? cut_out(c, jpeg, len) : ERR_INVALID;
	}
	if (!e) {
		c->source = b64_of(jpeg, len);
		e = c->source ? ERR_OK : ERR_NOMEM;
	}
	free(jpeg);
	portrait_clear(&whole);
	return e ? refuse_picture(&c->refusal, e) : ERR_OK;
}

void web_portrait_post(struct request *rq, struct reply *rp)
{
	struct choice c = {0};
	const struct field *file = fields_file(rq->fields, "file", 0);
	enum err e = file ? read_file_sent(file, &c) : refuse_with(&c.refusal, ERR_INVALID, "请选一张照片", "没有选照片");
	if (!e || roster_refused(rp, e, &c.refusal))
		show(rq, rp, &c);
	choice_clear(&c);
}

static bool read_number(const struct request *rq, const char *name, int *n)
{
	const char *text = fields_text(rq->fields, name);
	if (!text[0] || strlen(text) > 5 || strspn(text, "0123456789") != strlen(text))
		return false;
	*n = (int)strtol(text, NULL, 10);
	return true;
}

/* The picture that the form brought back, and where to cut it. It may be anything: it is decoded as carefully as the first. */
static enum err read_cut(struct request *rq, struct choice *c)
{
	struct picture_head head;
	uint8_t *bytes = NULL;
	size_t len = 0;
	const char *source = fields_text(rq->fields, "source");
	enum err e = source[0] ? b64_any(source, strlen(source), &bytes, &len) : ERR_CORRUPT;
	if (!e)
		e = picture_head_read(bytes, len, &head);
	if (!e && (head.kind != PICTURE_JPEG || head.width > CHOOSE_SIDE || head.height > CHOOSE_SIDE))
		e = ERR_UNSUPPORTED;
	if (e) {
		free(bytes);
		return refuse_picture(&c->refusal, e == ERR_INVALID ? ERR_CORRUPT : e);
	}
	c->width = head.width;
	c->height = head.height;
	c->source = strdup(source);
	e = c->source ? ERR_OK : ERR_NOMEM;
	if (!e && (!read_number(rq, "left", &c->cut.left) || !read_number(rq, "top", &c->cut.top) || !read_number(rq, "width", &c->cut.width)))
		e = ERR_INVALID;
	if (!e)
		e = cut_out(c, bytes, len);
	free(bytes);
	return e == ERR_INVALID ? refuse_with(&c->refusal, e, "请核对左、上、宽：方框要在照片里，宽至少 64；已按建议的范围放好", "裁剪的范围不对") : e;
}

static enum err publish(struct request *rq, const char *op, json_t *data)
{
	town_lock(rq->town);
	enum err e = roster_portrait(rq->town, rq->args[0], op, data, rq->user.name);
	town_unlock(rq->town);
	json_decref(data);
	return e;
}

void web_portrait_cut(struct request *rq, struct reply *rp)
{
	struct choice c = {0};
	const char *act = fields_text(rq->fields, "act");
	bool remove = strcmp(act, "remove") == 0, take = strcmp(act, "take") == 0;
	enum err e = remove ? publish(rq, "del", json_object()) : read_cut(rq, &c);
	if (!e && take)
		e = publish(rq, "put", json_pack("{s:s, s:s}", "media", "image/jpeg", "data", c.result));
	rp->changed = !e && (remove || take);
	if (rp->changed)
		web_redirect(rp, "/roster/%s?done=%s", rq->args[0], remove ? "portrait-removed" : "portrait-put");
	else if (!e || roster_refused(rp, e, &c.refusal)) {
		if (e)
			c.cut = portrait_proposed(c.width, c.height);
		show(rq, rp, &c);
	}
	choice_clear(&c);
}

void web_portrait_picture(struct request *rq, struct reply *rp)
{
	json_t *portrait = NULL;
	uint8_t *bytes = NULL;
	size_t len = 0;
	enum err e = town_portrait_json(rq->town->store, rq->args[0], &portrait);
	if (!e && !portrait)
		e = ERR_NOT_FOUND;
	if (!e)
		e = b64_any(web_text(portrait, "data"), strlen(web_text(portrait, "data")), &bytes, &len);
	if (e)
		reply_err(rp, e);
	else
		web_bytes_reply(rp, bytes, len, web_text(portrait, "media"), "portrait", true);
	free(bytes);
	json_decref(portrait);
}
