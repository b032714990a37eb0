// The story as cards: its owner reviews it before it is rendered, or tells a finished vlog again as another version.

import { Card } from "./card.js";
import { clock } from "./clock.js";
import { Draft } from "./draft.js";
import { getJson, Problem, request } from "./daylog.js";
import { filmSeconds } from "./film-seconds.js";
import { inWords } from "./in-words.js";
import { reorder } from "./moving.js";
import { part, reveal } from "./parts.js";
import { say } from "./words.js";
import { Wishes } from "./wishes.js";

/** Of the vlog at `path`. `onApproved` is called with its ETag when it goes on, `onVersion` with the id of a new version. */
export class Story {
  #mode = null; // "review", "version", or null while it is not open
  #cards = [];
  #etag = "";
  #longest = 0;
  #busy = false;
  #wishes = new Wishes();

  constructor(path, { onApproved, onVersion }) {
    Object.assign(this, { path, onApproved, onVersion });
    this.draft = new Draft(path);
    reorder(part("cards"), (element, to) => this.#move(element, to));
    const acts = { approve: this.#approve, save: this.#save, make: this.#make };
    for (const [name, act] of Object.entries(acts)) {
      part(`story-${name}`).addEventListener("click", () => this.#attempt(() => act.call(this)));
    }
    part("story-close").addEventListener("click", () => this.close());
  }

  /** The vlog waits for its owner. */
  review() {
    return this.#open("review");
  }

  /** The vlog is finished: what is changed becomes another one. */
  edit() {
    return this.#open("version");
  }

  close() {
    if (this.#mode === "version") part("edit").focus();
    this.#mode = null;
    reveal({ story: false });
  }

  async #open(mode) {
    if (this.#mode === mode) return;
    this.#mode = mode;
    const isReview = mode === "review";
    part("story-heading").textContent = say(`story.${mode}`);
    part("story-lead").textContent = say(`story.${mode}.lead`);
    reveal({ story: true, "story-approve": isReview, "story-save": isReview });
    reveal({ "story-make": !isReview, "story-close": !isReview, "story-wishes": !isReview });
    this.#notice("");
    await this.#attempt(() => this.#load());
    if (isReview) return;
    part("story-heading").focus({ preventScroll: true });
    part("story").scrollIntoView();
  }

  async #load() {
    const response = await request("GET", `${this.path}/storyboard`);
    const told = await response.json();
    this.#etag = response.headers.get("ETag");
    this.#longest = told.max_seconds;
    if (this.#mode === "version") this.#wishes.show((await getJson(this.path)).settings);
    const kept = this.draft.restored(this.#etag, told.scenes);
    this.#cards = (kept ?? told.scenes).map((scene) => new Card(scene, (card, how) => this.#change(card, how)));
    part("cards").replaceChildren(...this.#cards.map(({ element }) => element));
    if (kept) this.#notice(say("story.restored"));
    this.#tell();
  }

  #change(card, how) {
    if (how === "earlier") this.#move(card.element, this.#cards.indexOf(card) - 1, true);
    if (how === "later") this.#move(card.element, this.#cards.indexOf(card) + 1, true);
    if (how === "left out") this.#announce(say(card.wish.left_out ? "story.wasLeftOut" : "story.wasPutBack"));
    this.#keep();
  }

  /** The card shown by `element` becomes number `to`, from 0; `aloud` when nobody sees it move under their finger. */
  #move(element, to, aloud = false) {
    const from = this.#cards.findIndex((card) => card.element === element);
    if (to < 0 || to >= this.#cards.length || to === from) return;
    const focused = document.activeElement;
    const [card] = this.#cards.splice(from, 1);
    this.#cards.splice(to, 0, card);
    element.parentNode.insertBefore(element, this.#cards[to + 1]?.element ?? null);
    if (element.contains(focused)) focused.focus(); // lost by being moved
    if (aloud) this.#announce(say("story.moved", { number: to + 1, count: this.#cards.length }));
    this.#keep();
  }

  #keep() {
    this.draft.keep(this.#etag, this.#asked());
    this.#tell();
  }

  #asked() {
    return this.#cards.map((card) => card.wish);
  }

  #tell() {
    const shown = this.#asked().filter((wish) => !wish.left_out);
    const seconds = filmSeconds(shown.map((wish) => wish.seconds));
    const wrong = this.#wrong(shown, seconds);
    const lengths = { length: clock(seconds), longest: clock(this.#longest) };
    this.#cards.forEach((card, number) => card.number(number + 1, this.#cards.length));
    part("story-length").textContent = this.#cards.length ? `${say("story.length", lengths)} ${wrong}` : "";
    part("story-length").classList.toggle("wrong", Boolean(wrong));
    for (const name of ["approve", "save", "make"]) part(`story-${name}`).disabled = this.#busy || Boolean(wrong);
  }

  /** Why no film can be made of it; "" when one can. */
  #wrong(shown, seconds) {
    if (shown.length === 0) return say("story.empty");
    const over = seconds - this.#longest;
    return over > 0 ? say("story.tooLong", { over: over.toFixed(1) }) : "";
  }

  async #approve() {
    await this.#put();
    const answer = await request("POST", `${this.path}/approve`);
    this.draft.drop();
    this.close();
    part("vlog-title").focus(); // above what is told of the making
    this.onApproved(answer.headers.get("ETag"));
  }

  async #save() {
    await this.#put();
    this.draft.drop();
    this.#notice(say("story.saved"));
  }

  async #put() {
    const body = JSON.stringify({ scenes: this.#asked() });
    const headers = { "Content-Type": "application/json", "If-Match": this.#etag };
    const response = await request("PUT", `${this.path}/storyboard`, { headers, body });
    this.#etag = response.headers.get("ETag");
  }

  /** The key is of what is asked: asked again after a lost answer, it makes one version. */
  async #make() {
    const asked = JSON.stringify({ scenes: this.#asked(), settings: this.#wishes.changed });
    if (asked !== this.asked) this.key = crypto.randomUUID();
    this.asked = asked;
    const headers = { "Content-Type": "application/json", "Idempotency-Key": this.key };
    const response = await request("POST", `${this.path}/versions`, { headers, body: asked });
    this.draft.drop();
    this.onVersion((await response.json()).vlogId);
  }

  async #attempt(act) {
    this.#busy = true;
    this.#complain("");
    try {
      this.#tell();
      await act();
    } catch (error) {
      await this.#refused(error);
    } finally {
      this.#busy = false;
      this.#tell();
    }
  }

  /** What somebody else changed meanwhile is shown as it is now. */
  async #refused(error) {
    if (!(error instanceof Problem) || error.status !== 412) return this.#complain(inWords(error));
    this.draft.drop();
    await this.#load();
    return this.#complain(say("story.changed"));
  }

  #complain(words) {
    part("story-problem").textContent = words;
    reveal({ "story-problem": Boolean(words) });
  }

  #notice(words) {
    part("story-notice").textContent = words;
    reveal({ "story-notice": Boolean(words) });
  }

  #announce(words) {
    part("story-said").textContent = words;
  }
}
