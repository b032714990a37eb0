// Talks to Daylog's API: outlasts lost connections and busy moments, and turns problem details into Errors.

const BUSY = new Set([429, 502, 503, 504]);
const TRIES = 5;
const LONGEST_PAUSE = 30; // seconds

/** The service said no; the message is its sentence, `field` what it is about. */
export class Problem extends Error {
  constructor(status, { detail, code, field, errors = [] } = {}) {
    super(detail || `The service answered ${status}.`);
    Object.assign(this, { status, code, field, errors });
  }
}

/** A Response that is ok, or 304. Throws Problem, or an Error when nobody answers. */
export async function request(method, path, { headers = {}, body } = {}) {
  for (let number = 1; ; number += 1) {
    const response = await fetch(path, { method, headers, body, cache: "no-store" }).catch(() => null);
    const last = number === TRIES;
    if (response && (response.ok || response.status === 304)) return response;
    if (response && (last || !worthAnother(response, headers, number))) {
      throw new Problem(response.status, await response.json().catch(() => ({})));
    }
    if (last) throw new Error("Daylog cannot be reached. Is it still running?");
    await pause(response ? retryAfter(response, 2 ** number) : 2 ** number / 2);
  }
}

/** A request that was lost may still be under way with the same key: then it is a conflict for a while. */
function worthAnother(response, headers, number) {
  return BUSY.has(response.status) || (response.status === 409 && number > 1 && "Idempotency-Key" in headers);
}

export async function getJson(path) {
  return (await request("GET", path)).json();
}

export async function sendJson(method, path, body) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  return (await request(method, path, { headers, body: body === undefined ? undefined : JSON.stringify(body) })).json();
}

/** Seconds. */
export function retryAfter(response, otherwise) {
  return Math.min(Number(response.headers.get("Retry-After")) || otherwise, LONGEST_PAUSE);
}

export function pause(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
