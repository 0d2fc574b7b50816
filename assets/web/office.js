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

// The frame on a portrait is dragged; the numbers beside it follow, and are what is sent.
for (const picture of document.querySelectorAll("svg[data-cut]")) {
	const frame = picture.querySelector("rect"), form = picture.closest("form"), box = picture.viewBox.baseVal;
	const put = () => {
		const width = Math.max(64, Math.min(Math.floor(form.width.value), box.width, Math.floor(box.height * 4 / 5)));
		const height = Math.floor(width / 4) * 5;
		const left = Math.max(0, Math.min(Math.round(form.left.value), box.width - width));
		const top = Math.max(0, Math.min(Math.round(form.top.value), box.height - height));
		Object.entries({ x: left, y: top, width, height }).forEach(([name, value]) => frame.setAttribute(name, value));
		return { left, top, width };
	};
	form.addEventListener("input", put);
	picture.addEventListener("pointerdown", (event) => {
		const scale = box.width / picture.getBoundingClientRect().width, from = put();
		picture.setPointerCapture(event.pointerId);
		picture.onpointermove = (move) => {
			form.left.value = Math.round(from.left + (move.clientX - event.clientX) * scale);
			form.top.value = Math.round(from.top + (move.clientY - event.clientY) * scale);
			const now = put();
			form.left.value = now.left;
			form.top.value = now.top;
		};
	});
	picture.addEventListener("pointerup", () => { picture.onpointermove = null; });
}
