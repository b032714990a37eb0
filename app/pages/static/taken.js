// On which day the media were taken: what the camera wrote into photos, and the date of a file.

const HEAD = 512 * 1024; // bytes: phones write EXIF at the front, some behind a preview
const EXIF = /(?:Exif\0\0|EXIF[^]{4})(?=II\*\0|MM\0\*)/; // before a TIFF header: in JPEG, HEIC and AVIF; in WebP
const EXIF_IFD = 0x8769;
const DATES = [0x9003, 0x9004, 0x0132]; // taken, digitised, changed

/** "2026-11-22", by the camera's own clock; null when nothing is written there. */
export async function takenOn(file) {
  return exifDate(new Uint8Array(await file.slice(0, HEAD).arrayBuffer()));
}

/** The day on which most of them were taken; of equals the first. Null of none. */
export function mostCommon(days) {
  const counts = new Map();
  for (const day of days) counts.set(day, (counts.get(day) ?? 0) + 1);
  const [most] = [...counts].sort(([a, many], [b, more]) => more - many || a.localeCompare(b));
  return most?.[0] ?? null;
}

/** Of milliseconds; here. */
export function localDay(milliseconds) {
  const date = new Date(milliseconds);
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

/** Exif 3.0, 4.6: a TIFF header, a list of tags, behind one of them a second list. */
function exifDate(bytes) {
  const found = EXIF.exec(new TextDecoder("latin1").decode(bytes)); // a character for each byte
  if (!found) return null;
  try {
    return dateIn(new DataView(bytes.buffer, found.index + found[0].length));
  } catch (error) {
    if (error instanceof RangeError) return null; // it points behind its own end
    throw error;
  }
}

function dateIn(view) {
  const little = view.getUint16(0) === 0x4949;
  const first = tags(view, view.getUint32(4, little), little);
  const second = first.has(EXIF_IFD) ? tags(view, view.getUint32(first.get(EXIF_IFD) + 8, little), little) : new Map();
  for (const tag of DATES) {
    const entry = second.get(tag) ?? first.get(tag);
    const day = entry === undefined ? null : dayAt(view, view.getUint32(entry + 8, little));
    if (day) return day;
  }
  return null;
}

/** Where the entry of each tag begins. */
function tags(view, at, little) {
  const found = new Map();
  for (let number = view.getUint16(at, little), entry = at + 2; number > 0; number -= 1, entry += 12) {
    found.set(view.getUint16(entry, little), entry);
  }
  return found;
}

/** Of "2026:11:22 09:05:00"; null for the zeros and blanks of a camera whose clock was never set. */
function dayAt(view, at) {
  const text = Array.from({ length: 10 }, (_, offset) => String.fromCharCode(view.getUint8(at + offset))).join("");
  const day = text.replaceAll(":", "-");
  return /^(19|20)\d\d-/.test(day) && !Number.isNaN(Date.parse(day)) ? day : null;
}
