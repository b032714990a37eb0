// What the vlog would cost, told while its form is being filled in.

import { Problem, sendJson } from "./daylog.js";
import { wishesOf } from "./settings.js";
import { say } from "./words.js";

const PAUSE = 300; // milliseconds without a change before it is asked

/** Call `refresh` with the ids of the media at each change of the form. */
export class Estimate {
  #form = document.getElementById("new");
  #words = document.getElementById("estimate");
  #timer;

  refresh(mediaIds) {
    const generated = this.#form.elements.style.value === "generated";
    const limit = document.getElementById("max-cost");
    limit.hidden = limit.disabled = !generated;
    clearTimeout(this.#timer);
    if (!generated || mediaIds.length === 0) return this.#show("");
    this.#timer = setTimeout(() => this.#ask(mediaIds), PAUSE);
    return undefined;
  }

  async #ask(mediaIds) {
    const asked = this.#timer;
    const words = await sendJson("POST", "/api/vlogs/estimate", { ...wishesOf(this.#form), mediaIds }).then(told, untold);
    if (asked === this.#timer) this.#show(...words);
  }

  #show(range, reasons = "") {
    this.#words.replaceChildren(Object.assign(document.createElement("strong"), { textContent: range }), ` ${reasons}`);
    this.#words.hidden = !range;
  }
}

/** What it costs, and for what. The service's own reasons are in English: they are for programs. */
function told({ low, high, scenes }) {
  const cost = high ? say("new.about", { range: span(low, high, dollars) }) : say("new.atNoCost");
  if (!scenes.high) return [cost, say("new.noneLively")];
  const lively = say("new.lively", { photos: span(scenes.low, scenes.high, String), count: scenes.high });
  const { price } = scenes;
  return [cost, price.high ? `${lively} ${say("new.each", { price: span(price.low, price.high, dollars) })}` : lively];
}

function span(low, high, written) {
  const ends = { low: written(low), high: written(high) };
  return ends.low === ends.high ? ends.high : say("new.range", ends);
}

/** A wrong field is complained of when the vlog is asked for. */
function untold(error) {
  return [error instanceof Problem ? "" : error.message];
}

function dollars(usd) {
  return `$${usd.toFixed(2)}`;
}
