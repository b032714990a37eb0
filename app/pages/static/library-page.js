// All vlogs, newest first, each a link to its page.

import { getJson } from "./api.js";
import { maybe, say } from "./words.js";

const SHOWN = 100;
const language = document.documentElement.lang;

async function show() {
  const { items } = await getJson(`/api/vlogs?limit=${SHOWN}`);
  document.getElementById("recent-list").replaceChildren(...items.map(row));
  document.getElementById("none").hidden = items.length > 0;
}

function row(vlog) {
  const made = document.getElementById("recent-row").content.firstElementChild.cloneNode(true);
  made.querySelector("a").href = `/vlogs/${vlog.id}`;
  made.querySelector(".name").textContent = vlog.title || say("common.untitled");
  const when = new Date(vlog.created_at).toLocaleDateString(language, { day: "numeric", month: "short" });
  made.querySelector(".state").textContent = maybe(`library.${vlog.status}`) ?? `${when}, ${Math.round(vlog.duration)} s`;
  if (vlog.status === "completed") {
    const picture = Object.assign(document.createElement("img"), { src: vlog.thumbnail, alt: "", loading: "lazy" });
    made.querySelector(".picture").append(picture);
  }
  return made;
}

show();
