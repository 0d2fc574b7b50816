// Every figure as chart and table, as CSV, and as one A4 page.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { assert, office, submit, sync } from "./harness.mjs";

await office(async ({ page, signIn, shot, phoneShot, step }) => {
	submit(8);
	sync();
	await signIn();
	await page.waitForURL((url) => url.pathname === "/");
	await step("the overview leads to each, and each has a table", async () => {
		await page.getByRole("link", { name: "统计" }).click();
		await shot("figures");
		await phoneShot("figures-phone");
		const links = await page.locator("a.tile").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
		assert.ok(links.length >= 11, `${links.length} figures`);
		for (const link of links) {
			await page.goto(link);
			assert.ok(await page.locator("table, .empty").count() > 0, link);
			await shot("figure-" + link.split("/")[2].split("?")[0]);
		}
	});
	await step("what came in is counted", async () => {
		await page.goto("/figures/subjects");
		const sums = await page.locator("tbody tr").evaluateAll((rows) => rows.map((r) => Number(r.cells[1].innerText)));
		assert.equal(sums.reduce((a, b) => a + b), 14);
		assert.match(await page.locator("svg.chart").getAttribute("aria-label"), /各类事由/);
		await phoneShot("figure-phone");
	});
	await step("the CSV says the same as the table", async () => {
		const table = await page.locator("tr").evaluateAll((rows) => rows.map((r) => [...r.cells].map((c) => c.innerText)));
		const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /CSV/ }).click()]);
		assert.match(download.suggestedFilename(), /^各类事由-\d{4}\.csv$/);
		const text = readFileSync(await download.path(), "utf8");
		assert.equal(text[0], "\uFEFF");
		const rows = text.slice(1).trim().split("\r\n").map((line) => line.slice(1, -1).split('","'));
		assert.deepEqual(rows, table);
	});
	await step("on paper it is one A4 page with its words", async () => {
		await page.getByRole("link", { name: /A4/ }).click();
		await page.waitForURL(/paper/);
		const path = `${process.env.WEB_SHOTS}/subjects.pdf`;
		await page.pdf({ path, format: "A4", preferCSSPageSize: true });
		const text = execFileSync("pdftotext", ["-layout", path, "-"], { encoding: "utf8" });
		assert.match(text, /各类事由/);
		assert.match(text, /道路交通/);
		assert.doesNotMatch(text, /下载|退出/);
		assert.match(execFileSync("pdfinfo", [path], { encoding: "utf8" }), /Pages:\s+1\n/);
		execFileSync("pdftoppm", ["-r", "60", "-png", path, path.replace(".pdf", "")]);
	});
	await step("years that are none are told", async () => {
		for (const year of ["x", "1999", "99999999999999999999", "2026;drop"]) {
			const reply = await page.goto(`/figures/subjects?year=${encodeURIComponent(year)}`);
			assert.equal(reply.status(), 400, year);
		}
		assert.equal((await page.goto("/figures/nothing")).status(), 404);
	});
});
