// What every journey through the office's pages begins with: Chromium, a real township, and a real kiosk beside it.
//
//   import { office } from "./harness.mjs";
//   await office(async ({ page, url, signIn, shot, step, township, submit, sync }) => { … });
//
// A journey fails by throwing. What a browser's console complains of fails it too.
import { createRequire } from "node:module";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import assert from "node:assert/strict";

const env = process.env;
const { chromium } = createRequire(env.WEB_PLAYWRIGHT + "/")("playwright-core");

export { assert };

/** Runs a program of build/ and gives what it printed. */
export function run(program, words, input = "") {
	return execFileSync(`${env.WEB_BUILD}/${program}`, words, { input, encoding: "utf8", stdio: ["pipe", "pipe", "inherit"] });
}
/** A township command on the served folder: township("user", "add", …). */
export const township = (...words) => run("township", ["--data", env.WEB_DATA, ...words]);
/** Adds a user whose password is given. */
export const addUser = (name, role, password, ...more) =>
	run("township", ["--data", env.WEB_DATA, "user", "add", name, "--role", role, ...more], password);
/** Reports as the kiosk's screen files them, each as [code, receipt, case id]; sync() carries them to the township. */
export const submit = (count = 1, ...options) =>
	run("submit_reports", ["--data", env.WEB_KIOSK, "--count", String(count), ...options]).trim().split("\n").map((line) => line.split(" "));
export const tool = (...words) => run("submit_reports", ["--data", env.WEB_KIOSK, ...words]);
/** One round of the real kiosk-sync. */
export const sync = () => run("kiosk-sync", ["--data", env.WEB_KIOSK, "--once"]);

export async function office(journey) {
	mkdirSync(env.WEB_SHOTS, { recursive: true });
	const browser = await chromium.launch({
		executablePath: "/usr/bin/chromium",
		args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync"],
	});
	const complaints = [];
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "zh-CN", baseURL: env.WEB_URL });
	const watch = (page) => {
		page.on("console", (message) => {
			if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) complaints.push(message.text());
		});
		page.on("pageerror", (error) => complaints.push(String(error)));
		page.on("response", (response) => {
			if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`);
		});
		return page;
	};
	const page = watch(await context.newPage());
	page.setDefaultTimeout(10000);

	/** Signs in by the form, as a person does. */
	const signIn = async (user = "office", password = env.WEB_PASSWORD, on = page) => {
		await on.goto("/login");
		await on.getByLabel("用户名").fill(user);
		await on.getByLabel("密码").fill(password);
		await on.getByRole("button", { name: "登录" }).click();
	};
	/** A picture of the whole page, to be looked at: WEB_SHOTS/NAME.png. */
	const shot = async (name, on = page) => {
		await on.screenshot({ path: `${env.WEB_SHOTS}/${name}.png`, fullPage: true });
	};
	/** The same at a phone's width; goes back to 1280 afterwards. Fails where the page is wider than the phone. */
	const phoneShot = async (name, on = page) => {
		await on.setViewportSize({ width: 390, height: 844 });
		const wide = await on.evaluate(() => document.documentElement.scrollWidth);
		await shot(name, on);
		await on.setViewportSize({ width: 1280, height: 900 });
		assert.ok(wide <= 390, `${name}: ${wide} px wide on a phone of 390`);
	};
	/** Another person's browser: cookies of its own. */
	const another = async (options = {}) => {
		const own = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "zh-CN", baseURL: env.WEB_URL, ...options });
		const theirs = watch(await own.newPage());
		theirs.setDefaultTimeout(10000);
		return theirs;
	};
	const step = async (name, act) => {
		const began = Date.now();
		try {
			await act();
		} catch (error) {
			await shot("failed").catch(() => {});
			error.message = `${name}: ${error.message}`;
			throw error;
		}
		console.log(`ok ${name} (${Date.now() - began} ms)`);
	};
	try {
		await journey({ page, context, url: env.WEB_URL, signIn, shot, phoneShot, another, step });
		assert.deepEqual(complaints, [], "the browser complained");
	} finally {
		await browser.close();
	}
}
