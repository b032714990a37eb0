// The page: a form at /, one vlog at /?vlog=<id>, the recent ones below either.

import { newVlog } from "./new.js";
import { showRecent } from "./recent.js";
import { watchVlog } from "./watch.js";

const refresh = () => showRecent().catch(() => {}); // the list is no part of the work: nobody waits for it

function show() {
  const id = new URLSearchParams(location.search).get("vlog");
  if (id) watchVlog(id, refresh);
  else newVlog((created) => location.assign(`/?vlog=${created}`));
  refresh();
}

show();
