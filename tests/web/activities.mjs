// An activity from the plan to the minutes: a clerk plans and publishes, the head lets a late one out, deputies sign in at a
// real kiosk, and what was wrong is corrected beside the record.
import { writeFileSync } from "node:fs";
import { addUser, assert, office, run, sync, township } from "./harness.mjs";

const env = process.env;
const room = (days) => new Date(Date.now() + 8 * 3600e3 + days * 86400e3).toISOString().slice(0, 10);

await office(async ({ page, signIn, shot, phoneShot, another, step }) => {
	addUser("李办事", "clerk", "清荷乡的办事员们");
	// One that goes on all day, so that its door is open whenever this runs.
	writeFileSync(`${env.WEB_KIOSK}/today.csv`, "编号,名称,类别,日期,开始,结束,地点,参加人员,签退\n" +
		"hui,乡镇人大主席团会议,会议,今天,00:00,23:59,三楼会议室,周玉兰（1排2号）、沈怀远、马建国、田永福,否\n");
	township("import", "activities", `${env.WEB_KIOSK}/today.csv`);
	sync();
	await signIn("李办事", "清荷乡的办事员们");

	await step("the year stands in one list", async () => {
		await page.getByRole("link", { name: "活动", exact: true }).click();
		await page.getByRole("heading", { name: "即将举行" }).waitFor();
		await shot("list");
		await phoneShot("list-phone");
	});

	await step("a plan: what, when, and whom by group and by name", async () => {
		await page.getByRole("link", { name: "计划新活动" }).click();
		await page.getByLabel("名称").fill("代表之家第四季度学习");
		await page.getByLabel("地点").fill("代表之家");
		await page.getByLabel("日期", { exact: true }).fill(room(9));
		await page.getByLabel("开始", { exact: true }).fill("14:30");
		await page.getByLabel("结束", { exact: true }).fill("17:00");
		await page.getByLabel("议程").fill("一、学习代表法\n二、讨论饮水工程");
		await page.getByLabel(/第二代表小组/).check();
		await page.getByLabel("逐个加入").fill("周玉兰、没有这个人");
		await page.getByRole("button", { name: "加入，继续修改" }).click();
		assert.match(await page.getByRole("alert").innerText(), /名册里没有“没有这个人”/);
		assert.equal(await page.getByLabel("名称").inputValue(), "代表之家第四季度学习");
		await page.getByLabel("逐个加入").fill("周玉兰、马建国");
		await page.getByRole("button", { name: "加入，继续修改" }).click();
		await page.getByLabel("周玉兰的座位").fill("1排1号");
		await page.getByLabel("周玉兰的顺序").fill("0");
		await page.getByLabel("把马建国移出名单").check();
		await shot("edit");
		await phoneShot("edit-phone");
		await page.getByRole("button", { name: "保存计划" }).click();
		assert.match(await page.getByRole("status").innerText(), /计划已保存/);
		const rows = page.locator("tbody tr");
		assert.match(await rows.first().innerText(), /周玉兰.*1排1号/s);
		assert.equal(await page.getByText("马建国").count(), 0);
		await shot("plan");
	});

	await step("published in time", async () => {
		await page.getByRole("button", { name: "公布" }).click();
		assert.match(await page.getByRole("status").innerText(), /已公布/);
		await page.getByText("提前天数够").waitFor();
		sync();
		sync();
	});

	await step("moved to another room: published again, the old kept", async () => {
		await page.getByRole("link", { name: "修改" }).click();
		await page.getByLabel("地点").fill("二楼会议室");
		await page.getByRole("button", { name: "重新公布" }).click();
		const history = await page.locator("ol.timeline").first().innerText();
		assert.match(history, /代表之家，邀请/);
		assert.match(history, /二楼会议室，邀请/);
		await shot("published");
		await phoneShot("published-phone");
	});

	await step("the proof is a sheet of paper", async () => {
		await page.getByRole("link", { name: "公布证明" }).click();
		await page.getByText("符合").waitFor();
		await page.getByText("大厅一号机").waitFor();
		await page.emulateMedia({ media: "print" });
		await shot("proof");
		await page.pdf({ path: `${env.WEB_SHOTS}/proof.pdf`, format: "A4" });
		await page.emulateMedia({ media: null });
		await phoneShot("proof-phone");
	});

	await step("too late: not by the clerk, by the head with a reason", async () => {
		await page.goto("/activities/new");
		await page.getByLabel("名称").fill("防汛部署会");
		await page.getByLabel("类别").selectOption("会议");
		await page.getByLabel("日期", { exact: true }).fill(room(1));
		await page.getByLabel("全体代表").check();
		await page.getByRole("button", { name: "保存计划" }).click();
		await page.getByText("提前的天数不足").waitFor();
		assert.equal(await page.getByRole("button", { name: "公布" }).count(), 0);
		const head = await another();
		await signIn("office", env.WEB_PASSWORD, head);
		await head.goto(page.url());
		await head.getByLabel("提前天数不足的原因").fill("气象台发布暴雨红色预警");
		await shot("late", head);
		await head.getByRole("button", { name: "公布" }).click();
		assert.match(await head.getByRole("status").innerText(), /已公布/);
		assert.match(await head.locator("ol.timeline").innerText(), /暴雨红色预警/);
	});

	const people = {};
	await step("sign-ins show as they come", async () => {
		await page.goto("/activities");
		await page.getByRole("link", { name: "乡镇人大主席团会议" }).click();
		const meeting = decodeURIComponent(new URL(page.url()).pathname.split("/").pop());
		for (const link of await page.locator("tbody th a").all())
			people[await link.innerText()] = decodeURIComponent((await link.getAttribute("href")).split("/").pop());
		await page.getByRole("link", { name: "看实时签到" }).click();
		await page.getByText("还没有人签到").waitFor();
		const plain = await another({ javaScriptEnabled: false });
		await signIn("李办事", "清荷乡的办事员们", plain);
		await plain.goto(page.url());
		run("sign_in", ["--data", env.WEB_KIOSK, "in", meeting, people["沈怀远"], "card"]);
		sync();
		await page.getByRole("rowheader", { name: "沈怀远" }).waitFor();
		await plain.getByRole("rowheader", { name: "沈怀远" }).waitFor(); // without scripts too
		run("sign_in", ["--data", env.WEB_KIOSK, "in", meeting, people["周玉兰"], "card"]);
		run("sign_in", ["--data", env.WEB_KIOSK, "in", meeting, people["田永福"], "card"]);
		sync();
		await page.getByText("已够法定人数").waitFor();
		await shot("live");
		await phoneShot("live-phone");
	});

	await step("corrected with a reason, beside the record", async () => {
		await page.goto("/activities");
		await page.getByRole("link", { name: "乡镇人大主席团会议" }).click();
		await page.getByRole("link", { name: "马建国" }).click();
		await page.getByLabel("应当计为").selectOption("到会");
		await page.getByLabel("原因").fill("忘带身份证，到场后当面核实");
		await shot("person");
		await page.getByRole("button", { name: "更正" }).click();
		assert.match(await page.getByRole("status").innerText(), /已更正/);
		assert.match(await page.locator("dl.facts").innerText(), /没有签到[\s\S]*到会[\s\S]*当面核实/);
		await page.getByRole("link", { name: "乡镇人大主席团会议" }).click();
		await page.getByText("更正后实到 4 人").waitFor();
	});

	await step("minutes are written, and final", async () => {
		await page.getByRole("link", { name: "写纪要" }).click();
		await page.getByLabel("纪要").fill("会议听取了饮水工程进展的报告。\n\n会议决定：十二月组织一次视察。");
		await page.getByLabel("记录人").fill("周玉兰");
		await page.getByRole("button", { name: "保存草稿" }).click();
		await shot("minutes");
		page.once("dialog", (dialog) => dialog.accept());
		await page.getByRole("button", { name: "保存并定稿" }).click();
		assert.match(await page.getByRole("status").innerText(), /已定稿/);
		await page.getByLabel("写补充").fill("视察的日期定为十二月十日。");
		await page.getByRole("button", { name: "加补充" }).click();
		await page.getByText("视察的日期定为十二月十日。").waitFor();
		await page.getByRole("link", { name: "乡镇人大主席团会议" }).click();
	});

	await step("photographs are sent, small, and one is taken out again", async () => {
		const picture = await page.evaluate(async () => {
			const canvas = document.createElement("canvas");
			canvas.width = 2400;
			canvas.height = 1600;
			const context = canvas.getContext("2d");
			for (let y = 0; y < 1600; y += 40) {
				context.fillStyle = `hsl(${y / 8}, 60%, 60%)`;
				context.fillRect(0, y, 2400, 40);
			}
			const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
			return Array.from(new Uint8Array(await blob.arrayBuffer()));
		});
		const file = (name) => ({ name, mimeType: "image/jpeg", buffer: Buffer.from(picture) });
		await page.getByRole("link", { name: "加照片" }).click();
		await page.getByLabel("照片", { exact: true }).setInputFiles([file("一.jpg"), file("二.jpg")]);
		await page.getByLabel("说明", { exact: true }).first().fill("主席团会议会场");
		await page.getByRole("button", { name: "加上照片" }).click();
		assert.equal(await page.locator("figure img").count(), 2);
		const size = await page.locator("figure img").first().evaluate(async (img) => { await img.decode(); return [img.naturalWidth, img.naturalHeight]; });
		assert.deepEqual(size, [1600, 1066]);
		await page.getByText("撤下", { exact: true }).last().click();
		await page.getByLabel("为什么撤下").last().fill("重复");
		await shot("photos");
		await phoneShot("photos-phone");
		await page.getByRole("button", { name: "撤下照片" }).last().click();
		assert.equal(await page.locator("figure img").count(), 1);
		await page.getByText("重复").waitFor();
		await page.getByRole("link", { name: "乡镇人大主席团会议" }).click();
		await page.getByAltText("主席团会议会场").scrollIntoViewIfNeeded();
		await shot("activity");
		await phoneShot("activity-phone");
	});

	await step("the roll prints what was recorded and what it counts as", async () => {
		await page.getByRole("link", { name: "打印签到表" }).click();
		assert.match(await page.getByRole("row", { name: /马建国/ }).innerText(), /到会（更正：忘带身份证/);
		await page.emulateMedia({ media: "print" });
		await shot("roll");
		await page.emulateMedia({ media: null });
	});

	await step("called off: asked once more, and written on it", async () => {
		await page.goto("/activities");
		await page.getByRole("link", { name: "代表之家第四季度学习" }).click();
		page.once("dialog", (dialog) => dialog.dismiss());
		await page.getByRole("button", { name: "取消活动" }).click();
		assert.equal(await page.getByRole("button", { name: "取消活动" }).count(), 1);
		page.once("dialog", (dialog) => dialog.accept());
		await page.getByRole("button", { name: "取消活动" }).click();
		assert.match(await page.getByRole("status").innerText(), /活动已取消/);
	});
});
