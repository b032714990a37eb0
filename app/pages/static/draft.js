// Keeps what was changed of a story and not yet sent, so that a reload loses nothing.

export class Draft {
  #key;

  constructor(path) {
    this.#key = `story ${path}`;
  }

  /** `scenes` as the service wants them, made from the story with this ETag. */
  keep(etag, scenes) {
    sessionStorage.setItem(this.#key, JSON.stringify({ etag, scenes }));
  }

  drop() {
    sessionStorage.removeItem(this.#key);
  }

  /** `told` as it was changed, or null when nothing was kept of the story with this ETag. */
  restored(etag, told) {
    const kept = JSON.parse(sessionStorage.getItem(this.#key) ?? "null");
    if (kept?.etag !== etag) return null;
    const scenes = new Map(told.map((scene) => [scene.id, scene]));
    return kept.scenes.map((changed) => ({ ...scenes.get(changed.id), ...changed }));
  }
}
