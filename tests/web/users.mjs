// The head of the office adds accounts, makes deputies' accounts on paper, sets up a second factor, and reads who did what.
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { addUser, assert, office } from "./harness.mjs";

/** The six digits of a phone's app (RFC 6238), so many half minutes from now. */
function totp(key, steps = 0) {
	const bits = [...key.replaceAll(" ", "")].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
	const raw = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + steps));
	const mac = createHmac("sha1", raw).update(counter).digest();
	return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1e6).padStart(6, "0");
}

await office(async ({ page, signIn, shot, phoneShot, another, step }) => {
	addUser("王书记", "head", "荷塘月色 1927");
	let once, key, codes, clerk;
	const asKey = (label) => page.locator(`dt:has-text("${label}") + dd`).innerText();
	await signIn("王书记", "荷塘月色 1927");

	await step("an account is added, and its password shown once", async () => {
		await page.getByRole("link", { name: "账号" }).click();
		await page.getByRole("link", { name: "添加账号" }).click();
		await page.getByLabel("用户名").fill("李 办事");
		await shot("new");
		await page.getByRole("button", { name: "添加" }).click();
		assert.match(await page.getByRole("alert").innerText(), /用户名不能用/);
		await page.getByLabel("用户名").fill("李办事");
		await page.getByRole("button", { name: "添加" }).click();
		once = await asKey("一次性密码");
		assert.match(once, /^[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{2}$/);
		await shot("new-password");
	});
	await step("the clerk must choose a password at the first sign-in", async () => {
		clerk = await another();
		await signIn("李办事", once, clerk);
		assert.match(clerk.url(), /\/account\/password$/);
		await shot("must-change", clerk);
		await clerk.getByLabel("一次性密码").fill(once);
		await clerk.getByLabel("新密码", { exact: true }).fill("12345678");
		await clerk.getByLabel("新密码再写一遍").fill("12345678");
		await clerk.getByRole("button", { name: "换密码" }).click();
		assert.match(await clerk.getByRole("alert").innerText(), /容易猜到/);
		await clerk.getByLabel("一次性密码").fill(once);
		await clerk.getByLabel("新密码", { exact: true }).fill("映日荷花别样红的时候");
		await clerk.getByLabel("新密码再写一遍").fill("映日荷花别样红的时候");
		await clerk.getByRole("button", { name: "换密码" }).click();
		assert.match(await clerk.getByRole("status").innerText(), /密码已换好/);
	});
	await step("deputies of a group get accounts, on an A4 page to cut apart", async () => {
		await page.goto("/users/deputies");
		await shot("deputies");
		const group = page.getByLabel("给谁开");
		const name = (await group.locator("option").allInnerTexts())[1];
		await group.selectOption(name);
		await page.getByRole("button", { name: "开账号" }).first().click();
		const slips = await page.locator("ul.slips li").count();
		assert.ok(slips > 2, `${slips} slips for ${name}`);
		await page.emulateMedia({ media: "print" });
		await page.setViewportSize({ width: 794, height: 1123 });
		await shot("slips-print");
		await page.emulateMedia({ media: null });
		await page.setViewportSize({ width: 1280, height: 900 });
		await page.getByRole("link", { name: /回到账号/ }).click();
		assert.equal(await page.getByRole("row").filter({ hasText: "还没有换密码" }).count(), slips);
		await shot("users");
		await phoneShot("users-phone");
	});
	await step("a second factor: the key by QR and in letters, a first code, eight codes for paper", async () => {
		await page.getByRole("link", { name: "王书记" }).first().click();
		await page.getByRole("link", { name: "开启登录验证码" }).click();
		assert.ok(await page.getByRole("img", { name: "验证器的密钥" }).isVisible());
		key = await page.locator(".key").innerText();
		// What an app's camera reads from the page.
		await page.locator("svg.qr").screenshot({ path: `${process.env.WEB_SHOTS}/qr.png` });
		const read = execFileSync("zbarimg", ["--quiet", "--raw", `${process.env.WEB_SHOTS}/qr.png`], { encoding: "utf8" }).trim();
		assert.equal(decodeURIComponent(read), `otpauth://totp/青禾乡人大办:王书记?secret=${key.replaceAll(" ", "")}&issuer=青禾乡人大办&algorithm=SHA1&digits=6&period=30`);
		await shot("factor");
		await phoneShot("factor-phone");
		await page.getByLabel("验证码").fill("000000");
		await page.getByRole("button", { name: "开启" }).click();
		assert.match(await page.getByRole("alert").innerText(), /验证码不对/);
		await page.getByLabel("验证码").fill(totp(key, -1));
		await page.getByRole("button", { name: "开启" }).click();
		codes = await page.locator("ol.codes li").allInnerTexts();
		assert.equal(new Set(codes).size, 8);
		await shot("codes");
		await page.getByRole("link", { name: "我收好了" }).click();
	});
	await step("signing in takes the code from then on", async () => {
		await page.getByRole("button", { name: "退出" }).click();
		await signIn("王书记", "荷塘月色 1927");
		await shot("code");
		await page.getByLabel("验证码").fill("123456");
		await page.keyboard.press("Enter");
		assert.match(await page.getByRole("alert").innerText(), /验证码不对/);
		await page.getByLabel("验证码").fill(totp(key));
		await page.keyboard.press("Enter");
		await page.waitForURL((url) => url.pathname === "/");
	});
	await step("one's own sessions are seen, and others ended", async () => {
		const elsewhere = await another();
		await signIn("王书记", "荷塘月色 1927", elsewhere);
		await elsewhere.getByLabel("验证码").fill(codes[0].toLowerCase());
		await elsewhere.getByRole("button", { name: "登录" }).click();
		await elsewhere.waitForURL((url) => url.pathname === "/");
		await page.goto("/account");
		assert.ok(await page.getByText("备用码还有 7 个").isVisible());
		await shot("account");
		await phoneShot("account-phone");
		await page.getByRole("button", { name: "让别处的都退出" }).click();
		assert.match(await page.getByRole("status").innerText(), /已让它退出/);
		await elsewhere.goto("/");
		assert.match(elsewhere.url(), /\/login/);
	});
	await step("who opened which complaint is found, and the chain is whole", async () => {
		await clerk.goto("/cases");
		await clerk.locator("tbody a").first().click();
		await page.goto("/users");
		await page.getByRole("link", { name: "操作记录" }).click();
		await page.getByLabel("谁（用户名）").fill("李办事");
		await page.getByLabel("做了什么").selectOption("case.opened");
		await page.getByRole("button", { name: "查找" }).click();
		assert.equal(await page.locator("tbody tr").count(), 1);
		await shot("audit-found");
		await page.goto("/audit");
		await page.getByRole("button", { name: /现在核对/ }).click();
		assert.match(await page.getByRole("status").innerText(), /没有一条被改过/);
		await shot("audit");
		await phoneShot("audit-phone");
		const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "导出 CSV" }).click()]);
		assert.equal(download.suggestedFilename(), "操作记录.csv");
	});
	await step("an account is disabled, and out at once", async () => {
		await page.goto("/users");
		await page.getByRole("link", { name: "李办事" }).click();
		await shot("user");
		await phoneShot("user-phone");
		page.once("dialog", (dialog) => dialog.accept());
		await page.getByRole("button", { name: "停用账号" }).click();
		assert.match(await page.getByRole("status").innerText(), /已停用/);
		await clerk.goto("/");
		assert.match(clerk.url(), /\/login/);
	});
});
