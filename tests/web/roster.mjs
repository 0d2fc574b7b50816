// The roster through a clerk's hands: people, groups, constituencies, files in and out, portraits, cards.
import { readFileSync, writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addUser, assert, office, sync } from "./harness.mjs";

const folder = mkdtempSync(join(tmpdir(), "dhk-roster-"));
const done = (page) => page.getByRole("status").innerText();

/** A camera's picture, made by the browser itself: somebody before a wall, off the middle. */
const picture = (page, width, height) => page.evaluate(([w, h]) => {
	const canvas = document.createElement("canvas");
	[canvas.width, canvas.height] = [w, h];
	const g = canvas.getContext("2d");
	const paint = (colour, ...path) => { g.fillStyle = colour; g.beginPath(); g.ellipse(...path, 0, 0, 7); g.fill(); };
	g.fillStyle = "#b8c8d4";
	g.fillRect(0, 0, w, h);
	paint("#28405c", w * .7, h * 1.02, h * .3, h * .36);
	paint("#e3b48d", w * .7, h * .45, h * .14, h * .18);
	paint("#2a2019", w * .7, h * .31, h * .15, h * .09);
	return canvas.toDataURL("image/jpeg", .9).split(",")[1];
}, [width, height]).then((data) => Buffer.from(data, "base64"));

await office(async ({ page, signIn, shot, phoneShot, step }) => {
	addUser("李办事", "clerk", "清荷乡的办事员们");
	await signIn("李办事", "清荷乡的办事员们");

	await step("the roster is found by initials, by group and by village", async () => {
		await page.getByLabel("栏目").getByRole("link", { name: "代表名册" }).click();
		await shot("roster");
		await phoneShot("roster-phone");
		await page.getByLabel("姓名、拼音首字母或电话").fill("zyl");
		await page.getByRole("button", { name: "查找" }).click();
		assert.equal(await page.getByRole("row").count(), 2);
		assert.match(await page.getByRole("row").nth(1).innerText(), /周玉兰/);
		await page.getByLabel("姓名、拼音首字母或电话").fill("");
		await page.getByLabel("代表小组").selectOption("第二代表小组");
		await page.getByLabel("村", { exact: true }).selectOption("新街村");
		await page.getByRole("button", { name: "查找" }).click();
		assert.match(await page.getByRole("table").innerText(), /李㛃/);
		assert.doesNotMatch(await page.getByRole("table").innerText(), /周玉兰/);
	});

	await step("a new deputy: what is wrong is told, what was typed stays", async () => {
		await page.getByLabel("栏目").getByRole("link", { name: "代表名册" }).click();
		await page.getByRole("link", { name: "新增代表" }).click();
		await page.getByLabel("姓名").fill("罗 敏");
		await page.getByLabel("性别").selectOption("女");
		await page.getByLabel("出生年月").fill("八几年");
		await page.getByLabel("层级").first().selectOption("乡");
		await page.getByLabel("选区", { exact: true }).first().fill("第二选区");
		await page.getByLabel("所辖村").first().fill("新街村、河沿村");
		await page.getByRole("button", { name: "保存" }).click();
		assert.match(await page.getByRole("alert").innerText(), /出生年月不对/);
		assert.equal(await page.getByLabel("所辖村").first().inputValue(), "新街村、河沿村");
		await page.getByLabel("出生年月").fill("1985年7月");
		await page.getByLabel("拼音首字母").fill("LM");
		await page.getByLabel("小组", { exact: true }).selectOption("第二代表小组");
		await shot("deputy-form");
		await phoneShot("deputy-form-phone");
		await page.getByRole("button", { name: "保存" }).click();
		assert.match(await done(page), /已列入名册/);
		assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "罗敏");
		assert.match(await page.getByRole("main").innerText(), /1985-07/);
	});

	await step("her ID number is registered, and shown nowhere", async () => {
		await page.getByLabel("身份证号").fill("990101198507020023");
		await page.getByRole("button", { name: "登记", exact: true }).click();
		assert.match(await page.getByRole("alert").innerText(), /身份证号不对/);
		await page.getByLabel("身份证号").fill("99010119850702002" + check("99010119850702002"));
		await page.getByRole("button", { name: "登记", exact: true }).click();
		assert.match(await done(page), /身份证已登记/);
		assert.doesNotMatch(await page.content(), /99010119850702/);
	});

	await step("an honour is noted, another taken down", async () => {
		for (const title of ["优秀人大代表", "写错的荣誉"]) {
			await page.getByLabel("日期").fill("2026-03");
			await page.getByLabel("荣誉", { exact: true }).fill(title);
			await page.getByLabel("授予单位").fill("县人大常委会");
			await page.getByRole("button", { name: "记下" }).click();
			assert.match(await done(page), /荣誉已记下/);
		}
		page.once("dialog", (dialog) => dialog.accept());
		await page.getByRole("row", { name: /写错的荣誉/ }).getByRole("button", { name: "撤下" }).click();
		assert.match(await done(page), /已撤下/);
		assert.equal(await page.getByText("写错的荣誉").count(), 0);
	});

	await step("her picture is dragged into its frame and taken", async () => {
		await page.getByRole("link", { name: "上传照片" }).click();
		await page.getByLabel("照片文件").setInputFiles({ name: "notes.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture") });
		await page.getByRole("button", { name: "上传" }).click();
		assert.match(await page.getByRole("alert").innerText(), /这不是认得的照片/);
		await page.getByLabel("照片文件").setInputFiles({ name: "IMG_0001.jpg", mimeType: "image/jpeg", buffer: await picture(page, 3000, 2000) });
		await page.getByRole("button", { name: "上传" }).click();
		await page.getByLabel("宽").fill("480");
		const frame = await page.locator("svg.cut rect").boundingBox();
		await page.mouse.move(frame.x + 20, frame.y + 20);
		await page.mouse.down();
		await page.mouse.move(frame.x + 240, frame.y + 90, { steps: 5 });
		await page.mouse.up();
		assert.ok(Number(await page.getByLabel("左边起").inputValue()) > 600);
		await page.getByRole("button", { name: "看看效果" }).click();
		await shot("portrait");
		await phoneShot("portrait-phone");
		await page.getByRole("button", { name: "采用" }).click();
		assert.match(await done(page), /照片已采用/);
		assert.ok(await page.getByAltText("罗敏的照片").evaluate((image) => image.naturalWidth === 480));
	});

	await step("her card is issued, printed, reported lost", async () => {
		await page.getByRole("link", { name: "发证、打印、挂失" }).click();
		await page.getByLabel("有效期").selectOption("三年");
		await page.getByRole("button", { name: "发证" }).click();
		assert.match(await done(page), /代表证已发/);
		const pdf = await page.request.get(await page.getByRole("link", { name: "下载并打印（PDF）" }).getAttribute("href"));
		assert.equal(pdf.headers()["content-type"], "application/pdf");
		writeFileSync(`${process.env.WEB_SHOTS}/card.pdf`, await pdf.body());
		await shot("card");
		page.once("dialog", (dialog) => dialog.accept());
		await page.getByRole("button", { name: "挂失" }).click();
		assert.match(await done(page), /已挂失/);
		await page.getByRole("link", { name: "罗敏" }).click();
		await shot("deputy");
		await phoneShot("deputy-phone");
	});

	await step("a group gets its officers and its linked members", async () => {
		await page.getByLabel("栏目").getByRole("link", { name: "代表名册" }).click();
		await page.getByLabel("名册", { exact: true }).getByRole("link", { name: "代表小组" }).click();
		await shot("groups");
		await phoneShot("groups-phone");
		await page.getByRole("link", { name: "第二代表小组" }).click();
		const chosen = await page.getByLabel("记录员").locator("option", { hasText: "罗敏" }).getAttribute("value");
		await page.getByLabel("记录员").selectOption(chosen);
		await page.getByLabel(/^周玉兰/).check();
		await page.getByLabel(/^沈怀远/).check();
		await page.getByRole("button", { name: "保存" }).click();
		assert.match(await done(page), /已保存/);
		await shot("group");
		await phoneShot("group-phone");
		assert.match(await page.getByRole("listitem").filter({ hasText: "罗敏" }).innerText(), /记录员/);
		assert.doesNotMatch(await page.getByRole("listitem").filter({ hasText: "孙𤦪" }).innerText(), /记录员/);
		await page.getByLabel("名册", { exact: true }).getByRole("link", { name: "代表小组" }).click();
		assert.match(await page.getByRole("row", { name: /第二代表小组/ }).innerText(), /周玉兰、沈怀远|沈怀远、周玉兰/);
	});

	await step("a constituency's new name reaches its deputies", async () => {
		await page.getByLabel("名册", { exact: true }).getByRole("link", { name: "选区" }).click();
		await shot("constituencies");
		await phoneShot("constituencies-phone");
		await page.getByRole("row", { name: /^乡 第二选区/ }).getByRole("link", { name: "第二选区", exact: true }).click();
		await page.getByLabel("名称").fill("城关选区");
		await page.getByLabel("代表名额").fill("12");
		await shot("constituency");
		await page.getByRole("button", { name: "保存" }).click();
		assert.match(await page.getByRole("row", { name: /城关选区/ }).innerText(), /\/ 12/);
		await page.getByRole("link", { name: "罗敏" }).click();
		assert.match(await page.getByRole("main").innerText(), /城关选区（新街村、河沿村）/);
	});

	let file;
	await step("the roster is exported", async () => {
		await page.getByLabel("栏目").getByRole("link", { name: "代表名册" }).click();
		const download = page.waitForEvent("download");
		await page.getByRole("link", { name: "导出 CSV" }).click();
		file = join(folder, (await download).suggestedFilename());
		await (await download).saveAs(file);
		assert.match(file, /代表名册-\d{4}-\d\d-\d\d\.csv$/);
	});

	await step("a file with bad rows names each, and does nothing", async () => {
		const lines = readFileSync(file, "utf8").trimEnd().split("\r\n");
		lines[3] = lines[3].replace(/"\d{4}-\d\d"/, '"不详"');
		writeFileSync(file + ".bad.csv", lines.join("\r\n"));
		await page.getByRole("link", { name: "导入名册" }).click();
		await page.getByLabel("名册文件").setInputFiles(file + ".bad.csv");
		await page.getByRole("button", { name: "上传并核对" }).click();
		assert.match(await page.getByRole("alert").innerText(), /1 处问题/);
		assert.match(await page.getByRole("row", { name: /第 4 行/ }).innerText(), /出生年月应当像/);
		await shot("import-bad");
	});

	await step("edited and imported: shown first, done as shown", async () => {
		let lines = readFileSync(file, "utf8").trimEnd().split("\r\n");
		lines = lines.map((line) => line.includes('"罗敏"') ? line.replace('"LM"', '"LMIN"').replace("新街村、河沿村", "新街村") : line)
			.filter((line) => !line.includes('"仇长林"') && !line.includes('"白玉莲"'));
		lines.push('"","新来的代表","男","汉族","1990-01","教师","城关选区","新街村","第二代表小组","副组长","乡","13811112222","XLDDB"');
		writeFileSync(file + ".new.csv", lines.join("\r\n"));
		await page.getByLabel("名册文件").setInputFiles(file + ".new.csv");
		await page.getByRole("button", { name: "上传并核对" }).click();
		const text = await page.getByRole("main").innerText();
		for (const part of [/现在还没有改动任何内容/, /拼音首字母：LM → LMIN/, /城关选区（新街村、河沿村） → 乡 城关选区（新街村）/, /新来的代表/, /副组长由新来的代表接任/])
			assert.match(text, part);
		await page.getByRole("row", { name: /仇长林/ }).getByRole("checkbox").check();
		await shot("import-preview");
		await phoneShot("import-preview-phone");
		await page.getByRole("button", { name: "确认导入" }).click();
		assert.match(await done(page), /名册已导入/);
		await page.getByLabel("姓名、拼音首字母或电话").fill("lmin");
		await page.getByRole("button", { name: "查找" }).click();
		assert.match(await page.getByRole("table").innerText(), /罗敏/);
		await page.goto("/roster?left=1");
		assert.match(await page.getByRole("table").innerText(), /仇长林/);
		await page.goto("/roster?q=" + encodeURIComponent("白玉莲"));
		assert.match(await page.getByRole("table").innerText(), /白玉莲/);
	});

	await step("who leaves is asked for first, and can come back", async () => {
		await page.goto("/roster?q=" + encodeURIComponent("罗敏"));
		await page.getByRole("link", { name: "罗敏" }).click();
		await page.getByRole("link", { name: "办理离任" }).click();
		await shot("leave");
		await page.getByRole("button", { name: "确认离任" }).click();
		assert.match(await done(page), /已办理离任/);
		await page.getByRole("link", { name: "核对并恢复" }).click();
		await page.getByRole("button", { name: "恢复" }).click();
		assert.match(await done(page), /已恢复/);
		await page.goto("/roster/cards");
		await shot("cards");
		sync(); // the kiosk takes it all in
	});
});

/** The last character of an ID number (ISO 7064 MOD 11-2). */
function check(first) {
	const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
	return "10X98765432"[[...first].reduce((sum, digit, i) => sum + Number(digit) * weights[i], 0) % 11];
}
