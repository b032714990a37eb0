// Talks to Daylog's API: outlasts lost connections and busy moments, and turns problem details into Errors.

const BUSY = new Set([429, 502, 503, 504]);
const TRIES = 5;
const LONGEST_PAUSE = 30; // seconds

/** The service said no; the message is its sentence, `code` its word for programs, `field` what it is about. */
export class Problem extends Error {
  constructor(status, { detail, code, field, errors = [] } = {}) {
    super(detail || `The service answered ${status}.`);
    Object.assign(this, { status, code, field, errors });
  }
}

/** Nobody answered. */
export class Unreachable extends Error {
  constructor() {
    super("Daylog cannot be reached. Is it still running?");
  }
}

let bearer = null;
let signedOut = () => {};

/** From now on all requests carry this token (null: the page's cookies alone say who asks). */
export function authorize(token) {
  bearer = token;
}

export function authorized() {
  return bearer !== null;
}

/** From now on `act` is called whenever a request is refused because nobody is signed in any more. */
export function whenSignedOut(act) {
  signedOut = act;
}

/**
 * A Response that is ok, or 304. Asked up to `tries` times; `onLine` is told after each try whether anybody answered.
 * Throws Problem, Unreachable, or the reason of `signal`.
 */
export async function request(method, path, { headers = {}, body, signal, tries = TRIES, onLine = () => {} } = {}) {
  for (let number = 1; ; number += 1) {
    const response = await send(method, path, headers, body, signal);
    onLine(response !== null);
    const last = number >= tries;
    if (response && (response.ok || response.status === 304)) return response;
    if (response && (last || !worthAnother(response, headers, number))) {
      const problem = new Problem(response.status, await response.json().catch(() => ({})));
      if (problem.code === "not_authenticated") signedOut();
      throw problem;
    }
    if (last) throw new Unreachable();
    await pause(response ? retryAfter(response, 2 ** number) : backoff(number), signal);
  }
}

async function send(method, path, headers, body, signal) {
  const all = bearer ? { ...headers, Authorization: `Bearer ${bearer}` } : headers;
  const response = await fetch(path, { method, headers: all, body, signal, cache: "no-store" }).catch(() => null);
  signal?.throwIfAborted();
  return response;
}

/** A request that was lost may still be under way with the same key: then it is a conflict for a while. */
function worthAnother(response, headers, number) {
  return BUSY.has(response.status) || (response.status === 409 && number > 1 && "Idempotency-Key" in headers);
}

/** Whether the same may succeed later: proxies have statuses of their own for a service that they do not reach. */
export function passing(error) {
  return !(error instanceof Problem) || BUSY.has(error.status) || error.status >= 500;
}

export async function getJson(path, options) {
  return (await request("GET", path, options)).json();
}

export async function sendJson(method, path, body, options = {}) {
  const headers = { ...options.headers, ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
  const sent = body === undefined ? undefined : JSON.stringify(body);
  return (await request(method, path, { ...options, headers, body: sent })).json();
}

/** Seconds. */
export function retryAfter(response, otherwise) {
  return Math.min(Number(response.headers.get("Retry-After")) || otherwise, LONGEST_PAUSE);
}

/** Seconds to wait after so many failures in a row: 1, 2, 4 … and some chance, so that not all come back at once. */
export function backoff(failures) {
  return Math.min(2 ** (failures - 1), LONGEST_PAUSE) * (0.75 + Math.random() / 2);
}

/** Ends sooner when the network comes back, and at once when `signal` says so. */
export function pause(seconds, signal) {
  return new Promise((resolve) => {
    const over = new AbortController();
    const end = () => {
      clearTimeout(timer);
      over.abort();
      resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    window.addEventListener("online", end, { signal: over.signal });
    signal?.addEventListener("abort", end, { signal: over.signal });
    if (signal?.aborted) end();
  });
}
