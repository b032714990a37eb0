// What went wrong, as a sentence in the page's language.

import { Unreachable } from "./daylog.js";
import { maybe, say } from "./words.js";

/**
 * Our own words where a catalogue (`<name>.problem.<code>`) has some, else the service's sentence. `error`: its `code`
 * and its `message`, and what its words name.
 */
export function inWords(error, ...catalogues) {
  if (error instanceof Unreachable) return say("common.unreachable");
  const code = error.code ?? (error.status >= 500 ? "temporary_failure" : ""); // a proxy names none
  const found = [...catalogues, "common"].map((name) => maybe(`${name}.problem.${code}`, error));
  return found.find(Boolean) ?? error.message;
}
