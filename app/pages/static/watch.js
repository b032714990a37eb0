// One vlog: its progress while it is made, then the film, or in words why there is none.

import { pause, request, retryAfter, sendJson } from "./api.js";
import { maybe, say } from "./words.js";

const POLL = 3; // seconds, where the service names none
const OVER = new Set(["completed", "failed"]);

const part = (id) => document.getElementById(id);

/** Follow the vlog until it is over. */
export function watchVlog(id) {
  const path = `/api/vlogs/${encodeURIComponent(id)}`;
  const act = (button, method, suffix, then) =>
    part(button).addEventListener("click", async () => {
      part(button).disabled = true;
      await sendJsonOrNothing(method, path + suffix).then(then, complain);
      part(button).disabled = false;
    });
  act("cancel", "POST", "/cancel", show);
  act("retry", "POST", "/retry", () => follow(path));
  act("delete", "DELETE", "", () => location.assign("/vlogs"));
  follow(path);
}

async function sendJsonOrNothing(method, path) {
  return method === "DELETE" ? request(method, path) : sendJson(method, path);
}

async function follow(path) {
  let etag = null;
  for (;;) {
    try {
      const response = await request("GET", path, { headers: etag ? { "If-None-Match": etag } : {} });
      if (response.status !== 304) {
        etag = response.headers.get("ETag");
        const vlog = await response.json();
        show(vlog);
        if (OVER.has(vlog.status)) return;
      }
      await pause(retryAfter(response, POLL));
    } catch (error) {
      complain(error);
      if (error.status) return; // it said no; where nobody answers we ask again
      await pause(POLL);
    }
  }
}

function show(vlog) {
  const made = vlog.status === "completed";
  const failed = vlog.status === "failed";
  const incomplete = failed || vlog.error_code === "partial";
  const title = vlog.title || say("common.untitled");
  part("vlog-title").textContent = title;
  document.title = `${title} – Daylog`;
  reveal({ making: !made && !failed, made, cancel: !made && !failed, retry: incomplete, delete: made || failed, download: made });
  complain({ message: failed ? vlog.error_message || say("vlog.failed") : "" });
  part("step").textContent = maybe(`vlog.step.${vlog.step ?? ""}`) ?? say("vlog.working");
  part("bar").value = vlog.progress;
  part("message").textContent = vlog.message || "";
  if (made) showFilm(vlog);
  else part("film").removeAttribute("src"); // made again, it has the same address and other pictures
}

function showFilm(vlog) {
  const film = part("film");
  if (film.getAttribute("src") !== vlog.video_url) {
    film.poster = vlog.thumbnail;
    film.src = vlog.video_url;
  }
  part("download").href = `${vlog.video_url}?download=1`;
  const facts = [say("vlog.seconds", { count: Math.round(vlog.duration) })];
  if (vlog.cost) facts.push(say("vlog.spent", { usd: `$${vlog.cost.toFixed(2)}` }));
  part("facts").textContent = facts.join(" · ");
  part("warnings").replaceChildren(
    ...(vlog.warnings ?? []).map((warning) => Object.assign(document.createElement("li"), { textContent: warning })),
  );
}

function reveal(wanted) {
  for (const [id, shown] of Object.entries(wanted)) part(id).hidden = !shown;
}

function complain({ message }) {
  part("vlog-problem").textContent = message;
  part("vlog-problem").hidden = !message;
}
