// The music of the film: built-in moods to listen to, or a file of one's own and which part of it plays.

import { adjust, listening, stop } from "./listening.js";

const part = (id) => document.getElementById(id);

export class Soundtrack {
  #own; // as the list of chosen files has it
  #source = "";
  #measured = false;

  constructor(form, onChange) {
    const { musicStart: start, musicEnd: end, musicLoop: loop, musicVolume: volume } = form.elements;
    Object.assign(this, { form, start, end, loop, volume, onChange });
    for (const button of form.querySelectorAll("[data-mood]")) listening(button, () => nextTrack(button, volume));
    listening(part("listen-own"), () => this.#part());
    for (const field of [start, end]) field.addEventListener("input", () => this.#keepApart(field));
    form.addEventListener("input", () => adjust(part("listen-own"), this.#part()));
  }

  /** `own` is the user's file as the list of chosen ones has it, or undefined. It decides what can be wished of it. */
  refresh(own) {
    if (own?.file && own.file !== this.#own?.file) this.#take(own);
    part("own-music").hidden = part("own-music").disabled = !(own && this.#measured);
    if (!own && part("listen-own").ariaPressed === "true") stop();
  }

  #take(own) {
    URL.revokeObjectURL(this.#source);
    this.#own = own;
    this.#measured = false;
    this.#source = URL.createObjectURL(own.file);
    const probe = Object.assign(new Audio(), { preload: "metadata", src: this.#source });
    probe.addEventListener("loadedmetadata", () => Number.isFinite(probe.duration) && this.#measure(probe.duration));
  }

  stop() {
    stop();
  }

  /** All of it plays, unless another part of the same file was wished before a reload. */
  #measure(seconds) {
    for (const field of [this.start, this.end]) field.max = Math.floor(seconds * 2) / 2;
    if (this.form.dataset.music !== this.#own.key) [this.start.value, this.end.value] = [0, this.end.max];
    this.form.dataset.music = this.#own.key;
    this.#measured = true;
    this.onChange();
  }

  /** The end comes after the start, whichever is moved. */
  #keepApart(moved) {
    const step = Number(moved.step);
    const [start, end] = [Number(this.start.value), Number(this.end.value)];
    if (start < end) return;
    if (moved === this.start) this.start.value = end - step;
    else this.end.value = start + step;
  }

  #part() {
    const [start, end] = [Number(this.start.value), Number(this.end.value) || Infinity];
    return { source: this.#source, start, end, loop: this.loop.checked, volume: Number(this.volume.value) };
  }
}

/** Each time another one of the mood: which of them the film gets depends on its media. */
function nextTrack(button, volume) {
  const { mood, tracks, heard = "0" } = button.dataset;
  button.dataset.heard = (Number(heard) % Number(tracks)) + 1;
  return { source: `/music/${mood}/${button.dataset.heard}`, volume: Number(volume.value) };
}
