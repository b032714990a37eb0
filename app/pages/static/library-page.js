// All vlogs, newest first: found by title and state, followed while they are made, deleted and brought back.

import { getJson, request, sendJson } from "./daylog.js";
import { inWords } from "./in-words.js";
import { part, reveal } from "./parts.js";
import "./signed-out.js";
import { isBeingMade, Tile } from "./tile.js";
import { left, toast } from "./toast.js";
import { say } from "./words.js";

const PAGE = 24; // vlogs asked for at a time
const MOST = 100; // that the service tells at a time
const POLL = 3; // seconds
const TYPING = 250; // milliseconds without a key before it is searched

const form = part("find");
const list = part("recent-list");
let tiles = [];
let total = 0;
let asked = 0; // how often the list was asked for: only the latest answer is shown

form.q.value = new URLSearchParams(location.search).get("q") ?? "";
form.state.value = new URLSearchParams(location.search).get("state") ?? "";
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", ({ target }) => search(target === form.q ? TYPING : 0));
part("more").addEventListener("click", () => attempt(further));
part("all").addEventListener("click", () => {
  form.reset();
  search(0);
  form.q.focus();
});
attempt(begin);
setInterval(() => poll().catch(() => {}), POLL * 1000); // what fails now is asked again soon

async function begin() {
  await load();
  const gone = left();
  if (gone) toast(say("library.deleted"), () => attempt(() => restore(gone)));
}

async function attempt(act) {
  part("library-problem").textContent = "";
  try {
    await act();
  } catch (error) {
    part("library-problem").textContent = inWords(error);
  }
  reveal({ "library-problem": Boolean(part("library-problem").textContent) });
}

let typing;

/** Once nothing has been changed for `pause` milliseconds. The address carries what is searched for. */
function search(pause) {
  clearTimeout(typing);
  typing = setTimeout(() => {
    const query = wanted().toString();
    history.replaceState(null, "", query ? `?${query}` : location.pathname);
    attempt(load);
  }, pause);
}

function wanted() {
  const given = [["q", form.q.value.trim()], ["state", form.state.value]];
  return new URLSearchParams(given.filter(([, value]) => value));
}

async function load() {
  const found = await ask(0, PAGE);
  if (found === null) return;
  show(found.items);
  part("found").textContent = say("library.found", { count: total });
}

async function further() {
  const found = await ask(tiles.length, PAGE);
  if (found === null) return;
  const before = tiles.length;
  show([...tiles.map(({ vlog }) => vlog), ...found.items]);
  tiles[before]?.focus();
}

/** All that are shown, in one question, and only while one of them is being made. */
async function poll() {
  if (document.hidden || !tiles.some(({ vlog }) => isBeingMade(vlog))) return;
  const many = Math.min(tiles.length, MOST);
  const found = await ask(0, many);
  if (found) show([...found.items, ...tiles.slice(many).map(({ vlog }) => vlog)]);
}

/** Null when another was asked for meanwhile. */
async function ask(offset, limit) {
  const mine = (asked += 1);
  const found = await getJson(`/api/vlogs?${new URLSearchParams([...wanted(), ["offset", offset], ["limit", limit]])}`);
  if (mine !== asked) return null;
  total = found.total;
  return found;
}

/** Each vlog keeps its tile, so that nothing flickers and the focus stays. */
function show(vlogs) {
  const known = new Map(tiles.map((tile) => [tile.vlog.id, tile]));
  const once = new Map(vlogs.map((vlog) => [vlog.id, vlog]));
  tiles = [...once.values()].map((vlog) => known.get(vlog.id)?.show(vlog) ?? new Tile(vlog, remove));
  tiles.forEach(({ element }, number) => {
    if (list.children[number] !== element) list.insertBefore(element, list.children[number] ?? null);
  });
  while (list.children.length > tiles.length) list.lastElementChild.remove();
  tell();
}

function tell() {
  const searching = wanted().size > 0;
  const nothing = tiles.length === 0;
  reveal({ find: searching || !nothing, none: nothing && !searching, "no-match": nothing && searching });
  reveal({ more: tiles.length < total });
}

function remove(tile) {
  attempt(async () => {
    await request("DELETE", `/api/vlogs/${tile.vlog.id}`);
    const number = tiles.indexOf(tile);
    total -= 1;
    show(tiles.filter((other) => other !== tile).map(({ vlog }) => vlog));
    const next = tiles[number] ?? tiles[number - 1];
    if (next) next.focusRemove();
    else part("library-heading").focus();
    toast(say("library.deleted"), () => attempt(() => restore(tile.vlog.id)));
  });
}

async function restore(id) {
  await sendJson("POST", `/api/vlogs/${id}/restore`);
  await load();
  tiles.find(({ vlog }) => vlog.id === id)?.focus();
  part("found").textContent = say("library.restored");
}
