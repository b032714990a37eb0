// A vlog while it is made: which step it is at, how far, and how long it will take.

import { make, part } from "./parts.js";
import { TimeLeft } from "./time-left.js";
import { maybe, say } from "./words.js";

const STEPS = ["analyze", "storyboard", "generate", "compose", "transfer"];

export class Making {
  #left = new TimeLeft();
  #stopping = false;

  show(vlog) {
    const waiting = vlog.status === "pending" || !vlog.step;
    this.#headline(waiting && !this.#stopping ? say("vlog.step.") : this.#doing(vlog.step));
    part("bar").value = vlog.progress;
    part("message").textContent = counted(vlog) ?? percent(vlog.progress);
    part("left").textContent = this.#stopping ? "" : this.#left.of(vlog, performance.now() / 1000);
    part("advice").textContent = say(waiting ? "vlog.queued" : "vlog.closable");
    part("steps").replaceChildren(...stepsOf(vlog).map(([step, state]) => row(step, state)));
  }

  /** It was told to stop, and will when the one who works on it notices. */
  stopping() {
    this.#stopping = true;
    this.#headline(say("vlog.stopping"));
    part("left").textContent = "";
  }

  /** Nothing is being made; the next time is another run. */
  rest() {
    this.#left = new TimeLeft();
    this.#stopping = false;
  }

  #doing(step) {
    return this.#stopping ? say("vlog.stopping") : (maybe(`vlog.step.${step}`) ?? say("vlog.working"));
  }

  /** Said aloud: only when it changes. */
  #headline(words) {
    if (part("step").textContent !== words) part("step").textContent = words;
  }
}

/** [step, "done" | "now" | "later"] of each that this vlog goes through. */
function stepsOf({ step, settings }) {
  const steps = STEPS.filter((name) => name !== "generate" || settings.style === "generated");
  const at = steps.indexOf(step);
  return steps.map((name, number) => [name, number < at ? "done" : number === at ? "now" : "later"]);
}

function row(step, state) {
  const told = make("span", { className: "unseen" }, say(`vlog.step.is.${state}`));
  const made = make("li", {}, make("span", {}, say(`vlog.step.${step}`)), told);
  made.dataset.state = state;
  if (state === "now") made.ariaCurrent = "step";
  return made;
}

/** The service's message is in English: where it counts, the count is told in the page's language. */
function counted({ step, message }) {
  const [, done, all] = /(\d+) of (\d+)/.exec(message) ?? [];
  return all ? maybe(`vlog.count.${step}`, { done, all }) : null;
}

function percent(share) {
  return share.toLocaleString(document.documentElement.lang, { style: "percent", maximumFractionDigits: 0 });
}
