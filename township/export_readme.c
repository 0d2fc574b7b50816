/* README.txt of the export: what each file is, what is not there and why, how the chain is checked. */
#include <string.h>

#include "model/civil.h"
#include "township/export_internal.h"

static const char chain[] =
	"\n核对留痕\n"
	"audit.jsonl 每行是一个环节（JSON）。任何人都可以不靠本系统核对：\n"
	"1. text 是被签名的原文：JSON 数组 [n, at_ms, who, act, object, detail, prev]，与同一行里的各项相同。\n"
	"2. hash = BLAKE2b-256(text 的 UTF-8 字节)，写成十六进制。\n"
	"3. sig 是 Ed25519 签名，被签的内容是四个字母 DHT1 后面接 BLAKE2b-256(hash 的 32 个字节)；公钥在 audit-key.txt。\n"
	"4. 每行的 prev 等于上一行的 hash，第一行的 prev 是 32 个零字节；n 从 1 起不间断。\n"
	"有一行对不上，就是从那里起被改过。请把最后一行的 hash 另外抄存：有了它，连截短也看得出来。\n";

static void put_tables(FILE *file, const json_t *tables)
{
	const json_t *item;
	size_t i;
	fputs("\n表格（CSV，UTF-8，用 WPS、Excel 可以直接打开）\n", file);
	json_array_foreach (tables, i, item) {
		const struct export_table *t = export_table_find(json_string_value(item));
		if (t && !t->reason)
			fprintf(file, "%s.csv：%s\n", t->table, t->title);
	}
	fputs("以 = + - @ 开头的文字前面加了一个 '，免得表格软件当成公式。时间是北京时间。\n", file);
	fputs("\n没有做成表格的\n", file);
	json_array_foreach (tables, i, item) {
		const char *name = json_string_value(item);
		const struct export_table *t = export_table_find(name);
		if (!t)
			fprintf(file, "%s：这个版本的程序还不会导出它；备份（township backup）里有\n", name);
		else if (t->reason)
			fprintf(file, "%s（%s）：%s\n", name, t->title, t->reason);
	}
	fputs("表格里也没有：密码、登录凭据、终端的凭据、选民小票上的码。\n", file);
}

enum err export_readme(struct exporting *x, const json_t *tables)
{
	struct civil_time t = civil_from_ms(town_now_ms());
	FILE *file;
	enum err e = out_open(x, "README.txt", &file);
	if (e)
		return e;
	fprintf(file, "%s 人大代表之家：全部数据的导出\n导出时间 %04d-%02d-%02d %02d:%02d，程序版本 %s\n\n", x->town->township, t.date.year,
	        t.date.month, t.date.day, t.hour, t.minute, VERSION);
	if (x->opened)
		fputs("选民写的、画的、说的已经打开，任何人拿到这个文件夹都能看。请按保密要求保管，用完删掉。\n", file);
	else
		fputs("选民写的、画的、说的没有打开：表格里“封存，base64”的各列和 sealed 文件夹里的附件，要用 keys/seal.key 才能打开\n"
		      "（libsodium 的 crypto_box_seal_open）。要打开的导出，请用 township export --opened。\n",
		      file);
	put_tables(file, tables);
	fputs("\n文件夹\n"
	      "rules：各项制度的全文（.txt）\n"
	      "portraits：代表照片，文件名是代表编号\n"
	      "photos：活动照片（.jpg），文件名见 activity_photos.csv\n",
	      file);
	fputs(x->opened ? "attachments：选民的手迹（.svg，浏览器可以看）和录音（.ogg），文件名是反映的内部编号\n"
	                : "sealed：没有打开的附件，文件名是内容的 SHA-256\n",
	      file);
	fputs(chain, file);
	return out_close(file);
}
