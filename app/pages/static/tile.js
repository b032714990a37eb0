// One vlog among all: its picture, title, day, length, and how it stands.

import { clock } from "./clock.js";
import { copyOf } from "./parts.js";
import { maybe, say } from "./words.js";

/** Parked ones wait for a person: only that person's own doing changes them. */
export function isBeingMade({ status, needs }) {
  return (status === "pending" || status === "processing") && !needs;
}

export class Tile {
  /** `onRemove` is called with the tile when its vlog is to be deleted. */
  constructor(vlog, onRemove) {
    this.element = copyOf("tile");
    this.#find(".remove").addEventListener("click", () => onRemove(this));
    this.#find("img").addEventListener("error", ({ target }) => (target.hidden = true));
    this.show(vlog);
  }

  /** As it stands now. Returns the tile. */
  show(vlog) {
    this.vlog = vlog;
    const title = vlog.title || say("common.untitled");
    this.#find("a").href = `/vlogs/${vlog.id}`;
    this.#find(".name").textContent = title;
    this.#find(".facts").textContent = facts(vlog);
    this.#find(".remove").ariaLabel = say("library.delete", { title });
    this.#find("progress").hidden = !isBeingMade(vlog);
    this.#find("progress").value = vlog.progress;
    this.#find("progress").ariaLabel = say("library.progress");
    this.element.dataset.state = stateOf(vlog);
    this.#find(".state").textContent = maybe(`library.is.${stateOf(vlog)}`) ?? "";
    this.#picture(vlog);
    return this;
  }

  focus() {
    this.#find("a").focus();
  }

  focusRemove() {
    this.#find(".remove").focus();
  }

  #find(selector) {
    return this.element.querySelector(selector);
  }

  /** Made again, it has the same address and another picture. */
  #picture({ thumbnail, completed_at: since }) {
    const image = this.#find("img");
    const source = thumbnail ? `${thumbnail}#${since}` : "";
    if (image.getAttribute("src") === source) return;
    image.hidden = !source;
    if (source) image.src = source;
    else image.removeAttribute("src");
  }
}

function stateOf({ status, needs, error_code: code }) {
  if (needs) return needs;
  return code === "cancelled" || code === "partial" ? code : status;
}

function facts({ created_at: created, duration, version }) {
  const day = new Date(created).toLocaleDateString(document.documentElement.lang, { dateStyle: "medium" });
  const number = version > 1 ? say("library.version", { number: version }) : "";
  return [day, duration ? clock(duration) : "", number].filter(Boolean).join(" · ");
}
