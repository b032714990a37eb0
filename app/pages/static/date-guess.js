// Guesses the day from the files, until somebody says which day it was.

import { localDay, mostCommon, takenOn } from "./taken.js";

export class DateGuess {
  #files = [];
  #looking = null;

  /** `onGuess` is called whenever the guess has changed the form. */
  constructor(form, onGuess) {
    Object.assign(this, { form, onGuess, field: form.elements.travelDate });
    this.field.addEventListener("input", () => this.#say("chosen"));
  }

  /** `files` as the list of chosen files has them. */
  refresh(files) {
    this.#files = files;
    this.#tell();
    this.#looking ??= this.#look().finally(() => (this.#looking = null));
  }

  /** One file after the other, each once: a hundred photos are not read at the same time. */
  async #look() {
    const days = JSON.parse(this.form.dataset.days ?? "{}"); // by a file's key: after a reload only this is left
    for (let file = this.#unknown(days); file; file = this.#unknown(days)) {
      days[file.key] = await dayOf(file);
      this.form.dataset.days = JSON.stringify(days);
    }
    const known = this.#files.map(({ key }) => days[key]).filter(Boolean);
    const written = known.filter((one) => one.written); // a copied file has the date of the copy
    this.#guess(mostCommon((written.length ? written : known).map(({ day }) => day)));
  }

  #unknown(days) {
    return this.#files.find(({ key }) => !(key in days));
  }

  #guess(day) {
    if (!day || day === this.field.value || this.form.dataset.dated === "chosen") return;
    this.field.value = day;
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

/** `{day, written}`: what the camera wrote, else the date of the file. */
async function dayOf({ file, date }) {
  const day = file && (await takenOn(file).catch(() => null)); // a file that cannot be read any more
  return { day: day ?? localDay(date), written: Boolean(day) };
}
