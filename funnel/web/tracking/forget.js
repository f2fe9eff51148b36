// What is sent in place of the tracker where no visits are kept: the name that a browser had is forgotten on both sides.
(() => {
"use strict";
window.funnel = { push() {}, consented: false };
try {
  const visitor = localStorage.getItem("funnel");
  if (!visitor) return;
  localStorage.removeItem("funnel");
  navigator.sendBeacon(new URL(document.currentScript.src).origin + "/t", JSON.stringify({ told: "forget", visitor }));
} catch {
  // Nothing can be stored here, and nothing is.
}
})();
