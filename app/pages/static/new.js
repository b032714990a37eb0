// The form: files and wishes become a vlog.

import { calmDown, complainOf, complainOfFields } from "./complaints.js";
import { createVlog } from "./daylog.js";
import { DateGuess } from "./date-guess.js";
import { Estimate } from "./estimate.js";
import { Preview } from "./preview.js";
import { forget, keep, restore, tellSliders, wishesOf } from "./settings.js";
import { Soundtrack } from "./soundtrack.js";
import { tell } from "./summaries.js";
import { openUploads } from "./uploads.js";
import { say } from "./words.js";

/** `onCreated` gets the new vlog's id. */
export async function newVlog(onCreated) {
  const form = document.getElementById("new");
  const create = document.getElementById("create");
  const estimate = new Estimate();
  const preview = new Preview();
  let creating = false;
  // one key for one set of wishes: pressed again after a lost answer, the vlog is made once
  let key = crypto.randomUUID();

  const refresh = () => {
    const left = files.underWay + music.underWay;
    create.disabled = creating || left > 0 || files.ready.length === 0;
    create.textContent = left ? say("new.waiting", { count: left }) : say("new.create");
    key = crypto.randomUUID();
    soundtrack.refresh(music.files.find(({ media }) => media));
    estimate.refresh(files.ready);
    date.refresh(files.files);
    const wishes = wishesOf(form);
    tellSliders(form);
    tell(wishes, music.files[0]?.name);
    preview.refresh(wishes, files.files.find(({ picture }) => picture)?.picture);
    keep(form);
  };
  const { files, music, restoreFiles, forgetFiles } = await openUploads(() => refresh());
  const soundtrack = new Soundtrack(form, refresh);
  const date = new DateGuess(form, refresh);

  form.noValidate = true; // complaints stand at the fields, in the page's language
  form.addEventListener("input", refresh);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (creating || create.disabled || complainOfFields(form)) return;
    calmDown(form);
    creating = create.disabled = true;
    soundtrack.stop();
    try {
      const [musicId] = music.ready;
      const created = await createVlog(files.ready, { ...wishesOf(form), musicId }, { key });
      forget();
      forgetFiles();
      onCreated(created);
    } catch (error) {
      complainOf(form, error);
      creating = create.disabled = false;
    }
  });
  restore(form);
  await restoreFiles();
  form.hidden = false;
  refresh();
}
