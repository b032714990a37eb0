// A list of chosen files: each is sent at once, kept over a reload, and says in words what became of it.

import { ChosenFile, keyOf } from "./chosen-file.js";
import { getJson } from "./daylog.js";
import { FileRow } from "./file-row.js";
import { look } from "./thumbnails.js";
import { say } from "./words.js";

const LOOKED_UP = 100; // media that the service tells at once

export class ChosenFiles {
  #entries = [];
  #rows = new Map();
  #kept = new Set(); // keys of files that a reload brings back

  /**
   * `list` is the element that shows them, `input` the one that chooses them; `draft` keeps them. `kinds` are the
   * kinds of media this list takes (`elsewhere` says where others belong), `most` how many; with `keepsFiles` the
   * files stay at hand after they were sent. `onChange` is called whenever a file's state changes, `onMoved(bytes)`
   * when some of one have left, `onNote` with what there is to say.
   */
  constructor(list, { input, draft, kinds, elsewhere, most = 100, keepsFiles = false, onChange, onMoved, onNote }) {
    Object.assign(this, { list, input, draft, kinds, elsewhere, most, keepsFiles, onChange, onMoved, onNote });
  }

  /** Each has name, size, date (milliseconds), picture, seconds, state, and file and media where they are there. */
  get files() {
    return this.#entries;
  }

  /** Ids of the media that can be used, in the order chosen. */
  get ready() {
    return this.#entries.filter((entry) => entry.media).map((entry) => entry.media.id);
  }

  /** How many are still on their way, or paused there. */
  get underWay() {
    return this.#entries.filter((entry) => entry.underWay).length;
  }

  /** Whether to leave the page now means to choose some of them again. */
  get fragile() {
    return this.#entries.some((entry) => entry.underWay && !this.#kept.has(entry.key));
  }

  /** What was here when the page was left. */
  async restore() {
    for (const row of await this.draft.rows(this.list.id)) {
      const file = row.refusal || (row.media && !this.keepsFiles) ? null : await this.draft.file(row.key).catch(() => null);
      if (file) this.#kept.add(row.key);
      const entry = this.#show(new ChosenFile(row, this, file));
      if (entry.state === "waiting") entry.send();
    }
    this.onChange();
    this.#checkStillThere();
  }

  add(files) {
    const twice = [];
    const fresh = [];
    for (const file of files) {
      const known = this.#entries.find((entry) => entry.key === keyOf(file));
      if (!known && !fresh.some((other) => keyOf(other) === keyOf(file))) fresh.push(file);
      else if (known?.state === "missing" || known?.state === "refused") this.#bring(known, file);
      else twice.push(file.name);
    }
    const room = Math.max(0, this.most - this.#entries.filter((entry) => entry.state !== "refused").length);
    for (const file of fresh.slice(0, room)) this.#begin(file);
    this.onNote?.(notes(twice, this.most, fresh.length - room));
    this.onChange();
  }

  pauseAll() {
    for (const entry of this.#entries) if (entry.underWay && entry.state !== "looking") entry.pause();
  }

  resumeAll() {
    for (const entry of this.#entries) if (entry.state === "paused") entry.send();
  }

  clear() {
    for (const entry of [...this.#entries]) this.#remove(entry);
  }

  /** Told by its files. */
  changed(entry) {
    if (!this.#rows.has(entry)) return; // removed meanwhile
    this.#rows.get(entry).show(entry);
    this.draft.keep({ ...entry.row, list: this.list.id });
    if (!entry.underWay && !this.keepsFiles) this.draft.forgetFile(entry.key);
    this.onChange();
  }

  /** Told by its files. */
  moved(entry, bytes) {
    this.#rows.get(entry)?.showProgress(entry);
    this.onMoved?.(bytes);
  }

  #begin(file) {
    const { name, size, lastModified: date } = file;
    const position = (this.#entries.at(-1)?.position ?? 0) + 1;
    this.#bring(this.#show(new ChosenFile({ key: keyOf(file), name, size, date, position }, this, file)), file);
  }

  /** The file itself has come: keep it, look at it, send it. */
  async #bring(entry, file) {
    entry.send(file);
    this.draft.keepFile(entry.key, file).then((kept) => kept && this.#kept.add(entry.key));
    if (!entry.picture) entry.show(await look(file));
  }

  #show(entry) {
    const row = new FileRow(entry, {
      remove: () => this.#takeOff(entry),
      pause: () => entry.pause(),
      resume: () => entry.send(),
      choose: () => this.input.click(),
    });
    this.#entries.push(entry);
    this.#rows.set(entry, row);
    this.list.append(row.element);
    row.show(entry);
    return entry;
  }

  /** The keyboard stays where it was: at the next file, or the one before, or where files are chosen. */
  #takeOff(entry) {
    const at = this.#entries.indexOf(entry);
    this.#remove(entry);
    const next = this.#rows.get(this.#entries[Math.min(at, this.#entries.length - 1)]);
    (next ?? this.input).focus();
  }

  #remove(entry) {
    this.#rows.get(entry).element.remove();
    this.#rows.delete(entry);
    this.#entries = this.#entries.filter((other) => other !== entry);
    entry.remove();
    this.draft.forget(entry.key);
    this.onChange();
  }

  /** Media that no vlog uses are removed by the service after a day. */
  async #checkStillThere() {
    const ready = this.#entries.filter((entry) => entry.media);
    if (!ready.length) return;
    const known = new Set((await getJson(`/api/media?limit=${LOOKED_UP}`)).items.map(({ id }) => id));
    for (const entry of ready.filter(({ media }) => !known.has(media.id))) {
      await getJson(`/api/media/${entry.media.id}`).catch((error) => error.status === 404 && entry.lose());
    }
  }
}

function notes(twice, most, tooMany) {
  const said = [];
  if (twice.length === 1) said.push(say("upload.twice", { name: twice[0] }));
  if (twice.length > 1) said.push(say("upload.twiceMany", { count: twice.length }));
  if (tooMany > 0) said.push(say("upload.tooMany", { most, count: tooMany }));
  return said.join(" ");
}
