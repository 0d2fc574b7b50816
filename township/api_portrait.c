/* A deputy's portrait, from the office to every kiosk. It is kept in the stream of changes alone, where each kiosk that comes
 * finds it. */
#include <stdlib.h>
#include <string.h>

#include "model/picture_head.h"
#include "township/api.h"
#include "township/roster_edit.h"

enum { PORTRAIT_MAX = 256 * 1024, PORTRAIT_SIDE_MAX = 4096 };

/* NULL, or what is wrong with the picture and what would do. */
static const char *picture_wrong(const uint8_t *bytes, size_t len, const char *media, const char **remedy)
{
	struct picture_head head;
	*remedy = "请另存为普通的 JPEG、PNG 或 WebP，再试";
	if (len == 0 || len > PORTRAIT_MAX) {
		*remedy = "请缩小到 256 KB 以内";
		return "照片太大，或者是空的";
	}
	if (picture_head_read(bytes, len, &head))
		return "这不是完整的照片";
	if (media && strcmp(media, picture_media(head.kind)) != 0)
		return "照片的格式与 media 所写的不同";
	if (head.width > PORTRAIT_SIDE_MAX || head.height > PORTRAIT_SIDE_MAX)
		return "照片的边长超过 4096 像素";
	if (head.metadata) {
		*remedy = "请用看图软件另存一份，不带拍摄信息";
		return "照片里带有拍摄的时间、地点等信息";
	}
	return NULL;
}

void api_portrait_put(struct request *rq, struct reply *rp)
{
	struct picture_head head;
	const char *text = request_text(rq, "data"), *media = request_text(rq, "media"), *remedy;
	char name[128];
	uint8_t *bytes = NULL;
	size_t len = 0;
	enum err e = town_deputy_name(rq->town->store, rq->args[0], name);
	if (!e)
		e = text ? b64_any(text, strlen(text), &bytes, &len) : ERR_INVALID;
	if (e) {
		if (e == ERR_INVALID)
			reply_error(rp, 422, "bad_portrait", "没有照片，或者不是 base64", "data 是照片的 base64");
		else
			reply_err(rp, e);
		return;
	}
	const char *wrong = picture_wrong(bytes, len, media, &remedy);
	if (wrong) {
		reply_error(rp, 422, "bad_portrait", wrong, remedy);
	} else {
		e = picture_head_read(bytes, len, &head);
		json_t *data = e ? NULL : json_pack("{s:s, s:o}", "media", picture_media(head.kind), "data", b64_json(bytes, len));
		e = roster_portrait(rq->town, rq->args[0], "put", data, rq->user.name);
		json_decref(data);
		rp->changed = !e;
		if (e)
			reply_err(rp, e);
		else
			reply_json(rp, 200, json_pack("{s:s}", "id", rq->args[0]));
	}
	free(bytes);
}

void api_portrait_delete(struct request *rq, struct reply *rp)
{
	json_t *nothing = json_object();
	enum err e = roster_portrait(rq->town, rq->args[0], "del", nothing, rq->user.name);
	json_decref(nothing);
	rp->changed = !e;
	if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 200, json_pack("{s:s}", "id", rq->args[0]));
}
