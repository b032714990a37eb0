// What may be wished of a new version beside its scenes: title, music, transition, captions.

import { part } from "./parts.js";
import { say } from "./words.js";

export class Wishes {
  #before = {};

  /** `settings` of the version it is made from. */
  show(settings) {
    part("story-mood").options[0].textContent = say(settings.musicId ? "story.music.own" : "story.byTheme");
    part("story-title").value = settings.title;
    part("story-mood").value = settings.musicId ? "" : (settings.musicMood ?? "");
    part("story-transition").value = settings.transition ?? "";
    part("story-captions").checked = settings.captions;
    this.#before = this.#asked;
  }

  /** Only what is not as it was. */
  get changed() {
    return Object.fromEntries(Object.entries(this.#asked).filter(([name, wish]) => wish !== this.#before[name]));
  }

  get #asked() {
    return {
      title: part("story-title").value.trim(),
      musicMood: part("story-mood").value || null, // takes the place of music of the user's own
      transition: part("story-transition").value || null,
      captions: part("story-captions").checked,
    };
  }
}
