// Small pictures of chosen files, made in the browser, two at a time: a hundred large photos must not freeze it.

import { Gate } from "./gate.js";

const WIDTH = 320; // pixels
const PATIENCE = 10; // seconds
const PHOTO_BYTES = 80 * 1024 * 1024;
const PHOTOS = /\.(avif|gif|heic|heif|jpe?g|png|webp)$/i;
const CLIPS = /\.(3gp|avi|m2ts|m4v|mkv|mov|mp4|mpe?g|mts|ts|webm)$/i;
const SOUNDS = /\.(aac|flac|m4a|mp3|oga|ogg|opus|wav)$/i;

const gate = new Gate(2);

/** "photo", "clip", "music", or "" when neither its type nor its name tells. The service looks at what is in it. */
export function guessedKind({ type, name }) {
  if (type.startsWith("image/") || PHOTOS.test(name)) return "photo";
  if (type.startsWith("video/") || CLIPS.test(name)) return "clip";
  return type.startsWith("audio/") || SOUNDS.test(name) ? "music" : "";
}

/** `{picture, seconds}`: a JPEG, or null when this browser cannot show the file; a clip's or a sound's length. */
export function look(file) {
  return gate.pass(async () => {
    const nothing = { picture: null, seconds: null };
    const kind = guessedKind(file);
    if (kind === "photo") return photo(file).catch(() => nothing);
    return kind ? played(file, kind).catch(() => nothing) : nothing;
  });
}

async function photo(file) {
  if (file.size > PHOTO_BYTES) throw new Error("too large to be looked at here");
  const bitmap = await createImageBitmap(file, { resizeWidth: WIDTH, resizeQuality: "medium" });
  const picture = await jpeg(bitmap, bitmap.width, bitmap.height);
  bitmap.close();
  return { picture, seconds: null };
}

/** A clip's frame a little after its beginning, which is often black. */
async function played(file, kind) {
  const player = document.createElement(kind === "clip" ? "video" : "audio");
  const address = URL.createObjectURL(file);
  try {
    Object.assign(player, { muted: true, playsInline: true, preload: "metadata", src: address });
    await happens(player, "loadedmetadata");
    const seconds = Number.isFinite(player.duration) ? player.duration : null;
    if (kind === "music" || !player.videoWidth) return { picture: null, seconds };
    player.currentTime = Math.min(1, (seconds ?? 0) / 3);
    await happens(player, "seeked");
    const picture = await jpeg(player, WIDTH, Math.round((WIDTH * player.videoHeight) / player.videoWidth));
    return { picture, seconds };
  } finally {
    player.removeAttribute("src");
    player.load(); // lets go of its decoder
    URL.revokeObjectURL(address);
  }
}

function happens(player, event) {
  return new Promise((resolve, reject) => {
    player.addEventListener(event, resolve, { once: true });
    player.addEventListener("error", () => reject(player.error), { once: true });
    setTimeout(() => reject(new Error("it takes too long")), PATIENCE * 1000);
  });
}

function jpeg(source, width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d").drawImage(source, 0, 0, width, height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
}
