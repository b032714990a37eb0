// Puts the parts of one file into the media store, several at once, until all have arrived.

import { backoff, pause, Problem } from "./api.js";
import { Gate } from "./gate.js";

const AT_ONCE = 4; // of all files together: browsers open six connections to a store at most
const REFUSALS = 5; // rounds in a row that the store refused, until we believe it
const SILENCES = 20; // rounds in a row in which the service answered and the store did not
const STALLED = 60; // seconds without a byte on its way

const gate = new Gate(AT_ONCE);

/** The parts of one file; the callbacks are those of `upload`. */
export class Parts {
  #arrived = 0; // bytes
  #underWay = new Map(); // bytes, by number

  constructor(file, { onProgress = () => {}, onLine = () => {}, signal } = {}) {
    Object.assign(this, { file, onProgress, onLine, signal });
  }

  /** `upload` is the body of `GET /api/uploads/{id}`; `ask` brings a fresh one. Throws Problem. */
  async send(upload, ask) {
    for (let failures = 0, fewest = Infinity; ; upload = await ask()) {
      failures = upload.parts.length < fewest ? 0 : failures;
      fewest = Math.min(fewest, upload.parts.length);
      const lost = await this.#round(upload);
      this.signal?.throwIfAborted();
      if (lost === null) return;
      failures += 1;
      await this.#judge(lost, failures);
      this.onLine(lost !== 0);
      await pause(backoff(failures), this.signal);
    }
  }

  /** One try for each missing part. Null when all arrived, else the status of one that did not, 0 for no answer. */
  async #round({ parts, partSize }) {
    const waiting = parts.map(({ number, url }) => {
      return { number, url, body: this.file.slice((number - 1) * partSize, number * partSize) };
    });
    this.#arrived = this.file.size - waiting.reduce((sum, { body }) => sum + body.size, 0);
    let lost = null;
    const sendNext = async () => {
      if (!waiting.length || lost !== null || this.signal?.aborted) return false;
      const status = await this.#put(waiting.shift());
      if (status < 200 || status > 299) lost = status;
      else this.onLine(true);
      return true;
    };
    const sender = async () => {
      while (await gate.pass(sendNext)); // for each part anew, so that small files are not kept waiting by large ones
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
    return lost;
  }

  async #put({ number, url, body }) {
    const status = await put(url, body, (bytes) => this.#tell(number, bytes), this.signal);
    if (status >= 200 && status < 300) this.#arrived += body.size;
    this.#tell(number, 0);
    return status;
  }

  #tell(number, bytes) {
    this.#underWay.set(number, bytes);
    this.onProgress([...this.#underWay.values()].reduce((sum, one) => sum + one, this.#arrived), this.file.size);
  }

  /** Whether there is hope, after so many failures in a row. */
  async #judge(status, failures) {
    if (status === 507) throw new Problem(status, { code: "storage_full", detail: "There is no room left." });
    if (failures === (status ? REFUSALS : SILENCES)) {
      throw new Problem(status, { code: "not_taken", detail: "The media store did not take it." });
    }
    if (status === 0) await this.#checkStillThere();
  }

  /** Nobody on the way is to blame when the file itself was changed or moved after it was chosen. */
  async #checkStillThere() {
    await this.file.slice(0, 1).arrayBuffer().catch(() => {
      throw new Problem(0, { code: "file_gone", detail: "The file was changed or moved: choose it again." });
    });
  }
}

/** The answer's status, 0 for none. Unlike fetch, XMLHttpRequest tells how much has left. */
function put(url, body, onProgress, signal) {
  return new Promise((resolve) => {
    const asking = new XMLHttpRequest();
    const stop = () => asking.abort();
    let stalled = setTimeout(stop, STALLED * 1000);
    asking.upload.onprogress = ({ loaded }) => {
      clearTimeout(stalled);
      stalled = setTimeout(stop, STALLED * 1000);
      onProgress(loaded);
    };
    asking.onloadend = () => {
      clearTimeout(stalled);
      signal?.removeEventListener("abort", stop);
      resolve(asking.status);
    };
    signal?.addEventListener("abort", stop);
    asking.open("PUT", url);
    asking.send(body);
  });
}
