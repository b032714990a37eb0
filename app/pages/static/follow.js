// Follows one vlog until it is over: asks every few seconds, and listens to the stream instead where that works.

import { authorized, passing, pause, request, retryAfter } from "./api.js";

const POLL = 3; // seconds, where the service names none
const SILENCE = 35; // seconds: a stream says something every 15, and one that does not is not believed
const AGAIN = 60; // seconds until a stream that was refused is tried again
const OVER = new Set(["completed", "failed"]);

/**
 * Resolves with the vlog (the body of `GET /api/vlogs/{id}`) when it is completed or has failed. Until then `onChange`
 * is called with it for each change once, never for an older one after a newer; `onLine` with false when nobody
 * answers, and with true when somebody does again. With `live: false` it only polls, and so it does with a bearer
 * token, which browsers cannot send with a stream. Rejects with the service's Problem when it says no, and with the
 * reason of `signal` when that is aborted.
 */
export async function watch(id, { onChange, onLine = () => {}, live = true, signal } = {}) {
  const following = new Following(`/api/vlogs/${encodeURIComponent(id)}`, onChange, onLine, signal);
  const wake = () => following.wake();
  signal?.addEventListener("abort", wake);
  try {
    return await following.untilOver(live && !authorized());
  } finally {
    signal?.removeEventListener("abort", wake);
  }
}

class Following {
  #vlog = null;
  #version = -1;
  #etag = null;
  #source = null;
  #heard = 0; // when the stream last said something, in milliseconds
  #listenAfter = 0;
  #rest = POLL;
  #nap = new AbortController();
  #answered = true;

  constructor(path, onChange, onLine, signal) {
    Object.assign(this, { path, onChange, onLine, signal });
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

  wake() {
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

  /** Version and vlog, or null when nothing has changed. */
  async #poll() {
    const headers = this.#etag ? { "If-None-Match": this.#etag } : {};
    this.#rest = POLL;
    const response = await request("GET", this.path, { headers, signal: this.signal, tries: 1 });
    this.#rest = retryAfter(response, POLL);
    const vlog = response.status === 304 ? null : await response.json();
    this.#tellLine(true);
    if (!vlog) return null;
    this.#etag = response.headers.get("ETag");
    return [Number(/\d+/.exec(this.#etag)), vlog];
  }

  #take(version, vlog) {
    if (version <= this.#version) return;
    this.#version = version;
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
      if (OVER.has(this.#vlog.status)) this.wake();
    });
    this.#source.addEventListener("error", () => this.#break());
  }

  #hear() {
    const began = !this.#streaming();
    this.#heard = Date.now();
    this.#tellLine(true);
    if (began) this.wake(); // to wait for the stream from now on
  }

  /** The browser connects again by itself, unless the stream was refused. Meanwhile we ask. */
  #break() {
    this.#heard = 0;
    if (this.#source.readyState === EventSource.CLOSED) {
      this.#source = null;
      this.#listenAfter = Date.now() + AGAIN * 1000;
    }
    this.wake();
  }

  #tellLine(answered) {
    if (answered !== this.#answered) this.onLine(answered);
    this.#answered = answered;
  }
}
