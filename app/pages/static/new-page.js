// The page where a vlog begins.

import { newVlog } from "./new.js";
import "./signed-out.js";

newVlog((created) => location.assign(`/vlogs/${created}`));
