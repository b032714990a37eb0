// What was chosen, in a line: beside each folded group of wishes, and for the film as a whole.

import { clock } from "./clock.js";
import { say } from "./words.js";

/** Wishes as the form has them; `own` is the name of the music that was brought along, if any was. */
export function tell({ theme, musicMood = "", transition = "", resolution, style, duration }, own) {
  const sound = own || (musicMood ? say(`new.musicMood.${musicMood}`) : say("new.byTheme"));
  const cuts = transition ? say(`new.transition.${transition}`) : say("new.byTheme");
  line("sound-told", sound);
  line("look-told", resolution, cuts, say(`new.style.${style}`));
  line("told", say("new.upTo", { length: clock(duration) }), resolution, say(`new.theme.${theme}`));
}

function line(id, ...facts) {
  document.getElementById(id).textContent = facts.join(" · ");
}
