// Music to listen to before it is chosen: one player for the page, so that never two are heard at once.

const audio = new Audio();
let playing = null; // its button, and the part that is heard

/** A button that plays and stops. `pick` tells what: `{ source, start, end, loop, volume }`, times in seconds. */
export function listening(button, pick) {
  button.addEventListener("click", () => (playing?.button === button ? stop() : play(button, pick())));
}

export function stop() {
  audio.pause();
  playing?.button.setAttribute("aria-pressed", "false");
  playing = null;
}

/** What is heard goes on with these changes, if it is this button's. */
export function adjust(button, part) {
  if (playing?.button !== button) return;
  Object.assign(playing, part);
  audio.volume = playing.volume;
}

function play(button, part) {
  stop();
  document.getElementById("silent").hidden = true;
  playing = { start: 0, end: Infinity, loop: false, volume: 1, ...part, button };
  button.setAttribute("aria-pressed", "true");
  audio.src = playing.source;
  audio.currentTime = playing.start;
  audio.volume = playing.volume;
  audio.play().catch(({ name }) => name === "AbortError" || fail());
}

function fail() {
  document.getElementById("silent").hidden = false;
  stop();
}

function atEnd() {
  if (!playing?.loop) return stop();
  audio.currentTime = playing.start;
  return audio.play();
}

audio.addEventListener("timeupdate", () => playing && audio.currentTime >= playing.end && atEnd());
audio.addEventListener("ended", atEnd);
