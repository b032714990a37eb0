// The versions of a vlog, each a link to its page.

import { getJson } from "./daylog.js";
import { make, part, reveal } from "./parts.js";
import { maybe, say } from "./words.js";

let shown = null; // of which state the list was shown

/** Quietly: where they cannot be had, the vlog itself is all there is to see. */
export async function showVersions(path, vlog) {
  const state = `${vlog.id} ${vlog.status}`;
  if (state === shown) return;
  shown = state;
  const { items, total } = await getJson(`${path}/versions?limit=100`).catch(() => ({ items: [], total: 0 }));
  if (state === shown) list(items, total, vlog);
}

function list(items, total, vlog) {
  const several = total > 1;
  reveal({ version: several, versions: several });
  if (!several) return;
  part("version").textContent = say("vlog.version.of", { number: vlog.version, count: total });
  part("versions").querySelector("ol").replaceChildren(...items.map((item) => row(item, item.id === vlog.id)));
}

function row({ id, number, title, status, created_at: created }, here) {
  const link = make("a", { href: `/vlogs/${id}` }, say("vlog.version", { number }));
  if (here) link.ariaCurrent = "page";
  const when = new Date(created).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  const state = maybe(`vlog.version.${status}`);
  const quiet = make("span", { className: "quiet" }, [title || say("common.untitled"), when, state].filter(Boolean).join(" · "));
  return make("li", {}, link, quiet);
}
