// What voters said at a real kiosk: found, read, worked, answered; sent back by the voter, and answered again.
import { addUser, assert, office, submit, sync, tool, township } from "./harness.mjs";

await office(async ({ page, signIn, shot, phoneShot, another, step }) => {
	addUser("李办事", "clerk", "清荷乡的办事员们");
	addUser("王看看", "readonly", "只看不改的账号呀");
	const slips = submit(4, "--ink");
	sync();
	const [code, receipt, id] = slips[0];
	await signIn("李办事", "清荷乡的办事员们");

	await step("the front page says what waits", async () => {
		await page.waitForURL((url) => url.pathname === "/");
		assert.match(await page.locator(".tiles").innerText(), /10\s*待受理/);
		await shot("front");
		await phoneShot("front-phone");
	});
	await step("the list is filtered and searched in full text", async () => {
		await page.getByRole("link", { name: "群众反映" }).click();
		assert.equal(await page.locator("tbody tr").count(), 10);
		await page.getByLabel("找内容").fill("积水");
		await page.getByRole("button", { name: "查找" }).click();
		await page.waitForURL(/q=/);
		const found = await page.locator("tbody tr").count();
		assert.ok(found > 0 && found < 10, `${found} found`);
		await page.getByLabel("状态").selectOption("closed");
		await page.getByRole("button", { name: "查找" }).click();
		await page.getByText("没有符合的").waitFor();
		await page.getByRole("link", { name: "全部", exact: true }).click();
		await shot("list");
		await phoneShot("list-phone");
	});
	await step("one is opened: words and ink", async () => {
		await page.getByRole("link", { name: receipt }).click();
		await page.locator("img.ink").waitFor();
		assert.ok(await page.locator("img.ink").evaluate((img) => img.complete && img.naturalWidth > 0), "the ink is a picture");
		assert.match(await page.locator(".words").first().innerText(), /积水|自来水|路灯|津贴/);
		await shot("case");
		await phoneShot("case-phone");
	});
	await step("accepting needs nothing; a deputy who is not there is told, and what was typed stays", async () => {
		await page.getByText("受理", { exact: true }).first().click();
		await page.getByRole("button", { name: "受理", exact: true }).click();
		assert.match(await page.getByRole("status").innerText(), /已记入/);
		await page.getByText("交给代表办理").click();
		await page.getByLabel("代表的姓名或编号").fill("没有这个人");
		await page.locator("#f-text-assign").fill("请到现场看看");
		await page.getByRole("button", { name: "交给这位代表" }).click();
		assert.match(await page.getByRole("alert").innerText(), /没有这位代表/);
		assert.equal(await page.locator("#f-text-assign").inputValue(), "请到现场看看");
		await shot("case-wrong");
		await page.getByLabel("代表的姓名或编号").fill("马建国");
		await page.getByRole("button", { name: "交给这位代表" }).click();
		await page.getByText("代表在办").first().waitFor();
	});
	await step("it goes to an office, is extended once with consent, and then no more", async () => {
		await page.getByText("交办：转交政府部门").click();
		await page.getByLabel("承办单位").fill("乡水利站");
		await page.getByRole("button", { name: "交办", exact: true }).click();
		await page.getByText("部门在办").first().waitFor();
		await page.getByText("延期一次（一个月）").click();
		await page.getByLabel("主席团的同意").fill("2026年11月20日主席团会议同意");
		await page.getByRole("button", { name: "延期", exact: true }).click();
		await page.getByText("已延期一次").waitFor();
		assert.equal(await page.getByText("延期一次（一个月）").count(), 0);
	});
	await step("a talk and an answer are written down", async () => {
		await page.getByText("记录面谈").click();
		await page.getByLabel("谈了什么").fill("<b>同意</b>下周开工 & 先疏通");
		await page.getByRole("button", { name: "记下这次面谈" }).click();
		await page.getByText("书面答复").click();
		await page.locator("#f-text-answer").fill("排水沟已经列入计划。\n下周一开工。");
		await page.getByRole("button", { name: "答复", exact: true }).click();
		await page.getByText("已答复").first().waitFor();
		assert.match(await page.locator("ol.timeline").innerText(), /<b>同意<\/b>下周开工 & 先疏通/);
		await shot("case-answered");
	});
	await step("the voter's slip reads it at the kiosk, and sends it back", async () => {
		sync();
		assert.match(tool("--show", code), /排水沟已经列入计划/);
		tool("--rate", code, "unsatisfied", "只说计划，没有日子");
		sync();
		await page.reload();
		await page.getByText("重新办理").first().waitFor();
		assert.match(await page.locator("main").innerText(), /只说计划，没有日子/);
		assert.match(await page.locator("main").innerText(), /第 2 轮/);
		await shot("case-redo");
	});
	await step("answered again, it is sent back by the deputy, and answered a third time", async () => {
		for (const words of ["周一开工。", "今天已经修好，请看看。"]) {
			await page.getByText("书面答复").click();
			await page.locator("#f-text-answer").fill(words);
			await page.getByRole("button", { name: "答复", exact: true }).click();
			await page.getByText("已答复").first().waitFor();
			if (words === "周一开工。") {
				await page.getByText("不满意，退回重新办理").click();
				await page.getByLabel("谁不满意").selectOption("deputy");
				await page.getByLabel("为什么").fill("现场没有动工");
				await page.getByRole("button", { name: "退回重新办理" }).click();
				assert.match(await page.getByRole("status").innerText(), /已退回/);
			}
		}
		sync();
		tool("--rate", code, "satisfied");
		sync();
		await page.reload();
		await page.getByText("已办结").first().waitFor();
		assert.equal(await page.locator("details").filter({ hasText: "书面答复" }).count(), 0, "nothing more to do");
	});
	await step("the most urgent of the others is one touch away, and back", async () => {
		const here = page.url().split("?")[0];
		await page.getByRole("link", { name: /下一件急的/ }).click();
		assert.notEqual(page.url(), here);
		await page.goto(here);
	});
	await step("its village is put right", async () => {
		await page.getByText("是哪个村的事").click();
		await page.getByLabel("村", { exact: true }).selectOption({ index: 1 });
		await page.getByRole("button", { name: "记下", exact: true }).click();
		assert.match(await page.getByRole("status").innerText(), /哪个村/);
	});
	await step("who only reads is offered nothing to do, and may not", async () => {
		const reader = await another();
		await signIn("王看看", "只看不改的账号呀", reader);
		await reader.goto(`/cases/${id}`);
		assert.equal(await reader.getByText("可以办的").count(), 0);
		const reply = await reader.request.post(`/cases/${id}/steps`, { form: { step: "accept" } });
		assert.equal(reply.status(), 403);
	});
	await step("who opened it stands in the chain", async () => {
		assert.match(township("verify"), /audit|审计|good|完好/i);
	});
});
