// Rules of the house: pasted, looked through, mended, taken in, edited, hung up, put in order, taken down; a real kiosk follows.
import { execFileSync } from "node:child_process";
import { addUser, assert, office, sync } from "./harness.mjs";

const paper = `青禾乡人大代表之家规章制度

（2026年修订）

一、代表联络员职责
第一条 联络员管理代表之家的日常事务。第二条 联络员做好登记。
第四条 联络员按时上报。

二、代表之家文明公约
（一）爱护公物；
1、不损坏桌椅
（二）保持整洁。
青禾乡人大主席团
2026年3月1日

代表之家简介
一、代表之家建于2019年。
二、每周一到周五开放。
`;



await office(async ({ page, signIn, shot, phoneShot, step }) => {
	addUser("李办事", "clerk", "清荷乡的办事员们");
	await signIn("李办事", "清荷乡的办事员们");

	await step("the wall is listed in its order", async () => {
		await page.getByRole("link", { name: "制度", exact: true }).click();
		await page.getByRole("heading", { name: "墙上的制度" }).waitFor();
		assert.equal(await page.locator("tbody tr").count(), 15);
		await shot("wall");
		await phoneShot("wall-phone");
	});
	await step("what is no document says so, and nothing is lost", async () => {
		await page.getByRole("link", { name: "粘贴或上传文件" }).click();
		await shot("import");
		await phoneShot("import-phone");
		await page.getByRole("button", { name: "拆分看看" }).click();
		assert.match(await page.getByRole("alert").innerText(), /没有文字/);
		await page.getByLabel("粘贴制度的全文").fill("只有一段话，没有标题。");
		await page.getByRole("button", { name: "拆分看看" }).click();
		assert.match(await page.getByRole("alert").innerText(), /没有找到制度/);
		assert.equal(await page.getByLabel("粘贴制度的全文").inputValue(), "只有一段话，没有标题。");
		await shot("import-wrong");
		await page.getByLabel("粘贴制度的全文").fill("");
		await page.getByLabel("或者选一个文件").setInputFiles({ name: "旧制度.doc", mimeType: "application/msword",
			buffer: Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), Buffer.alloc(600)]) });
		await page.getByRole("button", { name: "拆分看看" }).click();
		assert.match(await page.getByRole("alert").innerText(), /另存为 Word 文档/);
	});
	await step("a paper is split, and says where it was unsure", async () => {
		await page.getByLabel("或者选一个文件").setInputFiles({ name: "制度.txt", mimeType: "text/plain", buffer: Buffer.from(paper) });
		await page.getByRole("button", { name: "拆分看看" }).click();
		await page.getByRole("heading", { name: "拆成 3 项制度" }).waitFor();
		const doubts = await page.locator("table").innerText();
		for (const words of [/几条连在一行/, /接不上/, /落款或日期/, /当作一项制度的名称/]) assert.match(doubts, words);
		await page.getByText("看正文").first().click();
		await shot("preview");
		await phoneShot("preview-phone");
	});
	await step("it is mended in the text and split again", async () => {
		const text = page.getByLabel("全文");
		await text.fill((await text.inputValue()).replace("第四条", "第三条"));
		await page.getByRole("button", { name: "重新拆分" }).click();
		await page.getByRole("heading", { name: "拆成 3 项制度" }).waitFor();
		assert.equal(await page.getByText("接不上").count(), 0);
	});
	await step("what is chosen is taken in as drafts", async () => {
		await page.getByLabel("代表之家简介").uncheck();
		await page.getByRole("button", { name: "取入选中的，存为草稿" }).click();
		assert.match(await page.getByRole("status").innerText(), /已取入，存为草稿/);
		const drafts = page.locator("table").first();
		assert.equal(await drafts.locator("tbody tr").count(), 2);
		assert.match(await drafts.innerText(), /代表联络员职责\s+3\s+/);
		await shot("drafts");
		await phoneShot("drafts-phone");
	});
	await step("a draft is edited, with a wrong turn on the way", async () => {
		await page.getByRole("link", { name: "代表之家文明公约" }).click();
		await shot("draft");
		await page.getByRole("link", { name: "修改" }).click();
		await page.getByLabel("名称").fill("代表学习制度");
		await page.getByLabel("正文").fill("一、爱护公物\n二、保持整洁\n三、轻声说话");
		await shot("edit");
		await page.getByRole("button", { name: "保存草稿" }).click();
		assert.match(await page.getByRole("alert").innerText(), /已经有一项“代表学习制度”/);
		assert.match(await page.getByLabel("正文").inputValue(), /轻声说话/);
		await page.getByLabel("名称").fill("文明公约");
		await page.getByRole("button", { name: "保存草稿" }).click();
		assert.match(await page.getByRole("status").innerText(), /草稿已保存/);
		await page.getByText("共 3 条").waitFor();
	});
	await step("all are published, put in order, and one is taken down", async () => {
		await page.getByRole("link", { name: "规章制度" }).first().click();
		page.once("dialog", (dialog) => dialog.accept());
		await page.getByRole("button", { name: /全部公布/ }).click();
		assert.match(await page.getByRole("status").innerText(), /已公布/);
		assert.equal(await page.locator("tbody tr").count(), 17);
		await page.getByRole("button", { name: "上移“文明公约”" }).click();
		assert.match(await page.getByRole("status").innerText(), /次序已改/);
		await page.locator("tbody tr").first().getByRole("link").click();
		await shot("rule");
		await phoneShot("rule-phone");
		await page.emulateMedia({ media: "print" });
		await shot("rule-print");
		await page.emulateMedia({ media: "screen" });
		page.once("dialog", (dialog) => dialog.accept());
		await page.getByRole("button", { name: "从墙上撤下" }).click();
		assert.match(await page.getByRole("status").innerText(), /文字留作草稿/);
		await shot("withdrawn");
	});
	await step("a kiosk shows the wall as it is", async () => {
		const wall = (await page.locator("table").last().locator("tbody tr td:nth-child(2)").allInnerTexts()).map((title) => title.trim());
		sync();
		const look = "import json, sqlite3, sys; base = sqlite3.connect(sys.argv[1])\n" +
			"print(json.dumps([t for (t,) in base.execute('SELECT title FROM rules ORDER BY position, id')]))";
		const there = JSON.parse(execFileSync("python3", ["-c", look, `${process.env.WEB_KIOSK}/kiosk.db`], { encoding: "utf8" }));
		assert.deepEqual(there, wall);
		assert.deepEqual(there.slice(-2), ["文明公约", "代表联络员职责"]);
	});
});
