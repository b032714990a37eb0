// The form: files and settings become a vlog.

import { request } from "./api.js";
import { Estimate } from "./estimate.js";
import { ChosenFiles } from "./files.js";
import { say } from "./words.js";

/** `onCreated` gets the new vlog's id. */
export function newVlog(onCreated) {
  const form = document.getElementById("new");
  const create = document.getElementById("create");
  const estimate = new Estimate();
  let creating = false;
  // one key for one set of wishes: pressed again after a lost answer, the vlog is made once
  let key = crypto.randomUUID();

  const refresh = () => {
    const left = files.underWay + music.underWay;
    create.disabled = creating || left > 0 || files.ready.length === 0;
    create.textContent = left ? say("new.waiting", { count: left }) : say("new.create");
    key = crypto.randomUUID();
    estimate.refresh(files.ready);
  };
  const files = new ChosenFiles(
    document.getElementById("chosen"),
    ["photo", "clip"],
    say("new.onlySound"),
    refresh,
  );
  const music = new ChosenFiles(
    document.getElementById("chosen-music"),
    ["music", "clip"],
    say("new.noMusic"),
    refresh,
  );

  choosing(document.getElementById("files"), (chosen) => files.add(chosen));
  choosing(document.getElementById("music"), (chosen) => {
    music.clear();
    music.add(chosen);
  });
  dropping(document.getElementById("drop"), (dropped) => files.add(dropped));
  form.addEventListener("input", refresh);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    creating = true;
    create.disabled = true;
    complain("");
    try {
      onCreated(await ask(wishes(form, files, music), key));
    } catch (error) {
      complain([error.message, ...(error.errors ?? []).map((one) => one.detail)].join(" "));
      creating = false;
      create.disabled = false;
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (!form.hidden && files.underWay > 0) event.preventDefault();
  });
  form.hidden = false;
}

function wishes(form, files, music) {
  const body = new FormData();
  for (const field of form.querySelectorAll("[name]")) {
    const value = field.type === "checkbox" ? String(field.checked) : field.value.trim();
    if (value) body.append(field.name, value);
  }
  for (const id of files.ready) body.append("mediaIds", id);
  for (const id of music.ready) body.append("musicId", id);
  return body;
}

async function ask(body, key) {
  const response = await request("POST", "/api/agent/create-vlog", { headers: { "Idempotency-Key": key }, body });
  return (await response.json()).vlogId;
}

function complain(words) {
  const problem = document.getElementById("new-problem");
  problem.textContent = words;
  problem.hidden = !words;
}

function choosing(input, onFiles) {
  input.addEventListener("change", () => {
    onFiles([...input.files]);
    input.value = ""; // so that the same file may be chosen again
  });
}

function dropping(zone, onFiles) {
  // a file dropped beside the zone must not replace the page
  for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
  for (const kind of ["dragenter", "dragover"]) zone.addEventListener(kind, () => zone.classList.add("over"));
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => onFiles([...event.dataTransfer.files]));
}
