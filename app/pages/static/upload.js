// Sends one file in parts, straight to the media store.

import { getJson, pause, request, sendJson } from "./api.js";

const PARTS_AT_ONCE = 3;
const ROUNDS = 4;

/**
 * Returns the media. `onProgress` is told the share that has arrived, 0 to 1; `signal` stops it. What was begun
 * and not finished is removed again. Throws Problem with the reason when the file cannot be used.
 */
export async function upload(file, onProgress, signal) {
  let begun = await sendJson("POST", "/api/uploads", { name: file.name, size: file.size });
  const path = `/api/uploads/${begun.uploadId}`;
  try {
    for (let round = 1; !(await putParts(file, begun, onProgress, signal)); round += 1) {
      signal.throwIfAborted();
      if (round === ROUNDS) throw new Error("It could not be sent: the media store did not take it.");
      await pause(round);
      begun = await getJson(path);
    }
    return await sendJson("POST", `${path}/complete`);
  } catch (error) {
    await request("DELETE", path).catch(() => {}); // what is left over is reaped by the service
    throw error;
  }
}

/** Whether all of them arrived. */
async function putParts(file, { parts, partSize }, onProgress, signal) {
  const waiting = [...parts];
  let arrived = 0;
  const sender = async () => {
    for (let part = waiting.shift(); part && !signal.aborted; part = waiting.shift()) {
      if (!(await putPart(file, part, partSize, signal))) continue;
      arrived += 1;
      onProgress(1 - (parts.length - arrived) / Math.ceil(file.size / partSize));
    }
  };
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, sender));
  return arrived === parts.length;
}

async function putPart(file, { number, url }, size, signal) {
  const body = file.slice((number - 1) * size, number * size);
  const response = await fetch(url, { method: "PUT", body, signal, referrerPolicy: "no-referrer" }).catch(() => null);
  if (response?.status === 507) throw new Error("There is no room left where Daylog keeps its files.");
  return Boolean(response?.ok);
}
