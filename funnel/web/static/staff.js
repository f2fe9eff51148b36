// Keyboard shortcuts for staff; "?" lists them. Copying what is to be pasted. Everything works without.
"use strict";
let before = "";
// Whether single keys do anything is hers to choose (WCAG 2.1.4); her browser keeps it, if it keeps anything.
const OFF = "funnel.keys_off";
let off = false;
try { off = localStorage.getItem(OFF) !== null; } catch { /* nothing is kept */ }
const list = document.getElementById("shortcuts"), choice = document.getElementById("single-keys"), opener = document.getElementById("keyboard");
if (choice) {
  choice.checked = !off;
  choice.addEventListener("change", () => {
    off = !choice.checked;
    try { if (off) localStorage.setItem(OFF, "yes"); else localStorage.removeItem(OFF); } catch { /* as long as the page is open */ }
  });
}
if (opener) {
  opener.hidden = false;
  opener.addEventListener("click", () => list.showModal());
}
// On a telephone the pages stand in a line that is longer than the screen.
document.querySelector(".bar-top nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
document.addEventListener("keydown", (event) => {
  if (off || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, dialog")) return;
  const rows = [...document.querySelectorAll("[data-row] a.name")];
  const at = rows.indexOf(document.activeElement);
  const call = document.activeElement?.closest?.("[data-row]")?.querySelector("a[href^='tel:']") ?? document.querySelector("[data-call]");
  if (event.key === "?") list?.showModal();
  else if (event.key === "j") rows[Math.min(at + 1, rows.length - 1)]?.focus();
  else if (event.key === "k") rows[Math.max(at - 1, 0)]?.focus();
  else if (event.key === "c") call?.click();
  else if (before === "g" && event.key === "d") location.href = "/desk";
  else if (before === "g" && event.key === "s") document.querySelector("nav a[href='/studio']")?.click();
  before = event.key;
});
for (const button of document.querySelectorAll("[data-copy]")) {
  const from = document.getElementById(button.dataset.copy), words = button.textContent;
  if (!navigator.clipboard || !from) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(from.value ?? from.textContent);
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = words; }, 2000);
  });
}
