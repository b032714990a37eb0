// How files come into the page: chosen, or dropped, whole folders too.

import { guessedKind } from "./thumbnails.js";

/** `onFiles` gets what was chosen. */
export function choosing(input, onFiles) {
  input.addEventListener("change", () => {
    onFiles([...input.files]);
    input.value = ""; // so that the same file may be chosen again
  });
}

/** `onFiles` gets what was dropped on `zone`: of folders, all files in them. */
export function dropping(zone, onFiles) {
  // a file dropped beside the zone must not replace the page
  for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
  for (const kind of ["dragenter", "dragover"]) zone.addEventListener(kind, () => zone.classList.add("over"));
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("over"));
  zone.addEventListener("drop", async ({ dataTransfer: { items, files } }) => {
    // all must be taken while the event lasts
    const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const loose = entries.length ? [] : [...files];
    onFiles([...loose, ...(await Promise.all(entries.map((entry) => filesIn(entry)))).flat()]);
  });
}

/** Of a folder only what may be media; what cannot be read is left out. */
async function filesIn(entry, depth = 0) {
  if (entry.isFile) {
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
    return file && (depth === 0 || (!file.name.startsWith(".") && guessedKind(file))) ? [file] : [];
  }
  const found = [];
  const reader = entry.createReader();
  // it tells only some at a time
  for (let some = await read(reader); some.length; some = await read(reader)) found.push(...some);
  return (await Promise.all(found.map((one) => filesIn(one, depth + 1)))).flat();
}

function read(reader) {
  return new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
}
