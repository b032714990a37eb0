// Sends one file in parts, straight to the media store; goes on where it stopped, however it stopped.

import { getJson, Problem, request, sendJson, Unreachable } from "./api.js";
import { Parts } from "./sending.js";

const LONGEST_NAME = 255;

/**
 * Returns the media (the body of `GET /api/media/{id}`). Lost connections are waited out.
 *
 * - `onBegun(uploadId)`: by this id the upload can go on later: give it as `uploadId`, with the same file, and only
 *   parts that have not arrived are sent. One the service no longer knows is begun anew, which is told again.
 * - `onProgress(sent, size)`: bytes that have left; `sent` is `size` while the service looks at the file.
 * - `onLine(answered)`: false when nobody answers, true when somebody does again.
 * - `signal`: stops it, and what has arrived waits for a day. `giveUp(uploadId)` removes it at once.
 *
 * Throws Problem with the reason when the file cannot be used, or the reason of `signal`.
 */
export async function upload(file, { uploadId, onBegun, onProgress, onLine, signal } = {}) {
  const options = { signal, onLine, tries: Infinity };
  let under = uploadId ? await resume(uploadId, options) : null;
  if (under?.state === "ready") return under;
  if (!under) {
    under = await sendJson("POST", "/api/uploads", { name: printable(file.name), size: file.size }, options);
    onBegun?.(under.uploadId);
  }
  const path = `/api/uploads/${under.uploadId}`;
  await new Parts(file, { onProgress, onLine, signal }).send(under, () => getJson(path, options));
  return sendJson("POST", `${path}/complete`, undefined, options);
}

/** Removes what has arrived of an upload, or the media it has become. What is gone already is no complaint. */
export async function giveUp(uploadId) {
  await request("DELETE", `/api/uploads/${uploadId}`).catch(async (error) => {
    if (error.status === 409) await request("DELETE", `/api/media/${uploadId}`).catch(forgive);
    else forgive(error);
  });
}

/** What cannot be removed now is reaped by the service in time. */
function forgive(error) {
  if (!(error instanceof Problem || error instanceof Unreachable)) throw error;
}

/** Where it stands, the media if it is complete, or null when it is gone. */
async function resume(uploadId, options) {
  try {
    return await getJson(`/api/uploads/${uploadId}`, options);
  } catch (error) {
    if (error.status === 409) return getJson(`/api/media/${uploadId}`, options);
    if (error.status === 404) return null;
    throw error;
  }
}

/** As the service takes it: one line of text, not too long, with its ending. */
function printable(name) {
  const ending = /\.[^.]{1,10}$/.exec(name)?.[0] ?? "";
  const fitting = name.length > LONGEST_NAME ? name.slice(0, LONGEST_NAME - ending.length) + ending : name;
  return fitting.replace(/[\p{Cc}\p{Cs}]/gu, "\uFFFD").trim() || "?";
}
