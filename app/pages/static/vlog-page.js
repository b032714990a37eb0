// The page of one vlog: follows it, shows the part of the page that its state asks for, and does what is pressed.

import { Problem, request, sendJson, watch } from "./daylog.js";
import { showFilm } from "./film.js";
import { inWords } from "./in-words.js";
import { Making } from "./making.js";
import { part, reveal } from "./parts.js";
import { offerSharing } from "./sharing.js";
import "./signed-out.js";
import { Story } from "./story.js";
import { sure } from "./sure.js";
import { leave } from "./toast.js";
import { showVersions } from "./versions.js";
import { say } from "./words.js";

const NOWHERE = "body, :disabled, dialog:not([open]) *"; // where the keyboard leads no further
const id = part("vlog").dataset.id;
const path = `/api/vlogs/${encodeURIComponent(id)}`;
const making = new Making();
let following = new AbortController();
const story = new Story(path, { onApproved: follow, onVersion: goTo });

on("cancel", async () => {
  await sendJson("POST", `${path}/cancel`);
  making.stopping();
});
on("retry", async () => {
  const answer = await request("POST", `${path}/retry`);
  follow(answer.headers.get("ETag"));
});
on("edit", () => story.edit());
on("delete", async () => {
  if (!(await sure(say("vlog.delete.sure"), say("vlog.delete")))) return;
  await request("DELETE", path);
  leave(id);
  location.assign("/vlogs");
});
offerSharing(path);
follow();

/** What a button does; while it does, it cannot be pressed again. */
function on(button, act) {
  part(button).addEventListener("click", async () => {
    part(button).disabled = true;
    refuse("");
    await act().catch((error) => refuse(inWords(error)));
    part(button).disabled = false;
    if (document.activeElement.matches(NOWHERE)) part(button).focus();
  });
}

/** From its state of now, which is none from before `since`, until it is over. */
async function follow(since) {
  following.abort();
  following = new AbortController();
  const { signal } = following;
  const onLine = (answered) => reveal({ connection: !answered });
  try {
    await watch(id, { onChange: show, onLine, since, signal });
  } catch (error) {
    if (!signal.aborted) give(error);
  }
}

/** There is no such vlog, or not any more; anything else is said as it is. */
function give(error) {
  if (!(error instanceof Problem) || error.status !== 404) return refuse(inWords(error));
  const buttons = ["download", "retry", "share", "edit", "subtitles", "cancel", "delete"];
  reveal(Object.fromEntries(["making", "made", "story", "versions", ...buttons].map((name) => [name, false])));
  part("vlog-title").textContent = say("vlog.absent");
  document.title = `${say("vlog.absent")} – Daylog`;
  return end(say("vlog.absent.why"), "");
}

function show(vlog) {
  const state = stateOf(vlog);
  const over = state === "failed" || state === "cancelled";
  const made = state === "made";
  const title = vlog.title || say("common.untitled");
  part("vlog-title").textContent = title;
  document.title = `${heading(vlog, state)}${title} – Daylog`;
  reveal({ making: state === "making", made, over, download: made, subtitles: made, share: made, edit: made });
  reveal({ retry: over || vlog.error_code === "partial", cancel: !made && !over, delete: made || over });
  part("vlog").dataset.state = state;
  if (state === "making") making.show(vlog);
  else making.rest();
  if (state === "review") story.review();
  else if (!made) story.close();
  if (over) end(reason(vlog), state === "cancelled" ? say("vlog.cancelled.remedy") : say("vlog.failed.remedy"));
  showFilm(path, made ? vlog : null);
  showVersions(path, vlog);
}

function stateOf(vlog) {
  if (vlog.needs === "review") return "review";
  if (vlog.status === "completed") return "made";
  if (vlog.status !== "failed") return "making";
  return vlog.error_code === "cancelled" ? "cancelled" : "failed";
}

/** What a tab in the background tells. */
function heading(vlog, state) {
  if (state === "review") return `${say("vlog.review.short")} · `;
  return state === "making" ? `${Math.floor(vlog.progress * 100)}% · ` : "";
}

function reason(vlog) {
  return inWords({ code: vlog.error_code, message: vlog.error_message || say("vlog.failed") }, "vlog");
}

function end(why, remedy) {
  reveal({ over: true });
  part("vlog-problem").textContent = why;
  part("remedy").textContent = remedy;
}

function refuse(words) {
  part("refusal").textContent = words;
  reveal({ refusal: Boolean(words) });
}

function goTo(created) {
  location.assign(`/vlogs/${created}`);
}
