// A deputy at the phone: signs in, sees the year, asks for leave, opens what was given, records the talk, sends an answer back.
import { addUser, assert, office } from "./harness.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

await office(async ({ page, signIn, shot, phoneShot, another, step }) => {
	let phone, receipt;
	const name = "周玉兰";
	await signIn();
	await step("the office gives a complaint to a deputy", async () => {
		await page.goto("/cases");
		await page.locator("tbody a").first().click();
		receipt = (await page.getByRole("heading", { level: 1 }).innerText()).replace("受理号 ", "");
		const open = async (summary) => {
			const part = page.locator("details", { has: page.locator("summary", { hasText: summary }) }).first();
			await part.locator("summary").click();
			return part;
		};
		await (await open("受理")).getByRole("button", { name: "受理" }).click();
		const assign = await open("交给代表办理");
		await assign.getByLabel("代表的姓名或编号").fill(name);
		await assign.getByRole("button", { name: "交给这位代表" }).click();
		addUser("代表甲", "deputy", "荷塘月色 1927", "--deputy", name);
	});
	await step("the deputy signs in on the phone", async () => {
		phone = await another(PHONE);
		await signIn("代表甲", "荷塘月色 1927", phone);
		await phone.waitForURL(/\/me$/);
		assert.equal(await phone.getByRole("heading", { level: 1 }).innerText(), `${name} 代表`);
		assert.ok(await phone.evaluate(() => document.documentElement.scrollWidth) <= 390);
		await shot("me", phone);
	});
	await step("leave is asked for", async () => {
		const leave = phone.locator("details", { has: phone.locator("summary", { hasText: "请假" }) });
		assert.ok(await leave.count() > 0, "the demo site has an activity ahead");
		await leave.first().locator("summary").click();
		await leave.first().getByLabel("原因").selectOption({ index: 1 });
		await shot("leave", phone);
		await leave.first().getByRole("button", { name: "提交请假" }).click();
		assert.match(await phone.getByRole("status").innerText(), /已提交请假/);
		const given = page.url();
		await page.goto("/");
		await page.getByRole("link", { name: "1 份请假等批准" }).click();
		assert.match(await page.getByRole("main").innerText(), new RegExp(name));
		await page.goto(given);
	});
	await step("what was given is read, and the talk recorded", async () => {
		await phone.getByRole("link", { name: receipt }).click();
		assert.ok(await phone.getByText("要保密").isVisible());
		const ink = phone.locator("img.ink").first();
		await ink.scrollIntoViewIfNeeded();
		await phone.waitForFunction((i) => i.complete && i.naturalWidth > 0, await ink.elementHandle());
		await shot("case", phone);
		await phone.getByLabel("和反映人谈了什么").fill("今天上午在村委会谈了，先修村口这一段。");
		await phone.getByRole("button", { name: "记下来" }).click();
		assert.match(await phone.getByRole("status").innerText(), /面谈已记下/);
		assert.ok(await phone.getByText("先修村口这一段").isVisible());
	});
	await step("an answer that does not satisfy goes back", async () => {
		await page.reload();
		const form = page.locator("details", { has: page.locator("summary", { hasText: "书面答复" }) }).first();
		if (!(await form.evaluate((d) => d.open))) await form.locator("summary").click();
		await form.getByLabel("答复", { exact: true }).fill("已经安排，月底前修好。");
		await form.getByRole("button", { name: "答复" }).click();
		await phone.reload();
		assert.ok(await phone.getByText("月底前修好").isVisible());
		await phone.getByLabel("哪里不满意").fill("没有说修哪一段。");
		await shot("send-back", phone);
		phone.once("dialog", (dialog) => dialog.accept());
		await phone.getByRole("button", { name: "退回重新办理" }).click();
		assert.match(await phone.getByRole("status").innerText(), /已退回重新办理/);
		await page.reload();
		assert.ok(await page.getByText("没有说修哪一段").first().isVisible());
	});
	await step("every sign-in of the year", async () => {
		await phone.goto("/me/activities");
		await shot("activities", phone);
		assert.ok(await phone.evaluate(() => document.documentElement.scrollWidth) <= 390);
	});
	await step("nothing of the office's is there", async () => {
		await phone.goto("/cases");
		await shot("refused", phone);
		assert.ok(await phone.getByText("没有这个权限").first().isVisible());
		await phone.getByRole("link", { name: "回到首页" }).click();
		assert.match(phone.url(), /\/me$/);
		await phone.goto("/account");
		await shot("account", phone);
	});
});
