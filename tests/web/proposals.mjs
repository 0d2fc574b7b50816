// A clerk enters what deputies handed in, and works it to its end: too few sign a motion, the answer waits for the talk, the
// author is not satisfied, and it goes round once more.
import { addUser, assert, office } from "./harness.mjs";

const NAMES = ["田永福", "郭小梅", "康守义", "石彩霞"];
/** The room's date so many days from now. */
const day = (days) => new Date(Date.now() + (8 * 3600 + days * 86400) * 1000).toISOString().slice(0, 10);

await office(async ({ page, signIn, shot, phoneShot, another, step }) => {
	addUser("李办事", "clerk", "清荷乡的办事员们");
	addUser("王看看", "readonly", "只看不改的账号呀");
	const open = (title) => page.locator("summary", { hasText: title }).click();
	await signIn("李办事", "清荷乡的办事员们");

	await step("a congress is entered with its dates", async () => {
		await page.getByRole("link", { name: "建议议案" }).click();
		await page.getByText("还没有登记建议、议案").waitFor();
		await page.getByRole("link", { name: "会议和议案截止日期" }).click();
		await page.getByLabel("会议名称").fill("第十九届人民代表大会第三次会议");
		await page.getByLabel("开幕日期").fill(day(-30));
		await page.getByLabel("闭幕日期").fill(day(-31));
		await page.getByRole("button", { name: "登记会议" }).click();
		assert.match(await page.getByRole("alert").innerText(), /日期的先后不对/);
		assert.equal(await page.getByLabel("会议名称").inputValue(), "第十九届人民代表大会第三次会议");
		await page.getByLabel("闭幕日期").fill(day(-28));
		await page.getByLabel("议案截止日期").fill(day(-29));
		await page.getByRole("button", { name: "登记会议" }).click();
		assert.match(await page.getByRole("status").innerText(), /已保存/);
		await shot("congresses");
		await phoneShot("congresses-phone");
	});
	await step("a motion of three is refused, and nothing typed is lost", async () => {
		await page.getByRole("link", { name: "« 建议议案" }).click();
		await page.getByRole("link", { name: "登记一件" }).click();
		await shot("new");
		await page.getByLabel("类别").selectOption("议案");
		await page.getByLabel("会议").selectOption("第十九届人民代表大会第三次会议");
		await page.getByLabel("提出日期").fill(day(-30));
		await page.getByLabel("标题").fill("关于加快修建乡村公路排水沟的议案");
		await page.getByLabel("正文").fill("案由：进村公路两侧没有排水沟，雨后积水。\n\n方案：今年汛期前，分三段修建，经费列入年度预算。");
		await page.getByLabel("领衔代表").fill("马建国");
		await page.getByLabel("联名代表").fill(NAMES.slice(0, 2).join("、"));
		await page.getByRole("button", { name: "登记", exact: true }).click();
		assert.match(await page.getByRole("alert").innerText(), /至少 5 位代表联名（含领衔代表），现在是 3 位/);
		assert.equal(await page.getByLabel("类别").inputValue(), "motion");
		assert.match(await page.getByLabel("正文").inputValue(), /分三段修建/);
		await shot("new-refused");
		await phoneShot("new-refused-phone");
		await page.getByLabel("联名代表").fill(NAMES.join("\n"));
		await page.getByRole("button", { name: "登记", exact: true }).click();
		await page.getByRole("heading", { name: /议案第1号/ }).waitFor();
		assert.match(await page.locator("dl.facts").first().innerText(), /共 5 人/);
	});
	await step("it becomes a suggestion by the presidium's word, and is passed on", async () => {
		await open("议案改为建议");
		await page.locator("#f-text-convert").fill("主席团决定，作为建议办理");
		await page.getByRole("button", { name: "改为建议" }).click();
		await page.getByRole("heading", { name: /建议第1号/ }).waitFor();
		await open("交办：转交政府办理");
		await page.getByLabel("承办单位").fill("乡交通和水利办公室");
		await page.getByLabel("交办日期").fill(day(-20));
		await page.getByRole("button", { name: "交办", exact: true }).click();
		await page.getByRole("heading", { name: "办理中" }).waitFor();
		await shot("transferred");
	});
	await step("no answer before the talk; an extension needs the presidium", async () => {
		assert.equal(await page.locator("summary", { hasText: "书面答复" }).count(), 0);
		await page.getByText("记录当面沟通以后，才能登记书面答复").waitFor();
		await open("延期一次");
		await page.getByLabel("哪次主席团会议同意").fill("主席团第八次会议");
		await page.getByLabel("新的答复期限").fill(day(365));
		await page.getByRole("button", { name: "延期", exact: true }).click();
		assert.match(await page.getByRole("alert").innerText(), /最晚/);
		assert.equal(await page.getByLabel("哪次主席团会议同意").inputValue(), "主席团第八次会议");
		await shot("extend-refused");
		await page.getByLabel("新的答复期限").fill(day(80));
		await page.getByRole("button", { name: "延期", exact: true }).click();
		await page.getByText("本轮已延期一次").waitFor();
		await open("记录当面沟通");
		await page.getByLabel("沟通情况").fill("到进村公路现场看过，同意分段施工。");
		await page.getByRole("button", { name: "记下这次沟通" }).click();
		await open("书面答复");
		await page.getByLabel("答复正文").fill("马建国代表：\n您提出的建议收悉。第一段排水沟已经动工，计划明年四月底前完工。");
		await page.getByRole("button", { name: "答复代表" }).click();
		await page.getByRole("heading", { name: "已答复，待评价" }).waitFor();
		await shot("answered");
		await phoneShot("answered-phone");
	});
	await step("the author is not satisfied: a second round with its own dates, up to the end", async () => {
		const rate = async (rating, text) => {
			await open("代录领衔代表的评价");
			await page.getByLabel("评价", { exact: true }).selectOption(rating);
			await page.getByLabel("意见表上写的意见").fill(text);
			await page.getByRole("button", { name: "记下评价" }).click();
		};
		await rate("unsatisfied", "");
		assert.match(await page.getByRole("alert").innerText(), /没有写不满意的理由/);
		await page.getByLabel("意见表上写的意见").fill("汛期前完不成，请提前");
		await page.getByRole("button", { name: "记下评价" }).click();
		await page.getByRole("heading", { name: "重新办理", exact: true }).waitFor();
		assert.match(await page.locator("main").innerText(), new RegExp(`交办期限\\s*${day(15)}`));
		await shot("redo");
		await open("交办：转交政府办理");
		await page.getByRole("button", { name: "交办", exact: true }).click();
		await open("记录当面沟通");
		await page.getByLabel("沟通情况").fill("商定三月底前完工");
		await page.getByRole("button", { name: "记下这次沟通" }).click();
		await open("书面答复");
		await page.getByLabel("答复正文").fill("三月底前完工。");
		await page.getByRole("button", { name: "答复代表" }).click();
		await page.getByRole("heading", { name: "已答复，待评价" }).waitFor();
		await rate("satisfied", "");
		await page.getByText("已经办结，没有要办的了").waitFor();
		await shot("closed");
		await page.emulateMedia({ media: "print" });
		await shot("closed-print");
		await page.emulateMedia({ media: null });
	});
	await step("a late one between congresses stands out, and is found", async () => {
		await page.goto("/proposals/new");
		await page.getByLabel("提出日期").fill(day(-40));
		await page.getByLabel("标题").fill("关于增设老年活动室的建议");
		await page.getByLabel("正文").fill("老人没有活动的地方。");
		await page.getByLabel("领衔代表").fill(NAMES[0]);
		await page.getByRole("button", { name: "登记", exact: true }).click();
		await page.getByText("超期 25 天").waitFor();
		await page.goto("/proposals");
		assert.match(await page.locator(".tile.red").innerText(), /1\s*超期/);
		await shot("list");
		await phoneShot("list-phone");
		await page.getByLabel("找标题").fill("老年");
		await page.getByRole("button", { name: "查找" }).click();
		await page.waitForURL(/q=/);
		assert.equal(await page.locator("tbody tr").count(), 1);
		await page.getByRole("link", { name: "会议和议案截止日期" }).click();
		assert.match(await page.locator("tbody tr").innerText(), /第三次会议/);
	});
	await step("who only reads is offered nothing to do", async () => {
		const reader = await another();
		await signIn("王看看", "只看不改的账号呀", reader);
		await reader.waitForURL((url) => url.pathname === "/");
		await reader.goto("/proposals");
		assert.equal(await reader.getByRole("link", { name: "登记一件" }).count(), 0);
		await reader.getByRole("link", { name: "关于增设老年活动室的建议" }).click();
		await reader.getByRole("heading", { name: "办理过程" }).waitFor();
		assert.equal(await reader.getByText("可以办的").count(), 0);
	});
});
