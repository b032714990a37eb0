// A list of chosen files: each is sent at once, and says in words what became of it.

import { giveUp, request, upload } from "./daylog.js";
import { inWords } from "./in-words.js";
import { say } from "./words.js";

const FILES_AT_ONCE = 3;

/** `kinds` are the kinds of media this list takes; `onChange` is called whenever a file's state changes. */
export class ChosenFiles {
  #entries = [];
  #waiting = [];
  #sending = 0;

  constructor(list, kinds, elsewhere, onChange) {
    Object.assign(this, { list, kinds, elsewhere, onChange });
  }

  /** Ids of the media that can be used, in the order chosen. */
  get ready() {
    return this.#entries.filter((entry) => entry.media).map((entry) => entry.media.id);
  }

  /** How many are still on their way. */
  get underWay() {
    return this.#sending + this.#waiting.length;
  }

  add(files) {
    for (const file of files) {
      const entry = { file, row: this.#row(file), stop: new AbortController(), media: null };
      entry.row.querySelector(".remove").addEventListener("click", () => this.#remove(entry));
      this.#entries.push(entry);
      this.#waiting.push(entry);
    }
    this.#next();
  }

  clear() {
    for (const entry of [...this.#entries]) this.#remove(entry);
  }

  #row(file) {
    const row = document.getElementById("file-row").content.firstElementChild.cloneNode(true);
    row.querySelector(".name").textContent = file.name;
    this.list.append(row);
    mark(row, "waiting", say("upload.waiting"));
    return row;
  }

  #next() {
    while (this.#sending < FILES_AT_ONCE && this.#waiting.length) this.#send(this.#waiting.shift());
    this.onChange();
  }

  async #send(entry) {
    this.#sending += 1;
    mark(entry.row, "sending", say("upload.sending"));
    try {
      const media = await upload(entry.file, {
        onBegun: (uploadId) => Object.assign(entry, { uploadId }),
        onProgress: (sent, size) => this.#arrived(entry.row, sent / size),
        signal: entry.stop.signal,
      });
      this.#take(entry, media);
    } catch (error) {
      if (entry.uploadId) giveUp(entry.uploadId);
      if (!entry.stop.signal.aborted) mark(entry.row, "refused", inWords(error));
    } finally {
      this.#sending -= 1;
      this.#next();
    }
  }

  #arrived(row, share) {
    row.querySelector("progress").value = share;
    if (share === 1) mark(row, "sending", say("upload.looking"));
  }

  #take(entry, media) {
    if (entry.stop.signal.aborted || !this.kinds.includes(media.kind)) {
      mark(entry.row, "refused", this.elsewhere);
      discard(media);
      return;
    }
    entry.media = media;
    mark(entry.row, "ready", say("upload.ready"));
  }

  #remove(entry) {
    entry.stop.abort();
    entry.row.remove();
    this.#entries = this.#entries.filter((other) => other !== entry);
    this.#waiting = this.#waiting.filter((other) => other !== entry);
    if (entry.media) discard(entry.media);
    this.onChange();
  }
}

function mark(row, state, words) {
  row.dataset.state = state;
  row.querySelector(".state").textContent = words;
}

/** Media that no vlog uses is reaped by the service in time; this only frees the room sooner. */
function discard(media) {
  request("DELETE", `/api/media/${media.id}`).catch(() => {});
}
