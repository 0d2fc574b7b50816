// A clerk reads what the voter at the screen just handed in, by its words, its drawing and its sound, and answers it.
//   node clerk.mjs RECEIPT WORDS ANSWER
import { assert, office } from "../web/harness.mjs";

const [receipt, words, answer] = process.argv.slice(2);

await office(async ({ page, signIn, shot, step }) => {
	await step("found by its words", async () => {
		await signIn();
		await page.getByRole("link", { name: "群众反映" }).click();
		await page.getByLabel("找内容").fill(words.slice(0, 4));
		await page.getByRole("button", { name: "查找" }).click();
		await page.getByRole("link", { name: receipt }).click();
	});
	await step("read, seen and heard", async () => {
		assert.equal((await page.locator(".words").first().innerText()).trim(), words);
		const ink = page.locator("img.ink");
		await ink.waitFor();
		assert.ok(await ink.evaluate((img) => img.complete && img.naturalWidth > 0), "the ink is drawn");
		const seconds = await page.locator("audio").evaluate((audio) => new Promise((found, failed) => {
			audio.addEventListener("loadedmetadata", () => found(audio.duration));
			audio.addEventListener("error", () => failed(new Error("the sound cannot be played")));
			audio.load();
		}));
		assert.ok(seconds > 0.5 && seconds < 20, `${seconds} s of sound`);
		await shot("opened");
	});
	await step("passed on and answered", async () => {
		await page.getByText("交办：转交政府部门").click();
		await page.getByLabel("承办单位").fill("乡水利站");
		await page.getByRole("button", { name: "交办", exact: true }).click();
		await page.getByText("书面答复").click();
		await page.locator("#f-text-answer").fill(answer);
		await page.getByRole("button", { name: "答复", exact: true }).click();
		await page.getByText("已答复").first().waitFor();
	});
});
