// A government office is evaluated: one clerk counts the paper ballots, another confirms, and what is poor is put right.
import { addUser, assert, office } from "./harness.mjs";

await office(async ({ page, signIn, shot, phoneShot, another, step }) => {
	addUser("李办事", "clerk", "清荷乡的办事员们");
	addUser("陈核对", "clerk", "另一位核对票数的");
	const open = (title) => page.locator("summary", { hasText: title }).click();
	await signIn("李办事", "清荷乡的办事员们");
	const second = await another();
	await signIn("陈核对", "另一位核对票数的", second);
	await second.waitForURL((url) => url.pathname === "/");

	await step("it is planned and opened", async () => {
		await page.getByRole("link", { name: "评议", exact: true }).click();
		await page.getByRole("link", { name: "新建一次评议" }).click();
		await page.getByLabel("种类").selectOption("站所评议");
		await shot("new");
		await page.getByRole("button", { name: "建立" }).click();
		assert.match(await page.getByRole("alert").innerText(), /没有填写被评议的单位/);
		assert.equal(await page.getByLabel("种类").inputValue(), "office");
		await page.getByLabel("被评议的单位").fill("青禾乡派出所");
		await page.getByLabel("地点").fill("乡礼堂");
		await page.getByRole("button", { name: "建立" }).click();
		await page.getByRole("heading", { name: "青禾乡派出所工作评议" }).waitFor();
		await shot("draft");
		await page.getByRole("button", { name: "开始测评" }).click();
		await page.getByText("测评正在进行").waitFor();
	});
	await step("the ballots must add up", async () => {
		const fill = async (votes) => {
			for (const [label, number] of Object.entries(votes)) await page.getByLabel(label, { exact: true }).fill(String(number));
		};
		await fill({ 发出测评票: 64, 收回测评票: 60, 满意: 30, 基本满意: 7, 不满意: 21, 无效票: 1 });
		await page.getByLabel("意见汇总").fill("巡逻比去年多了。\n夜里噪声还没人管。");
		await page.getByRole("button", { name: "登记票数" }).click();
		assert.match(await page.getByRole("alert").innerText(), /四项相加是 59 张，收回的是 60 张/);
		assert.equal(await page.getByLabel("不满意", { exact: true }).inputValue(), "21");
		await shot("count-refused");
		await phoneShot("count-refused-phone");
		await fill({ 无效票: 2 });
		await page.getByRole("button", { name: "登记票数" }).click();
		await page.getByText("等待另一位同事核对确认").first().waitFor();
		assert.equal(await page.getByRole("button", { name: "核对无误" }).count(), 0);
		await shot("counted");
	});
	await step("another sends it back once, and then confirms", async () => {
		await second.goto(page.url().split("?")[0]);
		await second.getByText("不符，退回重新清点").click();
		await second.getByLabel("哪里不符").fill("无效票少数一张");
		await second.getByRole("button", { name: "退回重新清点" }).click();
		await page.reload();
		await page.getByText("无效票少数一张").waitFor();
		for (const [label, number] of Object.entries({ 发出测评票: 64, 收回测评票: 61, 满意: 30, 基本满意: 7, 不满意: 21, 无效票: 3 }))
			await page.getByLabel(label, { exact: true }).fill(String(number));
		await page.getByRole("button", { name: "登记票数" }).click();
		await page.getByText("改正登记的票数").waitFor();
		await second.reload();
		await shot("to-confirm", second);
		second.once("dialog", (dialog) => dialog.accept());
		await second.getByRole("button", { name: "核对无误，确认结果" }).click();
		await second.getByRole("heading", { name: "测评结果" }).waitFor();
	});
	await step("the result is final: poor, followed up, put right", async () => {
		await page.goto("/evaluations?state=poor");
		await shot("poor");
		await page.getByRole("link", { name: "青禾乡派出所工作评议" }).click();
		await open("登记整改情况");
		await page.getByLabel("怎样整改").fill("夜间增加两次巡逻，公布了噪声投诉电话。");
		await page.getByRole("button", { name: "登记整改" }).click();
		await page.getByRole("heading", { name: "整改情况" }).waitFor();
		await open("更正说明");
		await page.getByLabel("哪里有误").fill("地点应为村礼堂，登记时写错。");
		await page.getByRole("button", { name: "附上说明" }).click();
		await page.getByText("地点应为村礼堂").waitFor();
		await shot("result");
		await phoneShot("result-phone");
		await page.getByRole("link", { name: "打印结果" }).click();
		await page.getByRole("button", { name: "打印" }).waitFor();
		await page.emulateMedia({ media: "print" });
		await page.setViewportSize({ width: 794, height: 1123 });
		await shot("paper");
		await page.emulateMedia({ media: null });
		await page.setViewportSize({ width: 1280, height: 900 });
		await page.goto("/evaluations");
		await page.getByText("已整改").waitFor();
		await shot("list");
		await phoneShot("list-phone");
	});
});
