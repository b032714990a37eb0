// Lets only so many things be done at once; the others wait their turn.

export class Gate {
  #free;
  #waiting = [];

  constructor(places) {
    this.#free = places;
  }

  /** What `work` returns or throws, once it was its turn. */
  async pass(work) {
    if (this.#free === 0) await new Promise((resolve) => this.#waiting.push(resolve));
    else this.#free -= 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next(); // its place goes to the next, never back in between
      else this.#free += 1;
    }
  }
}
