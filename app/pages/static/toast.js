// A few words at the edge of the page that go by themselves, with a way to take back what they tell.

import { make } from "./parts.js";
import { say } from "./words.js";

const STAYS = 12; // seconds, but never while somebody is about to press its button
const LEFT = "deleted vlog"; // what one page leaves for the next

/** `undo` is called when its button is pressed. */
export function toast(words, undo) {
  document.querySelector(".toast")?.remove();
  const button = make("button", { type: "button" }, say("library.undo"));
  const shown = make("div", { className: "toast", role: "status" }, make("span", {}, words));
  document.body.append(shown);
  if (undo) shown.append(button);
  button.addEventListener("click", () => {
    shown.remove();
    undo();
  });
  goes(shown);
}

function goes(shown) {
  setTimeout(() => {
    if (shown.matches(":hover, :focus-within")) goes(shown);
    else shown.remove();
  }, STAYS * 1000);
}

/** For the page that comes next: this vlog was deleted. */
export function leave(id) {
  sessionStorage.setItem(LEFT, id);
}

/** The id that the page before left, once. */
export function left() {
  const id = sessionStorage.getItem(LEFT);
  sessionStorage.removeItem(LEFT);
  return id;
}
