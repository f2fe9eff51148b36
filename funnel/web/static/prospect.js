// Small comforts; every page works without them.
"use strict";
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
for (const field of document.querySelectorAll("[data-zone]")) field.value = field.value || zone;
for (const form of document.querySelectorAll("[data-zone-form]"))
  form.querySelector("select").addEventListener("change", () => form.requestSubmit());
document.getElementById("errors")?.focus();
for (const slot of document.querySelectorAll(".slot"))
  slot.addEventListener("change", () => slot.scrollIntoView({ block: "nearest" })); // not behind what stays in sight below
const days = document.querySelector(".days"), today = days?.querySelector("[aria-current]");
if (today) days.scrollLeft = today.offsetLeft - (days.clientWidth - today.offsetWidth) / 2;

const sheet = document.querySelector("[data-questionnaire]");
if (sheet) {
  const keys = sheet.querySelector("[data-keys]");
  if (keys) keys.hidden = false;
  // Letters count only while a question has the focus (WCAG 2.1.4).
  const current = () => document.activeElement?.closest?.(".question");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches?.("textarea, select, button, a, input:not([type=radio], [type=checkbox])");
    if (event.key === "Enter" && !event.target.matches?.("input, textarea, button, a, summary")) {
      event.preventDefault();
      sheet.requestSubmit(sheet.querySelector('[name=go][value=next]'));
    } else if (!typing && /^[a-z0-9]$/i.test(event.key)) {
      const boxes = [...(current()?.querySelectorAll("input[type=radio], input[type=checkbox]") ?? [])];
      const found = boxes.find((box) => box.closest(".step") ? box.value === event.key
        : box.closest("label").querySelector("b")?.textContent === event.key.toUpperCase());
      if (found) { event.preventDefault(); found.focus(); found.click(); }
    }
  });
}
// A second click on a sent form does nothing; coming back by the browser's history makes it live again.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => { if (form.dataset.sent) event.preventDefault(); form.dataset.sent = "yes"; });
}
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });
