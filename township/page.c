#include "township/page.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Large type and touch targets, the browser's own font, dark where the phone is dark. */
static const char style[] =
	"html{font-size:20px;color-scheme:light dark}"
	"body{font-family:sans-serif;line-height:1.6;margin:0 auto;max-width:30rem;padding:1.2rem}"
	"header{font-size:.9rem;opacity:.75}"
	"h1{font-size:1.6rem;margin:.6rem 0}"
	"p{margin:.4rem 0;overflow-wrap:anywhere}"
	"label{display:block;margin:1rem 0 .3rem}"
	"input,button{box-sizing:border-box;width:100%;min-height:3rem;font:inherit;padding:.4rem .7rem;border-radius:.5rem;"
	"border:2px solid #8a8a8a}"
	"button{margin-top:1.4rem;border:0;background:#b3261e;color:#fff;font-weight:bold}"
	".good{border-left:.5rem solid #1b7f3b;padding-left:.8rem}"
	".bad{border-left:.5rem solid #b3261e;padding-left:.8rem}"
	".plain{border-left:.5rem solid #8a8a8a;padding-left:.8rem}"
	".next{font-weight:bold;margin-top:1rem}"
	"details{margin-top:1.6rem}summary{padding:.6rem 0}a{color:inherit}";

static void put_escaped(FILE *f, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&': fputs("&amp;", f); break;
		case '<': fputs("&lt;", f); break;
		case '>': fputs("&gt;", f); break;
		case '"': fputs("&quot;", f); break;
		case '\'': fputs("&#39;", f); break;
		default: fputc(*text, f); break;
		}
	}
}

static void put_element(FILE *f, const char *open, const char *text, const char *close)
{
	fputs(open, f);
	put_escaped(f, text);
	fputs(close, f);
}

static void put_form(FILE *f, const struct page *page)
{
	/* Without an action it goes to the address that the code led to. */
	fputs("<form method=\"post\" accept-charset=\"utf-8\">"
	      "<label for=\"name\">账号</label>"
	      "<input id=\"name\" name=\"name\" maxlength=\"60\" autocomplete=\"username\" autocapitalize=\"none\" required",
	      f);
	if (page->name)
		put_element(f, " value=\"", page->name, "\"");
	fputs("><label for=\"password\">密码</label>"
	      "<input id=\"password\" name=\"password\" type=\"password\" maxlength=\"200\" autocomplete=\"current-password\""
	      " required><button>签到</button></form>",
	      f);
}

static void put_page(FILE *f, const char *township, const struct page *page)
{
	static const char *const moods[] = {"plain", "good", "plain", "bad"};
	fputs("<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>代表签到</title><style>",
	      f);
	fputs(style, f);
	fputs("</style></head><body>", f);
	put_element(f, "<header>", township, "人大代表之家 · 代表签到</header>");
	fprintf(f, "<main class=\"%s\">", moods[page->mood]);
	put_element(f, "<h1>", page->title, "</h1>");
	for (size_t i = 0; i < sizeof page->lines / sizeof *page->lines && page->lines[i]; i++)
		put_element(f, "<p>", page->lines[i], "</p>");
	if (page->remedy)
		put_element(f, "<p class=\"next\">", page->remedy, "</p>");
	fputs("</main>", f);
	if (page->link)
		fputs("<p class=\"next\"><a href=\"/me\">看我的活动和群众反映</a></p>", f);
	if (page->form && page->csrf) {
		put_element(f, "<form method=\"post\"><input type=\"hidden\" name=\"csrf\" value=\"", page->csrf,
		            "\"><button>是我，确认</button></form><details><summary>不是我，用别的账号</summary>");
		put_form(f, page);
		fputs("</details>", f);
	} else if (page->form) {
		put_form(f, page);
	}
	fputs("</body></html>\n", f);
}

/* What may be in the page: its own style, known by its hash, and a form to its own address. */
static void put_headers(struct reply *rp)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	char hash_text[64], policy[256];
	crypto_hash_sha256(hash, (const uint8_t *)style, sizeof style - 1);
	sodium_bin2base64(hash_text, sizeof hash_text, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
	snprintf(policy, sizeof policy,
	         "default-src 'none'; style-src 'sha256-%s'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	         hash_text);
	reply_header(rp, "Content-Type", "text/html; charset=utf-8");
	reply_header(rp, "Content-Security-Policy", policy);
	reply_header(rp, "Referrer-Policy", "no-referrer");
	reply_header(rp, "X-Frame-Options", "DENY");
}

void page_reply(struct reply *rp, unsigned status, const char *township, const struct page *page)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	if (f)
		put_page(f, township, page);
	if (!f || fclose(f) != 0) {
		free(text);
		reply_err(rp, ERR_NOMEM);
		return;
	}
	rp->status = status;
	rp->bytes = text;
	rp->bytes_len = len;
	put_headers(rp);
}
