// What went wrong, as a sentence in the page's language.

import { Unreachable } from "./daylog.js";
import { maybe, say } from "./words.js";

/** Our own words where the code has some, else the service's sentence. */
export function inWords(error) {
  if (error instanceof Unreachable) return say("common.unreachable");
  return (error.code && maybe(`common.problem.${error.code}`)) || error.message;
}
