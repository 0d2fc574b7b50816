#include "documents/kind.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "documents/package.h"

static bool begins(const uint8_t *bytes, size_t len, const char *magic, size_t n)
{
	return len >= n && memcmp(bytes, magic, n) == 0;
}

#define BEGINS(magic) begins(bytes, len, magic, sizeof(magic) - 1)

/* Whether the text begins like markup, behind blanks and a byte order mark. */
static bool is_markup(const uint8_t *bytes, size_t len)
{
	static const char *const heads[] = {"<html", "<!doctype", "<?xml", "<table", "<head", "<meta"};
	size_t i = BEGINS("\xEF\xBB\xBF") ? 3 : 0;
	while (i < len && isspace(bytes[i]))
		i++;
	for (size_t h = 0; h < sizeof heads / sizeof heads[0]; h++)
		if (len - i >= strlen(heads[h]) && strncasecmp((const char *)bytes + i, heads[h], strlen(heads[h])) == 0)
			return true;
	return false;
}

static enum document_kind zip_kind(const uint8_t *bytes, size_t len)
{
	struct package *package;
	enum document_kind kind = DOCUMENT_ZIP;
	if (package_open(bytes, len, &package) != ERR_OK)
		return DOCUMENT_ZIP;
	if (package_has(package, "xl/workbook.xml"))
		kind = DOCUMENT_XLSX;
	else if (package_has(package, "word/document.xml"))
		kind = DOCUMENT_DOCX;
	else if (package_has(package, "xl/workbook.bin"))
		kind = DOCUMENT_XLSB;
	else if (package_has(package, "mimetype"))
		kind = DOCUMENT_OPEN;
	package_close(package);
	return kind;
}

enum document_kind document_kind(const uint8_t *bytes, size_t len)
{
	static const char encrypted[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
	if (len == 0)
		return DOCUMENT_EMPTY;
	if (len > DOCUMENT_MAX_BYTES)
		return DOCUMENT_BIG;
	if (BEGINS("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
		return memmem(bytes, len, encrypted, sizeof encrypted - 1) ? DOCUMENT_ENCRYPTED : DOCUMENT_OLE;
	if (BEGINS("PK\x03\x04") || BEGINS("PK\x05\x06"))
		return zip_kind(bytes, len);
	if (BEGINS("Rar!\x1A\x07") || BEGINS("7z\xBC\xAF\x27\x1C") || BEGINS("\x1F\x8B"))
		return DOCUMENT_ZIP;
	if (BEGINS("%PDF-"))
		return DOCUMENT_PDF;
	if (BEGINS("\x89PNG") || BEGINS("\xFF\xD8\xFF") || BEGINS("GIF8") || BEGINS("II*\0"))
		return DOCUMENT_PICTURE;
	if (BEGINS("{\\rtf"))
		return DOCUMENT_RTF;
	return is_markup(bytes, len) ? DOCUMENT_MARKUP : DOCUMENT_PLAIN;
}

enum err document_refuse(enum document_kind kind, bool table, struct document_note *note)
{
	const char *say, *as = table ? "Excel 工作簿（.xlsx）" : "Word 文档（.docx）";
	enum err e = ERR_UNSUPPORTED;
	switch (kind) {
	case DOCUMENT_EMPTY:
		say = "文件是空的，请换一个文件。";
		e = ERR_INVALID;
		break;
	case DOCUMENT_BIG:
		say = "文件太大（最多 8 MB），请去掉图片或分成几个文件。";
		e = ERR_TOO_LONG;
		break;
	case DOCUMENT_ENCRYPTED:
		say = "文件设了打开密码，请先去掉密码再上传。";
		break;
	case DOCUMENT_XLSX:
		say = "这是一个表格。这里要的是文章，请换成 Word 文档（.docx）或文本文件。";
		break;
	case DOCUMENT_DOCX:
		say = "这是一篇文章。这里要的是表格，请换成 Excel 工作簿（.xlsx）或 CSV 文件。";
		break;
	case DOCUMENT_ZIP:
		say = "文件是压缩包或已损坏，打不开。请先解压，或重新保存后再试。";
		e = ERR_INVALID;
		break;
	case DOCUMENT_PICTURE:
		say = "这是一张图片，里面的文字读不出来。";
		break;
	case DOCUMENT_PDF:
		say = "这是 PDF，里面的文字不好读准。";
		break;
	case DOCUMENT_OLE:
		say = "这是 2007 年以前的旧格式（.xls、.doc、.et 或 .wps）。";
		break;
	case DOCUMENT_MARKUP:
		say = "这其实是网页或 XML，只是名字像表格。";
		break;
	default:
		say = "这种文件读不了。";
		break;
	}
	bool again = kind == DOCUMENT_PICTURE || kind == DOCUMENT_PDF || kind == DOCUMENT_OLE || kind == DOCUMENT_MARKUP ||
	             kind == DOCUMENT_XLSB || kind == DOCUMENT_OPEN || kind == DOCUMENT_RTF;
	if (again)
		snprintf(note->text, sizeof note->text, "%s请在电脑上打开它，另存为 %s，再上传。", say, as);
	else
		snprintf(note->text, sizeof note->text, "%s", say);
	return e;
}
