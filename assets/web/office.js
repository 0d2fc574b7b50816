// Makes the pages nicer; nothing depends on it.
"use strict";

// What cannot be taken back is asked for once more.
document.addEventListener("submit", (event) => {
	const question = event.submitter && event.submitter.dataset.ask;
	if (question && !window.confirm(question)) event.preventDefault();
});

// A form is sent once, however often the button is touched.
document.addEventListener("submit", (event) => {
	if (event.defaultPrevented) return;
	for (const button of event.target.querySelectorAll("button"))
		setTimeout(() => { button.disabled = true; });
});
window.addEventListener("pageshow", () => {
	for (const button of document.querySelectorAll("button:disabled")) button.disabled = false;
});

document.addEventListener("click", (event) => {
	if (event.target.closest("[data-print]")) window.print();
});

// A part of the page that says data-live="SECONDS" is fetched anew as often, while somebody looks at it.
for (const part of document.querySelectorAll("[data-live]")) {
	setInterval(async () => {
		if (document.hidden) return;
		try {
			const reply = await fetch(location.href, { redirect: "error" });
			const page = new DOMParser().parseFromString(await reply.text(), "text/html");
			const fresh = page.getElementById(part.id);
			if (reply.ok && fresh) part.replaceChildren(...fresh.childNodes);
		} catch { /* the next time will do */ }
	}, Number(part.dataset.live) * 1000);
}
