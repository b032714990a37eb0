// The scenes of a film as a strip of pictures: each is where the film goes when it is pressed.

import { clock } from "./clock.js";
import { getJson } from "./daylog.js";
import { make, part, reveal } from "./parts.js";

/** Of the film that `player` shows; `path` is its vlog's. */
export async function showChapters(player, path, segments) {
  const items = segments.map((segment) => chapter(player, segment));
  part("chapters").querySelector("ol").replaceChildren(...items);
  reveal({ chapters: items.length > 1 });
  player.ontimeupdate = () => {
    const now = segments.findLastIndex(({ start }) => start <= player.currentTime);
    items.forEach((item, number) => (item.firstElementChild.ariaCurrent = String(number === now)));
  };
  const pictures = await picturesOf(path, segments);
  items.forEach((item, number) => pictures[number] && item.firstElementChild.prepend(picture(pictures[number])));
}

function chapter(player, { start, caption, media }) {
  const time = make("span", { className: "time" }, clock(start));
  const words = make("span", { className: caption ? "words" : "words name" }, caption || media);
  const button = make("button", { type: "button" }, time, words);
  button.addEventListener("click", () => {
    player.currentTime = start;
    player.play().catch(() => {}); // a browser that plays nothing unasked shows the scene all the same
  });
  return make("li", {}, button);
}

/** Addresses, in the order of the segments; without a storyboard there are none, and the strip has only words. */
async function picturesOf(path, segments) {
  const { scenes } = await getJson(`${path}/storyboard`).catch(() => ({ scenes: [] }));
  const shown = scenes.filter((scene) => !scene.left_out);
  return segments.map(({ media_id: id }) => {
    const at = shown.findIndex((scene) => scene.media_id === id);
    return at < 0 ? null : shown.splice(0, at + 1).at(-1).picture; // what was passed over was lost while it was made
  });
}

function picture(source) {
  const image = make("img", { alt: "", loading: "lazy", width: 160, height: 90, src: source });
  image.addEventListener("error", () => image.remove());
  return image;
}
