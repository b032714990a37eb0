// Follows one vlog until it is over: asks every few seconds, and listens to the stream instead where that works.

import { authorized, passing, pause, request, retryAfter } from "./api.js";

const POLL = 3; // seconds, where the service names none
const SILENCE = 35; // seconds: a stream says something every 15, and one that does not is not believed
const AGAIN = 60; // seconds until a stream that was refused is tried again
const OVER = new Set(["completed", "failed"]);

/**
 * Resolves with the vlog (the body of `GET /api/vlogs/{id}`) when it is completed or has failed; rejects with the
 * service's Problem when it says no.
 *
 * - `onChange(vlog)`: each change once, never an older one after a newer. One with `needs` waits for somebody, and is
 *   watched on.
 * - `onLine(answered)`: false when nobody answers, true when somebody does again.
 * - `live`: with false it only polls, and so it does with a bearer token, which browsers cannot send with a stream.
 * - `since`: the ETag of what `POST …/retry` or `…/approve` has answered: how it stood before that is not told, not
 *   even by a process of the service that knows no better yet.
 * - `signal`: stops it, and is the reason it rejects with.
 */
export async function watch(id, { onChange, onLine = () => {}, live = true, since, signal } = {}) {
  signal?.throwIfAborted();
  const following = new Following(`/api/vlogs/${encodeURIComponent(id)}`, onChange, onLine, signal, numbered(since) - 1);
  const stop = () => following.stop();
  signal?.addEventListener("abort", stop);
  try {
    return await following.untilOver(live && !authorized());
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** The version that an ETag names; 0 for none. */
function numbered(etag) {
  return Number(/\d+/.exec(etag ?? ""));
}

class Following {
  #vlog = null;
  #version;
  #etag = null;
  #source = null;
  #heard = 0; // when the stream last said something, in milliseconds
  #listenAfter = 0;
  #rest = POLL;
  #nap = new AbortController();
  #asking = null;
  #answered = true;

  constructor(path, onChange, onLine, signal, version) {
    Object.assign(this, { path, onChange, onLine, signal });
    this.#version = version;
  }

  async untilOver(live) {
    try {
      for (;;) {
        if (!this.#streaming()) await this.#ask();
        if (OVER.has(this.#vlog?.status)) return this.#vlog;
        if (live) this.#listen();
        await pause(this.#streaming() ? SILENCE : this.#rest, this.#nap.signal);
        this.#nap = new AbortController();
        this.signal?.throwIfAborted();
      }
    } finally {
      this.#source?.close();
    }
  }

  stop() {
    this.#asking?.abort();
    this.#wake();
  }

  #wake() {
    this.#nap.abort();
  }

  #streaming() {
    return Date.now() - this.#heard < SILENCE * 1000;
  }

  async #ask() {
    const found = await this.#poll().catch((error) => {
      this.signal?.throwIfAborted();
      if (!passing(error)) throw error;
      this.#tellLine(false);
      return null;
    });
    if (found) this.#take(...found);
  }

  /** Version and vlog, or null when nothing has changed. An answer that takes too long is none. */
  async #poll() {
    this.#rest = POLL;
    this.#asking = new AbortController();
    const timer = setTimeout(() => this.#asking.abort(), SILENCE * 1000);
    try {
      const headers = this.#etag ? { "If-None-Match": this.#etag } : {};
      const response = await request("GET", this.path, { headers, signal: this.#asking.signal, tries: 1 });
      return await this.#read(response);
    } finally {
      clearTimeout(timer);
    }
  }

  async #read(response) {
    this.#rest = retryAfter(response, POLL);
    const vlog = response.status === 304 ? null : await response.json();
    this.#tellLine(true);
    if (!vlog) return null;
    this.#etag = response.headers.get("ETag");
    return [numbered(this.#etag), vlog];
  }

  /** Without a version, which a proxy may have dropped, what comes is the newest there is. */
  #take(version, vlog) {
    if (version > 0 && version <= this.#version) return;
    this.#version = Math.max(version, this.#version);
    this.#vlog = vlog;
    this.onChange?.(vlog);
  }

  #listen() {
    if (this.#source || Date.now() < this.#listenAfter) return;
    this.#source = new EventSource(`${this.path}/stream`);
    this.#source.addEventListener("ping", () => this.#hear());
    this.#source.addEventListener("message", ({ lastEventId, data }) => {
      this.#hear();
      this.#take(Number(lastEventId), JSON.parse(data));
      if (OVER.has(this.#vlog?.status)) this.#wake();
    });
    this.#source.addEventListener("error", () => this.#break());
  }

  #hear() {
    const began = !this.#streaming();
    this.#heard = Date.now();
    this.#tellLine(true);
    if (began) this.#wake(); // to wait for the stream from now on
  }

  /** The browser connects again by itself, unless the stream was refused. Meanwhile we ask. */
  #break() {
    this.#heard = 0;
    if (this.#source.readyState === EventSource.CLOSED) {
      this.#source = null;
      this.#listenAfter = Date.now() + AGAIN * 1000;
    }
    this.#wake();
  }

  #tellLine(answered) {
    if (answered !== this.#answered) this.onLine(answered);
    this.#answered = answered;
  }
}
