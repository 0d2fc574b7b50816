// A clerk signs in, with the wrong password first, and out.
import { addUser, assert, office } from "./harness.mjs";

await office(async ({ page, signIn, shot, phoneShot, step }) => {
	addUser("李办事", "clerk", "清荷乡的办事员们");
	await step("a page asks who it is, and leads back there", async () => {
		await page.goto("/");
		assert.match(page.url(), /\/login$/);
		await shot("sign-in");
		await phoneShot("sign-in-phone");
	});
	await step("a wrong password is told, and the name stays", async () => {
		await signIn("李办事", "错的密码错的");
		assert.match(await page.getByRole("alert").innerText(), /用户名或密码不对/);
		assert.equal(await page.getByLabel("用户名").inputValue(), "李办事");
	});
	await step("the right one opens the front page, by keyboard alone", async () => {
		await page.getByLabel("密码").focus();
		await page.keyboard.type("清荷乡的办事员们");
		await page.keyboard.press("Enter");
		await page.waitForURL((url) => url.pathname === "/");
		await shot("front");
	});
	await step("a clerk has no page of accounts", async () => {
		assert.equal(await page.getByRole("link", { name: "账号" }).count(), 0);
	});
	await step("signed out is signed out", async () => {
		await page.getByRole("button", { name: "退出" }).click();
		assert.match(await page.getByRole("status").innerText(), /您已退出/);
		await page.goto("/");
		assert.match(page.url(), /\/login/);
	});
});
