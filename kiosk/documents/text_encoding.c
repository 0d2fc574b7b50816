#include "documents/text_encoding.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "documents/grow.h"
#include "model/utf8.h"

enum { SAMPLE_BYTES = 64 * 1024, STEP_BYTES = 4096 };

static const struct encoding { const char *shown, *iconv; } encodings[TEXT_ENCODING_COUNT] = {
	[TEXT_UTF8] = {"UTF-8", "UTF-8"},
	[TEXT_UTF16LE] = {"UTF-16", "UTF-16LE"},
	[TEXT_UTF16BE] = {"UTF-16", "UTF-16BE"},
	[TEXT_GB18030] = {"GB18030", "GB18030"},
	[TEXT_BIG5] = {"Big5", "CP950"}, /* Windows' Big5 */
};

const char *text_encoding_name(enum text_encoding encoding)
{
	return (unsigned)encoding < TEXT_ENCODING_COUNT ? encodings[encoding].shown : "";
}

/* Decodes all of the bytes; `cut`: they may end in the middle of a character. */
static enum err decode(enum text_encoding from, const uint8_t *bytes, size_t len, bool cut, struct grow *out)
{
	iconv_t cd = iconv_open("UTF-8", encodings[from].iconv); /* NOLINT(performance-no-int-to-ptr): (iconv_t)-1 is its own */
	if (cd == (iconv_t)-1)
		return ERR_UNSUPPORTED;
	char *in = (char *)(uintptr_t)bytes, step[STEP_BYTES];
	enum err e = ERR_OK;
	while (e == ERR_OK && len > 0) {
		char *to = step;
		size_t room = sizeof step, done;
		errno = 0;
		done = iconv(cd, &in, &len, &to, &room);
		int why = errno;
		e = grow_put(out, step, (size_t)(to - step));
		if (e == ERR_OK && done == (size_t)-1 && why != E2BIG) {
			e = cut && why == EINVAL ? ERR_OK : ERR_INVALID;
			break;
		}
	}
	explicit_bzero(step, sizeof step);
	iconv_close(cd);
	return e;
}

/* The characters that nearly every text of an office holds, of which some are written the same in both. */
static const char simplified[] =
	"的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定"
	"代表姓名性别男女民族汉族出生年月职务电话选区村社区镇乡县市层级小组第条应当依照规定制度办公室会议人大主席团接待选民联系走访意见建议办理答复组长副书记委员主任身份证号党员农民医生教师活动时间地点内容备注"
	"，。、；：（）《》“”";
static const char traditional[] =
	"的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定"
	"代表姓名性別男女民族漢族出生年月職務電話選區村社區鎮鄉縣市層級小組第條應當依照規定制度辦公室會議人大主席團接待選民聯繫走訪意見建議辦理答覆組長副書記委員主任身份證號黨員農民醫生教師活動時間地點內容備註"
	"，。、；：（）《》「」";

static bool among(const char *list, const char *character, size_t n)
{
	/* A character's bytes are found nowhere but at a character. */
	return memmem(list, strlen(list), character, n) != NULL;
}

/* How much like a text of an office: 3 for a character of the list, 1 for one of the set's common half (GB 2312's first level,
 * Big5's first), -2 for another; per 1,000 characters that are not ASCII. */
static long plausible(enum text_encoding from, const uint8_t *bytes, size_t len)
{
	struct grow text = {.max = DOCUMENT_TEXT_MAX_BYTES};
	const char *list = from == TEXT_GB18030 ? simplified : traditional;
	long score = 0, count = 0;
	if (decode(from, bytes, len, true, &text) != ERR_OK) {
		grow_clear(&text);
		return INT32_MIN;
	}
	for (const char *p = text.text, *end = p + text.len; p && p < end;) {
		const char *at = p;
		uint32_t c = utf8_next(&p, end);
		if (c >= 0x80 && among(list, at, (size_t)(p - at)))
			score += 3;
		count += c >= 0x80;
	}
	for (size_t i = 0; i + 1 < len; i++) {
		if (bytes[i] < 0x80)
			continue;
		uint8_t lead = bytes[i], trail = bytes[++i];
		bool common = from == TEXT_GB18030 ? lead >= 0xA1 && lead <= 0xD7 && trail >= 0xA1 : lead >= 0xA1 && lead <= 0xC6;
		score += common ? 1 : -2;
	}
	grow_clear(&text);
	return count > 0 ? score * 1000 / count : 0;
}

static enum text_encoding guess(const uint8_t *bytes, size_t len, size_t *mark)
{
	*mark = 0;
	if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
		*mark = 3;
		return TEXT_UTF8;
	}
	if (len >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
		*mark = 2;
		return bytes[0] == 0xFF ? TEXT_UTF16LE : TEXT_UTF16BE;
	}
	if (utf8_valid((const char *)bytes, len))
		return TEXT_UTF8;
	size_t sample = len < SAMPLE_BYTES ? len : SAMPLE_BYTES;
	return plausible(TEXT_BIG5, bytes, sample) > plausible(TEXT_GB18030, bytes, sample) ? TEXT_BIG5 : TEXT_GB18030;
}

/* Ends lines in LF, in place. False where there is a character that no text has. */
static bool tidy(struct grow *text)
{
	size_t to = 0;
	if (!text->text)
		return true;
	for (size_t i = 0; i < text->len; i++) {
		char c = text->text[i];
		if (c == '\r' && i + 1 < text->len && text->text[i + 1] == '\n')
			continue;
		if (c == '\r' || c == '\f' || c == '\v') /* an old Mac's line, Word's page and line breaks */
			c = '\n';
		if (((unsigned char)c < 0x20 && c != '\n' && c != '\t') || c == 0x7F)
			return false;
		text->text[to++] = c;
	}
	text->text[to] = '\0';
	text->len = to;
	return true;
}

enum err text_to_utf8(const uint8_t *bytes, size_t len, char **out, size_t *out_len, enum text_encoding *took)
{
	struct grow text = {.max = DOCUMENT_TEXT_MAX_BYTES};
	size_t mark;
	if (len > DOCUMENT_TEXT_MAX_BYTES)
		return ERR_TOO_LONG;
	enum text_encoding from = guess(bytes, len, &mark);
	enum err e;
	if (from == TEXT_UTF8) /* iconv lets pass what is no character; and it would be slower */
		e = utf8_valid((const char *)bytes + mark, len - mark) ? grow_put(&text, (const char *)bytes + mark, len - mark) : ERR_INVALID;
	else
		e = decode(from, bytes + mark, len - mark, false, &text);
	if (e == ERR_INVALID && (from == TEXT_GB18030 || from == TEXT_BIG5)) { /* something rare behind the sample */
		grow_clear(&text);
		from = from == TEXT_BIG5 ? TEXT_GB18030 : TEXT_BIG5;
		e = decode(from, bytes, len, false, &text);
	}
	if (e == ERR_OK && !tidy(&text))
		e = ERR_INVALID;
	if (e == ERR_OK)
		e = grow_take(&text, out, out_len);
	grow_clear(&text);
	if (e == ERR_OK)
		*took = from;
	return e;
}
