// How long a vlog will still take, in words that never go back.

import { say } from "./words.js";

const ENDS = { generate: 0.6, compose: 0.9, transfer: 1 }; // the progress at which the long steps end
const SEEN = 4; // seconds of a step that must have been seen before it is believed
const LONGER = 1.5; // so many times longer than was told: that is said

/** Of one run of one vlog. */
export class TimeLeft {
  #step = null;
  #began = null; // when and where this page first saw the step
  #told = Infinity;

  /** "" while nobody knows. `now` in seconds. */
  of(vlog, now) {
    if (vlog.step !== this.#step) {
      this.#step = vlog.step;
      this.#began = { now, progress: vlog.progress };
    }
    const guess = this.#guess(vlog, now);
    if (guess === null) return Number.isFinite(this.#told) ? inWords(this.#told) : "";
    if (guess > this.#told * LONGER && guess > this.#told + 10) return say("vlog.left.longer");
    this.#told = Math.min(this.#told, rounded(guess));
    return inWords(this.#told);
  }

  /** The service takes all steps to be equally fast; what this page saw of the step corrects it. */
  #guess({ step, progress, eta_seconds: eta }, now) {
    if (!(step in ENDS) || !eta) return null;
    const spent = now - this.#began.now;
    const done = progress - this.#began.progress;
    if (spent < SEEN || done <= 0) return null;
    return Math.max(eta, ((ENDS[step] - progress) / done) * spent);
  }
}

/** To what people say: fives below a minute, halves of minutes below five. */
function rounded(seconds) {
  const unit = seconds < 55 ? 5 : seconds < 300 ? 30 : 60;
  return Math.ceil(seconds / unit) * unit;
}

function inWords(seconds) {
  if (seconds <= 5) return say("vlog.left.moment");
  if (seconds < 60) return say("vlog.left.seconds", { count: seconds });
  const minutes = seconds / 60;
  return say("vlog.left.minutes", { count: minutes, minutes: minutes.toLocaleString(document.documentElement.lang) });
}
