// How fast bytes have been going lately.

const WINDOW = 8; // seconds
const SURE = 1.5; // seconds that must have been seen

export class Pace {
  #moves = []; // {at, bytes}

  /** `now` in seconds. */
  moved(bytes, now) {
    this.#moves.push({ at: now, bytes });
    while (now - this.#moves[0].at > WINDOW) this.#moves.shift();
  }

  /** Bytes a second, or null while too little was seen. */
  speed(now) {
    const lately = this.#moves.filter(({ at }) => now - at <= WINDOW);
    if (!lately.length || now - lately[0].at < SURE) return null;
    const bytes = lately.reduce((sum, move) => sum + move.bytes, 0);
    return bytes > 0 ? bytes / (now - lately[0].at) : null;
  }

  forget() {
    this.#moves = [];
  }
}
