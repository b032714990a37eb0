// One scene of the story as a card: its picture, and what its owner may change.

import { copyOf } from "./parts.js";
import { say } from "./words.js";

const EARLIER = new Set(["ArrowUp", "ArrowLeft"]);
const LATER = new Set(["ArrowDown", "ArrowRight"]);
const SHORTEST = 0.5; // seconds, where the service names none

export class Card {
  #scene;
  #onChange;

  /** `onChange` is called with the card and how: "earlier" and "later" are wishes, all else has been done. */
  constructor(scene, onChange) {
    this.#scene = { ...scene };
    this.#onChange = (how) => onChange(this, how);
    this.element = copyOf("scene-card");
    this.#fill();
    this.#listen();
  }

  /** As the service wants it. */
  get wish() {
    const { id, caption, start, seconds, left_out: leftOut } = this.#scene;
    return { id, caption, start, seconds, left_out: leftOut };
  }

  /** Where it stands, from 1. */
  number(number, count) {
    this.#find(".number").textContent = number;
    this.element.ariaLabel = say("story.scene", { number, count });
    this.#find(".earlier").disabled = number === 1;
    this.#find(".later").disabled = number === count;
  }

  #find(selector) {
    return this.element.querySelector(selector);
  }

  #fill() {
    const { name, kind, caption, picture } = this.#scene;
    this.#find(".name").textContent = name;
    this.#find(".kind").textContent = say(`story.kind.${kind}`);
    this.#find(".caption").value = caption;
    this.#find(".earlier").ariaLabel = say("story.earlier");
    this.#find(".later").ariaLabel = say("story.later");
    this.#find(".start").closest(".field").hidden = kind !== "clip";
    this.#show(picture);
    this.#trimmed();
    this.#left();
  }

  /** A picture that cannot be had leaves its place empty. */
  #show(picture) {
    if (!picture) return;
    const image = this.#find("img");
    image.hidden = false;
    image.addEventListener("error", () => (image.hidden = true));
    image.src = picture;
  }

  #listen() {
    this.#find(".caption").addEventListener("input", ({ target }) => this.#set({ caption: target.value }, "caption"));
    for (const name of ["start", "seconds"]) {
      this.#find(`.${name}`).addEventListener("input", ({ target }) => this.#trim(name, Number(target.value)));
    }
    this.#find(".leave").addEventListener("click", () => this.#set({ left_out: !this.#scene.left_out }, "left out"));
    for (const how of ["earlier", "later"]) this.#find(`.${how}`).addEventListener("click", () => this.#onChange(how));
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** In a text, arrows to the sides belong to the text. */
  #key(event) {
    const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    const how = EARLIER.has(event.key) ? "earlier" : LATER.has(event.key) ? "later" : null;
    if (!event.altKey || !how || (sideways && event.target.matches(".caption"))) return;
    event.preventDefault();
    this.#onChange(how);
  }

  #set(changes, how) {
    Object.assign(this.#scene, changes);
    this.#left();
    this.#onChange(how);
  }

  /** A later start leaves less of the clip: it gets shorter before it would show what is not there. */
  #trim(name, value) {
    this.#scene[name] = value;
    const { kind, most, footage, start } = this.#scene;
    const room = kind === "clip" ? Math.min(most, footage - start) : most;
    this.#scene.seconds = Math.min(this.#scene.seconds, room);
    this.#trimmed();
    this.#onChange("trim");
  }

  #trimmed() {
    const { kind, start, seconds, least = SHORTEST, most, footage } = this.#scene;
    const room = kind === "clip" ? Math.min(most, footage - start) : most;
    if (kind === "clip") slide(this.#find(".start"), start, 0, footage - least);
    slide(this.#find(".seconds"), seconds, least, room);
  }

  #left() {
    const leftOut = this.#scene.left_out;
    this.element.classList.toggle("left-out", leftOut);
    this.#find(".leave").textContent = say(leftOut ? "story.putBack" : "story.leaveOut");
  }
}

function slide(range, value, least, most) {
  Object.assign(range, { min: least, max: most, value });
  const words = say("story.s", { seconds: value.toFixed(1) });
  range.setAttribute("aria-valuetext", words);
  range.closest(".field").querySelector("output").textContent = words;
}
