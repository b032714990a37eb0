// Daylog's client for any page at Daylog's own address: send files, make a vlog of them, watch it being made.
//
//   import { createVlog, upload, watch } from "/static/daylog.js";
//
//   const media = await upload(file, { onProgress: (sent, size) => … });
//   const id = await createVlog([media.id], { title: "A day by the sea", duration: 60 });
//   const vlog = await watch(id, { onChange: ({ progress }) => … });
//
// What the service refuses is a Problem; when nobody answers, Unreachable. `signal` stops anything.

import { request } from "./api.js";

export { authorize, getJson, Problem, request, sendJson, Unreachable, whenSignedOut } from "./api.js";
export { watch } from "./follow.js";
export { giveUp, upload } from "./upload.js";

/**
 * Returns the new vlog's id. `wishes` are fields of `POST /api/agent/create-vlog`, each left empty has its default;
 * with the same `key` and the same wishes, however often it is asked, one vlog is made.
 */
export async function createVlog(mediaIds, wishes = {}, { key = crypto.randomUUID(), signal } = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries(wishes)) {
    if (value !== "" && value !== null && value !== undefined) body.append(name, value);
  }
  for (const id of mediaIds) body.append("mediaIds", id);
  const headers = { "Idempotency-Key": key };
  const response = await request("POST", "/api/agent/create-vlog", { headers, body, signal });
  return (await response.json()).vlogId;
}
