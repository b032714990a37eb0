// The form: files and wishes become a vlog.

import { calm, calmDown, complainOf, complainOfFields } from "./complaints.js";
import { createVlog } from "./daylog.js";
import { DateGuess } from "./date-guess.js";
import { Estimate } from "./estimate.js";
import { part } from "./parts.js";
import { Preview } from "./preview.js";
import { forget, keep, restore, tellSliders, wishesOf } from "./settings.js";
import { Soundtrack } from "./soundtrack.js";
import { tell } from "./summaries.js";
import { openUploads } from "./uploads.js";
import { say } from "./words.js";

/** Shows the form with all that was in it before a reload. `onCreated` gets the new vlog's id. */
export async function newVlog(onCreated) {
  const form = new NewVlog(onCreated);
  await form.open();
}

class NewVlog {
  #form = part("new");
  #create = part("create");
  #estimate = new Estimate();
  #preview = new Preview();
  #soundtrack = new Soundtrack(this.#form, () => this.#refresh());
  #date = new DateGuess(this.#form, () => this.#refresh());
  #creating = false;
  #asked = { wishes: "", key: "" };

  constructor(onCreated) {
    this.onCreated = onCreated;
  }

  async open() {
    this.uploads = await openUploads(() => this.#refresh());
    restore(this.#form);
    await this.uploads.restoreFiles();
    this.#form.noValidate = true; // complaints stand at the fields, in the page's language
    this.#form.addEventListener("input", ({ target }) => {
      calm(target);
      this.#refresh();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#form.hidden = false;
    this.#refresh();
  }

  #refresh() {
    const { files, music } = this.uploads;
    const left = files.underWay + music.underWay;
    this.#create.disabled = this.#creating || left > 0 || files.ready.length === 0;
    this.#create.textContent = left ? say("new.waiting", { count: left }) : say("new.create");
    this.#soundtrack.refresh(music.files.find(({ media }) => media));
    this.#estimate.refresh(files.ready);
    this.#date.refresh(files.files);
    const wishes = wishesOf(this.#form);
    tellSliders(this.#form);
    tell(wishes, music.files[0]?.name);
    this.#preview.refresh(wishes, files.files.find(({ picture }) => picture)?.picture);
    keep(this.#form);
  }

  async #submit() {
    if (this.#creating || this.#create.disabled || complainOfFields(this.#form)) return;
    calmDown(this.#form);
    this.#soundtrack.stop();
    this.#begin(true);
    try {
      const created = await this.#ask();
      forget();
      this.uploads.forgetFiles();
      this.onCreated(created);
    } catch (error) {
      complainOf(this.#form, error);
      this.#begin(false);
    }
  }

  #begin(creating) {
    this.#creating = this.#create.disabled = creating;
  }

  /** One key for one set of wishes: pressed again after a lost answer, the vlog is made once. */
  #ask() {
    const { files, music } = this.uploads;
    const wishes = { ...wishesOf(this.#form), musicId: music.ready[0] };
    const asked = JSON.stringify([files.ready, wishes]);
    if (asked !== this.#asked.wishes) this.#asked = { wishes: asked, key: crypto.randomUUID() };
    return createVlog(files.ready, wishes, { key: this.#asked.key });
  }
}
