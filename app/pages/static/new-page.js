// The page where a vlog begins.

import { newVlog } from "./new.js";

newVlog((created) => location.assign(`/vlogs/${created}`));
