// The files of a new vlog: where they are chosen and dropped, their lists, and what becomes of them over a reload.

import { choosing, dropping } from "./choosing.js";
import { ChosenFiles } from "./files.js";
import { openDraft } from "./kept-files.js";
import { part } from "./parts.js";
import { Totals } from "./totals.js";
import { say } from "./words.js";

/**
 * `files` and `music` are ChosenFiles; `restoreFiles()` brings back what was there when the page was left;
 * `forgetFiles()` forgets them, once a vlog has them. `onChange` is called whenever the state of a file has changed.
 */
export async function openUploads(onChange) {
  const draft = await openDraft(document.body.dataset.owner);
  const files = new ChosenFiles(part("chosen"), {
    input: part("files"),
    draft,
    kinds: ["photo", "clip"],
    elsewhere: say("upload.onlySound"),
    onChange: () => {
      totals.refresh();
      onChange();
    },
    onMoved: (bytes) => totals.moved(bytes),
    onNote: (words) => totals.note(words),
  });
  const totals = new Totals(files);
  const music = new ChosenFiles(part("chosen-music"), {
    input: part("music"),
    draft,
    kinds: ["music", "clip"],
    elsewhere: say("upload.noMusic"),
    keepsFiles: true, // to be listened to
    onChange,
  });
  take(files, music);
  const restoreFiles = () => Promise.all([files.restore(), music.restore()]);
  return { files, music, restoreFiles, forgetFiles: () => draft.clear() };
}

function take(files, music) {
  choosing(part("files"), (chosen) => files.add(chosen));
  dropping(part("drop"), (dropped) => files.add(dropped));
  choosing(part("music"), (chosen) => {
    music.clear();
    music.add(chosen);
  });
  window.addEventListener("beforeunload", (event) => {
    if (files.fragile || music.fragile) event.preventDefault();
  });
}
