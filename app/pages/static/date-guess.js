// Guesses the day from the files, until somebody says which day it was.

import { localDay, mostCommon, takenOn } from "./taken.js";

export class DateGuess {
  #days = new Map(); // by a file's key, each looked at once

  /** `onGuess` is called whenever the guess has changed the form. */
  constructor(form, onGuess) {
    Object.assign(this, { form, onGuess, field: form.elements.travelDate });
    this.field.addEventListener("input", () => this.#say("chosen"));
  }

  /** `files` as the list of chosen files has them. */
  async refresh(files) {
    this.#tell();
    if (this.form.dataset.dated === "chosen") return;
    for (const { key, file, date } of files.filter((one) => !this.#days.has(one.key))) {
      this.#days.set(key, localDay(date)); // until it is read; and where the file is not here any more
      if (file) this.#days.set(key, (await takenOn(file).catch(() => null)) ?? localDay(date));
    }
    const guess = mostCommon(files.map(({ key }) => this.#days.get(key)));
    if (!guess || guess === this.field.value || this.form.dataset.dated === "chosen") return;
    this.field.value = guess;
    this.#say("guessed");
    this.onGuess();
  }

  /** Who says it: kept with the wishes, so that a guess after a reload overwrites no choice. */
  #say(who) {
    this.form.dataset.dated = who;
    this.#tell();
  }

  #tell() {
    document.getElementById("guessed").hidden = this.form.dataset.dated !== "guessed";
  }
}
