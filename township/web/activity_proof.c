/* The proof, on paper, that an activity was announced in time: what was published when, which link of the audit chain holds
 * it, and since when each box in the rooms has had it. */
#include <stdio.h>
#include <string.h>

#include "model/civil.h"
#include "township/web/activity_words.h"
#include "township/web/pages.h"

static bool same_day(int64_t a_ms, int64_t b_ms)
{
	return civil_compare(civil_from_ms(a_ms).date, civil_from_ms(b_ms).date) == 0;
}

/* The publication by which the present date was announced: the first of those that end the list and have this date. */
static const json_t *decisive(const json_t *publications, int64_t starts_ms)
{
	const json_t *found = NULL;
	for (size_t i = json_array_size(publications); i-- > 0;) {
		const json_t *p = json_array_get(publications, i);
		if (strcmp(web_text(p, "what"), "cancelled") == 0)
			continue;
		if (!same_day(web_number(p, "starts"), starts_ms))
			break;
		found = p;
	}
	return found;
}

static void put_publications(struct html *h, const json_t *publications)
{
	char when[24], span[SPAN_SIZE];
	const json_t *p;
	size_t i;
	html_put(h, "<h2>公布的经过</h2><table><thead><tr><th>公布时间</th><th>内容</th><th>审计记录和校验值</th></tr></thead><tbody>");
	json_array_foreach (publications, i, p) {
		const char *what = web_text(p, "what"), *who = web_text(p, "who");
		html_put(h, "<tr><td class=\"nowrap\">%s<br>%s</td><td>%s：%s；%s；%s；邀请 %d 人", web_time(web_number(p, "at"), when),
		         strncmp(who, "user:", 5) == 0 ? who + 5 : "从文件导入",
		         strcmp(what, "published") == 0   ? "公布"
		         : strcmp(what, "cancelled") == 0 ? "取消"
		                                          : "改动后重新公布",
		         web_text(p, "title"), span_zh(web_number(p, "starts"), web_number(p, "ends"), span), web_text(p, "place"),
		         (int)web_number(p, "invited"));
		if (web_text(p, "late_reason")[0])
			html_put(h, "<br>提前天数不足的原因：%s", web_text(p, "late_reason"));
		html_put(h, "</td><td>第 %d 号<br><code class=\"hash\">%s</code></td></tr>", (int)web_number(p, "link"), web_text(p, "hash"));
	}
	html_put(h, "</tbody></table>");
}

static void put_verdict(struct html *h, const json_t *p, int64_t starts_ms)
{
	char when[24], day[24];
	int64_t begins = civil_day_number(civil_from_ms(starts_ms).date);
	int days = (int)(begins - civil_day_number(civil_from_ms(web_number(p, "at")).date));
	bool in_time = json_is_true(json_object_get(p, "in_time"));
	if (web_number(p, "at") >= starts_ms) {
		html_put(h, "<p class=\"words\">活动在 %s 举行，于 %s 录入系统：是举行以后补录的，不能证明提前公布。</p>", web_date(starts_ms, day),
		         web_time(web_number(p, "at"), when));
		return;
	}
	html_put(h, "<p class=\"words\">活动定在 %s 举行，于 <strong>%s</strong> 公布，提前 <strong>%d</strong> 天；按制度应提前 %d 天：<strong>%s</strong>。</p>",
	         web_date(starts_ms, day), web_time(web_number(p, "at"), when), days > 0 ? days : 0, (int)web_number(p, "notice_days"),
	         in_time ? "符合" : "提前的天数不足");
	if (!in_time && web_text(p, "late_reason")[0])
		html_put(h, "<p>提前天数不足的原因：%s</p>", web_text(p, "late_reason"));
}

static enum err put_kiosks(struct html *h, struct request *rq, int64_t cursor)
{
	char when[24];
	json_t *kiosks = NULL;
	const json_t *k;
	size_t i;
	enum err e = town_publication_kiosks_json(rq->town->store, cursor, &kiosks);
	if (e)
		return e;
	html_put(h, "<h2>各台大屏收到的时间</h2>");
	if (json_array_size(kiosks) == 0) {
		html_put(h, "<p>还没有登记的机器。</p>");
	} else {
		html_put(h, "<table><thead><tr><th>机器</th><th>编号</th><th>最迟已在此时收到</th></tr></thead><tbody>");
		json_array_foreach (kiosks, i, k)
			html_put(h, "<tr><th scope=\"row\">%s</th><td><code class=\"hash\">%s</code></td><td>%s</td></tr>", web_text(k, "name"), web_text(k, "kiosk"),
			         web_number(k, "at") ? web_time(web_number(k, "at"), when) : "还没有收到");
		html_put(h, "</tbody></table>");
	}
	json_decref(kiosks);
	return ERR_OK;
}

static void put_invited(struct html *h, const struct town_invitees *list, const json_t *deputies)
{
	html_put(h, "<h2>邀请的代表（%d 人）</h2><p>", (int)list->count);
	for (size_t i = 0; i < list->count; i++) {
		const char *name = web_text(json_object_get(deputies, list->items[i].deputy), "name");
		html_put(h, "%s%s", i ? "、" : "", name[0] ? name : list->items[i].deputy);
	}
	html_put(h, "</p>");
}

static enum err put_proof(struct html *h, struct request *rq, const struct activity *a, const json_t *publications,
                          const struct town_invitees *list, const json_t *deputies)
{
	char span[SPAN_SIZE], printed[24];
	const json_t *p = decisive(publications, a->starts_ms);
	enum err e = ERR_OK;
	html_put(h, "<dl class=\"facts\"><dt>活动</dt><dd>%s%s</dd><dt>类别</dt><dd>%s</dd><dt>时间</dt><dd>%s</dd><dt>地点</dt><dd>%s</dd></dl>",
	         a->title, a->cancelled ? "（已取消）" : "", kind_zh(activity_kind_id(a->kind)), span_zh(a->starts_ms, a->ends_ms, span),
	         a->place);
	if (p) {
		put_verdict(h, p, a->starts_ms);
		put_publications(h, publications);
		e = put_kiosks(h, rq, web_number(p, "cursor"));
	} else {
		html_put(h, "<p class=\"words\">这个活动公布在系统记录公布时间以前，不能出具证明。</p>");
	}
	put_invited(h, list, deputies);
	html_put(h, "<p class=\"soft\">审计记录逐条相连，每条的校验值都包括上一条的；任何一条改动，校验时都会发现"
	            "（服务器上的命令：township verify）。机器的时间由服务器在它来取下一批内容时记下，说明这时它已经有了这次公布的内容。</p>"
	            "<p class=\"signs\"><span>经办人：</span><span>负责人：</span><span>（盖章）</span></p><p class=\"soft\">%s人大办 %s 打印。</p>",
	         rq->town->township, web_time(town_now_ms(), printed));
	return e;
}

void web_activity_proof(struct request *rq, struct reply *rp)
{
	struct html h;
	struct activity a;
	char path[ACTIVITY_PATH_SIZE];
	struct town_invitees list = {0};
	json_t *publications = NULL, *deputies = NULL;
	enum err e = town_activity_get(rq->town->store, rq->args[0], &a);
	if (!e)
		e = town_publications_json(rq->town->store, a.id, &publications);
	if (!e)
		e = town_deputies_brief_json(rq->town->store, &deputies);
	if (!e)
		e = town_invitees_get(rq->town->store, a.id, &list);
	if (!e) {
		web_begin_paper(&h, rq, "活动公布证明");
		html_put(&h, "<p class=\"crumb noprint\"><a href=\"%s\">« %s</a></p>", activity_path(a.id, "", path), a.title);
		e = put_proof(&h, rq, &a, publications, &list, deputies);
		if (e)
			html_drop(&h);
		else
			web_end(&h, rq, rp, 200);
	}
	if (e)
		reply_err(rp, e);
	json_decref(publications);
	json_decref(deputies);
	town_invitees_clear(&list);
}
