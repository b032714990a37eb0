// One chosen file: sent, paused, gone on with, until its media can be used or the reason is known why not.

import { giveUp, upload } from "./daylog.js";
import { Gate } from "./gate.js";
import { inWords } from "./in-words.js";

const gate = new Gate(3); // files on their way at once
const PASSING = new Set(["not_taken", "storage_full", "over_quota"]); // refusals that need not last
const UNDER_WAY = new Set(["waiting", "sending", "looking", "offline", "paused"]);

/** By this a file is known again. */
export function keyOf({ name, size, lastModified }) {
  return [name, size, lastModified].join("\n");
}

export class ChosenFile {
  /** waiting, sending, looking, offline, paused; ready, refused; missing when it must be chosen again to go on */
  state = "waiting";
  sent = 0; // bytes
  worthAnother = false; // once refused
  #stop = new AbortController();

  /** `row` is what was kept of it, `list` the ChosenFiles that it is in. */
  constructor(row, list, file = null) {
    const { key, name, size, date, position, uploadId = null, media = null, refusal = "", picture, seconds } = row;
    Object.assign(this, { key, name, size, date, position, uploadId, media, refusal, picture, seconds, list, file });
    if (media) this.state = "ready";
    else if (refusal) this.state = "refused";
    else if (row.paused) this.state = "paused";
    else if (!file) this.state = "missing";
  }

  /** What must be kept of it. */
  get row() {
    const { key, name, size, date, position, uploadId, media, refusal, picture, seconds } = this;
    return { key, name, size, date, position, uploadId, media, refusal, picture, seconds, paused: this.state === "paused" };
  }

  get underWay() {
    return UNDER_WAY.has(this.state);
  }

  /** Send it, or go on where it stopped. */
  async send(file = this.file) {
    Object.assign(this, { file, refusal: "" });
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#become("waiting");
    await gate.pass(async () => signal.aborted || this.#upload(signal));
  }

  pause() {
    this.#stop.abort();
    this.#become("paused");
  }

  /** Stop it, and leave nothing of it at the service. */
  remove() {
    this.#stop.abort();
    if (this.uploadId) giveUp(this.uploadId);
  }

  /** The service has it no longer. */
  lose() {
    Object.assign(this, { media: null, uploadId: null });
    this.#become("missing");
  }

  show({ picture, seconds }) {
    Object.assign(this, { picture, seconds });
    this.list.changed(this);
  }

  async #upload(signal) {
    this.#become("sending");
    const options = {
      uploadId: this.uploadId,
      onBegun: (uploadId) => this.#begin(uploadId),
      onProgress: (sent) => this.#progress(sent),
      onLine: (answered) => signal.aborted || this.#line(answered),
      signal,
    };
    try {
      this.#take(await upload(this.file, options));
    } catch (error) {
      if (!signal.aborted) this.#refuse(error);
    }
  }

  #begin(uploadId) {
    this.uploadId = uploadId;
    this.list.changed(this);
  }

  #progress(sent) {
    const moved = sent - this.sent;
    this.sent = sent;
    this.list.moved(this, moved);
    if (sent === this.size) this.#become("looking");
  }

  #line(answered) {
    if (!answered) this.#become("offline");
    else if (this.state === "offline") this.#become("sending");
  }

  #take(media) {
    this.uploadId = media.id;
    if (!this.list.kinds.includes(media.kind)) return this.#refuse({ message: this.list.elsewhere, code: "elsewhere" });
    this.media = media;
    this.sent = this.size;
    return this.#become("ready");
  }

  #refuse(error) {
    if (error.code === "file_gone") return this.#become("missing");
    if (error.code === "not_authenticated") return this.#become("waiting"); // whoever signs in again goes on with it
    if (this.uploadId) giveUp(this.uploadId);
    this.worthAnother = PASSING.has(error.code);
    Object.assign(this, { refusal: inWords(error, "upload"), uploadId: null, sent: 0 });
    return this.#become("refused");
  }

  #become(state) {
    this.state = state;
    this.list.changed(this);
  }
}
