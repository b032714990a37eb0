// How far all chosen files are, in one line and a bar, and the one button that pauses them all.

import { duration, size, speed } from "./amounts.js";
import { Pace } from "./pace.js";
import { part } from "./parts.js";
import { say } from "./words.js";

const OFTEN = 500; // milliseconds between two looks while something is on its way

export class Totals {
  #pace = new Pace();
  #timer = null;
  #said = "";

  /** Of `files`, a ChosenFiles. */
  constructor(files) {
    this.files = files;
    part("pause-all").addEventListener("click", () => (this.#paused ? files.resumeAll() : files.pauseAll()));
  }

  moved(bytes) {
    this.#pace.moved(bytes, now());
  }

  /** Whenever a file's state has changed; by itself while something is on its way. */
  refresh() {
    clearTimeout(this.#timer);
    const { all, left } = this.#counts();
    part("totals").hidden = all.length === 0;
    part("totals-bar").hidden = part("pause-all").hidden = left.length === 0;
    part("totals-bar").value = sum(all, "sent") / Math.max(1, sum(all, "size"));
    part("pause-all").textContent = say(this.#paused ? "upload.resumeAll" : "upload.pauseAll");
    part("totals-told").textContent = this.#words(all, left);
    this.#announce(all, left);
    if (left.length && !this.#paused) this.#timer = setTimeout(() => this.refresh(), OFTEN);
    else this.#pace.forget();
  }

  /** What there is to say about what was chosen. */
  note(words) {
    part("upload-note").textContent = words;
    part("upload-note").hidden = !words;
  }

  #counts() {
    const all = this.files.files.filter(({ state }) => state !== "refused" && state !== "missing");
    return { all, left: all.filter((entry) => entry.underWay) };
  }

  get #paused() {
    const { left } = this.#counts();
    return left.length > 0 && left.every(({ state }) => state === "paused");
  }

  #words(all, left) {
    const whole = sum(all, "size");
    if (!left.length) return say("upload.all", { count: all.length, size: size(whole) });
    const sent = sum(all, "sent");
    const told = [say("upload.some", { done: all.length - left.length, all: all.length, sent: size(sent), size: size(whole) })];
    if (offline(left)) told.push(say("upload.offline"));
    else told.push(...this.#hope(whole - sent));
    return told.join(" · ");
  }

  #hope(bytes) {
    const pace = this.#pace.speed(now());
    return pace ? [speed(pace), say("upload.left", { time: duration(bytes / pace) })] : [];
  }

  /** For those who hear the page: only what matters, and once. */
  #announce(all, left) {
    const refused = this.files.files.filter(({ state }) => state === "refused").length;
    const words = [];
    if (offline(left)) words.push(say("upload.offlineSaid"));
    else if (all.length && !left.length) words.push(say("upload.allReady", { count: all.length }));
    if (refused && !left.length) words.push(say("upload.refusedSaid", { count: refused }));
    if (words.join(" ") !== this.#said) part("upload-said").textContent = this.#said = words.join(" ");
  }
}

function offline(left) {
  return left.some(({ state }) => state === "offline");
}

function sum(files, what) {
  return files.reduce((total, file) => total + file[what], 0);
}

function now() {
  return performance.now() / 1000;
}
