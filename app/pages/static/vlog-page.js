// The page of one vlog.

import { watchVlog } from "./watch.js";

watchVlog(document.getElementById("vlog").dataset.id);
