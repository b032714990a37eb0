// Asks before something is done that people may regret.

import { part } from "./parts.js";

/** Whether the answer was yes. */
export function sure(question, yes) {
  const dialog = part("sure");
  part("sure-question").textContent = question;
  part("sure-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
