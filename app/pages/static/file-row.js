// How one chosen file looks: its picture, its name, how far it is, and what can be done about it.

import { size } from "./amounts.js";
import { clock } from "./clock.js";
import { copyOf } from "./parts.js";
import { say } from "./words.js";

const PAUSABLE = new Set(["sending", "offline", "paused"]);

export class FileRow {
  /** `does` has what its buttons do: pause, resume, again, choose, remove. */
  constructor(chosen, does) {
    this.element = copyOf("file-row");
    this.#part(".name").textContent = chosen.name;
    this.element.title = chosen.name;
    this.#act(".remove", say("upload.remove", chosen), does.remove);
    this.#act(".again", "", () => (chosen.state === "missing" ? does.choose() : does.resume()));
    this.#act(".pause", "", () => (chosen.state === "paused" ? does.resume() : does.pause()));
  }

  show(chosen) {
    const { state } = chosen;
    this.element.dataset.state = state;
    this.#part(".state").textContent = words(chosen);
    this.#part(".size").textContent = size(chosen.size);
    this.#part(".pause").hidden = !PAUSABLE.has(state);
    this.#label(".pause", say(state === "paused" ? "upload.resume" : "upload.pause", chosen));
    this.#part(".again").hidden = !(state === "missing" || (state === "refused" && chosen.worthAnother));
    this.#part(".again").textContent = say(state === "missing" ? "upload.choose" : "upload.again");
    this.showProgress(chosen);
    this.#showPicture(chosen);
  }

  showProgress({ sent, size: whole }) {
    this.#part("progress").value = sent / (whole || 1);
  }

  focus() {
    this.#part(".remove").focus();
  }

  #showPicture({ picture, seconds }) {
    this.#part(".seconds").textContent = seconds ? clock(seconds) : "";
    const image = this.#part("img");
    if (!picture || !image.hidden) return;
    image.src = URL.createObjectURL(picture); // for as long as the page is there: it is small, and shown elsewhere, too
    image.hidden = false;
  }

  #act(selector, label, does) {
    this.#label(selector, label);
    this.#part(selector).addEventListener("click", does);
  }

  #label(selector, words) {
    if (words) this.#part(selector).setAttribute("aria-label", words);
  }

  #part(selector) {
    return this.element.querySelector(selector);
  }
}

function words({ state, refusal }) {
  return state === "refused" ? refusal : say(`upload.${state}`);
}
