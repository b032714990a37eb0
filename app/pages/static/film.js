// A finished vlog: the film with its subtitles, its scenes to jump to, and what there is to know about it.

import { showChapters } from "./chapters.js";
import { clock } from "./clock.js";
import { noteInWords } from "./notes.js";
import { make, part, reveal } from "./parts.js";
import { say } from "./words.js";

const PLACES = 4; // named among the facts; the others are counted

/** Of the vlog at `path`; null: there is no film, or none any more. */
export function showFilm(path, vlog) {
  const film = part("film");
  if (vlog === null) return film.removeAttribute("src"); // made again, it has the same address and other pictures
  if (film.getAttribute("src") !== vlog.video_url) load(film, path, vlog);
  part("download").href = `${vlog.video_url}?download=1`;
  part("subtitles").href = `${vlog.subtitles_url.replace(".vtt", ".srt")}?download=1`;
  part("facts").replaceChildren(...facts(vlog).map(fact));
  note(vlog);
  return undefined;
}

/** Its words stand in its pictures: subtitles are for whoever asks for them, unless the pictures have none. */
function load(film, path, { video_url: url, thumbnail, subtitles_url: words, settings, segments }) {
  const language = settings.language;
  const track = make("track", { kind: "subtitles", src: words, srclang: language, label: say("vlog.subtitles") });
  track.default = !settings.captions;
  film.replaceChildren(track);
  film.dataset.aspect = settings.aspect;
  film.poster = thumbnail;
  film.src = url;
  showChapters(film, path, segments);
}

function fact([name, words]) {
  return make("div", {}, make("dt", {}, name), make("dd", {}, words));
}

/** [name, words] of each. */
function facts({ duration, analytics, settings, cost }) {
  const told = [[say("vlog.length"), clock(duration)]];
  const places = [...new Set(analytics.locations.map(({ name }) => name))];
  if (places.length) told.push([say("vlog.places"), listed(places)]);
  if (analytics.mood) told.push([say("vlog.mood"), analytics.mood]);
  if (analytics.activities.length) told.push([say("vlog.activities"), listed(analytics.activities)]);
  if (settings.travelDate) told.push([say("vlog.day"), day(settings.travelDate)]);
  if (cost) told.push([say("vlog.cost"), say("vlog.spent", { usd: `$${cost.toFixed(2)}` })]);
  return told;
}

function listed(names) {
  const more = names.length - PLACES;
  const shown = names.slice(0, PLACES).join(say("vlog.comma"));
  return more > 0 ? say("vlog.more", { shown, count: more }) : shown;
}

function day(date) {
  const full = { year: "numeric", month: "long", day: "numeric", timeZone: "UTC" };
  return new Date(date).toLocaleDateString(document.documentElement.lang, full);
}

/** Folded, unless they are why the film lacks something. */
function note({ notes, error_code: code }) {
  const missing = code === "partial";
  const summary = missing ? say("vlog.missing") : say("vlog.notes", { count: notes.length });
  part("notes").querySelector("summary").textContent = summary;
  part("notes").open = missing;
  part("warnings").replaceChildren(...notes.map((one) => make("li", {}, noteInWords(one))));
  reveal({ notes: notes.length > 0 });
}
