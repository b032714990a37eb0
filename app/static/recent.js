// The newest vlogs, each a link to its page.

import { getJson } from "./api.js";

const SHOWN = 12;
const WORDS = { pending: "Waiting", processing: "In the making", failed: "Failed" };

export async function showRecent() {
  const { items } = await getJson(`/api/vlogs?limit=${SHOWN}`);
  document.getElementById("recent-list").replaceChildren(...items.map(row));
  document.getElementById("recent").hidden = items.length === 0;
}

function row(vlog) {
  const made = document.getElementById("recent-row").content.firstElementChild.cloneNode(true);
  made.querySelector("a").href = `/?vlog=${vlog.id}`;
  made.querySelector(".name").textContent = vlog.title || "Untitled vlog";
  const when = new Date(vlog.created_at).toLocaleDateString(undefined, { day: "numeric", month: "short" });
  made.querySelector(".state").textContent = WORDS[vlog.status] ?? `${when}, ${Math.round(vlog.duration)} s`;
  if (vlog.status === "completed") {
    const picture = Object.assign(document.createElement("img"), { src: vlog.thumbnail, alt: "", loading: "lazy" });
    made.querySelector(".picture").append(picture);
  }
  return made;
}
