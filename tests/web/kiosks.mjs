// The head of the office lets a new kiosk in by the code on its screen, sees what is wrong with it, names it and revokes it.
import { readFileSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { addUser, assert, office, run } from "./harness.mjs";

const env = process.env, second = env.WEB_KIOSK + "-2";

/** kiosk-sync --once on the second kiosk: its exit status. */
function syncSecond() {
	try {
		execFileSync(`${env.WEB_BUILD}/kiosk-sync`, ["--data", second, "--once"], { stdio: "ignore" });
		return 0;
	} catch (error) {
		return error.status;
	}
}
const status = () => JSON.parse(run("kioskctl", ["--data", second, "status", "--json"]));
/** Speaks to the township in the second kiosk's place. */
async function asSecond(method, what, body) {
	const reply = await fetch(`${env.WEB_URL}/v1/kiosks/${status().kiosk}/${what}`, {
		method, body: JSON.stringify(body),
		headers: { "Content-Type": "application/json", Authorization: "Bearer " + readFileSync(second + "/keys/token", "utf8").trim() },
	});
	assert.equal(reply.status, 200, await reply.text());
}

await office(async ({ page, url, signIn, shot, phoneShot, step, another }) => {
	let code = "";
	await step("a kiosk that has not been told of says so", async () => {
		await signIn();
		await page.getByRole("link", { name: "机器" }).click();
		assert.match(await page.getByRole("row", { name: /大厅一号机/ }).innerText(), /屏幕程序没有运行/); // it has no screen here
		assert.equal(await page.getByText("等待登记").count(), 0);
	});
	await step("one that asks appears by itself, with its code", async () => {
		run("kioskctl", ["--data", second, "init"]);
		writeFileSync(second + "/kiosk.conf", `[site]\nkiosk_name = 二号机\n[sync]\nurl = ${url}\n`);
		assert.equal(syncSecond(), 3);
		code = status().enrol_code;
		const shown = `${code.slice(0, 4)} ${code.slice(4)}`;
		await page.getByText(shown).waitFor({ timeout: 15000 }); // data-live
		await shot("waiting");
		await phoneShot("waiting-phone");
		await page.getByRole("link", { name: "核对并批准" }).click();
		assert.equal(await page.locator("p.code").innerText(), shown);
		await shot("approve");
		await phoneShot("approve-phone");
	});
	await step("it is let in under the office's name for it", async () => {
		await page.getByLabel("名称").fill("石门村便民服务点");
		await page.getByRole("button", { name: "批准登记" }).click();
		assert.match(await page.getByRole("status").innerText(), /已批准登记/);
		assert.match(await page.locator("main").innerText(), /未报告/);
		await shot("new");
		assert.equal(syncSecond(), 0);
		await page.reload();
		assert.match(await page.locator("main").innerText(), /剩 \d+%/);
	});
	await step("what is wrong with it stands on the front page and on its own", async () => {
		const gib = 1024 ** 3;
		const well = { at: Date.now(), version: "0.1.0", schema: 2, uptime_s: 400000, running: true, start: "clean", printer: "ready",
			reader: "present", scanner: "present", clock_ok: true, unsent: 0, blobs: 0, parked: 0, oldest_s: 0, disk_free: 20 * gib, disk_size: 30 * gib };
		await asSecond("PUT", "health", well);
		await asSecond("PUT", "health", { ...well, printer: "paper_out", scanner: "absent", unsent: 2, oldest_s: 120 });
		await asSecond("POST", "events", { events: [{ payload: JSON.stringify({ type: "case.rated" }), sig: "x" }] });
		await page.goto("/");
		const line = page.getByRole("listitem").filter({ hasText: "石门村便民服务点" });
		assert.match(await line.innerText(), /打印机没有纸，扫码器没有连上，有记录没有被收下/);
		await shot("front");
		await page.getByRole("link", { name: "机器", exact: true }).click();
		await shot("list");
		await phoneShot("list-phone");
		await page.getByRole("link", { name: "石门村便民服务点" }).click();
		assert.match(await page.locator("main").innerText(), /请现场工作人员换纸/);
		assert.match(await page.locator("ol.timeline").first().innerText(), /打印机：正常 → ▲ 没有纸/);
		await shot("trouble");
		await phoneShot("trouble-phone");
	});
	await step("a refused record is seen to", async () => {
		assert.match(await page.getByRole("row", { name: /满意度评价/ }).innerText(), /签名不对/);
		await page.getByRole("button", { name: "标为已处理" }).click();
		assert.match(await page.getByRole("row", { name: /满意度评价/ }).innerText(), /office 标为已处理/);
	});
	await step("it gets another name", async () => {
		await page.getByLabel("名称").fill("石门村一楼");
		await page.getByRole("button", { name: "改名" }).click();
		assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "石门村一楼");
	});
	await step("a clerk may look and name, and no more", async () => {
		addUser("李办事", "clerk", "清荷乡的办事员们");
		const theirs = await another();
		await signIn("李办事", "清荷乡的办事员们", theirs);
		await theirs.goto(page.url().split("?")[0]);
		assert.equal(await theirs.getByText("停用这台机器").count(), 0);
		assert.equal(await theirs.getByRole("button", { name: "改名" }).count(), 1);
	});
	await step("it is revoked, once that is meant", async () => {
		let asked = "";
		page.on("dialog", (dialog) => { asked = dialog.message(); return dialog.accept(); });
		await page.getByText("停用这台机器").click();
		await page.getByRole("button", { name: "停用" }).click();
		assert.match(await page.getByRole("alert").first().innerText(), /还没有停用/);
		await shot("revoke");
		await page.getByLabel("我已核对").check();
		await page.getByRole("button", { name: "停用" }).click();
		assert.match(await page.getByRole("status").innerText(), /已停用/);
		assert.match(asked, /停用/);
		assert.match(await page.locator("ol.timeline").first().innerText(), /没有纸/); // what was stays
		await shot("revoked");
		assert.equal(syncSecond(), 5);
		await page.getByRole("link", { name: "« 机器" }).click();
		await page.getByText("已停用（1 台）").click();
		await page.getByRole("link", { name: "石门村一楼" }).waitFor();
	});
});
