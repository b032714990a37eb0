// What a film lacks, or shows otherwise than was asked for, in the page's language.

import { inWords } from "./in-words.js";
import { maybe, say } from "./words.js";

/** The service's own sentence where there are no words for its code. */
export function noteInWords({ code, text, media, numbers, reason }) {
  const told = { ...numbers, names: named(media, numbers.count), why: because(reason), what: weeds(numbers) };
  return maybe(`vlog.note.${code}`, told) ?? text;
}

function named(media, count) {
  const shown = media.join(say("vlog.comma"));
  return count > media.length ? say("vlog.more", { shown, count: count - media.length }) : shown;
}

function because(reason) {
  return reason && inWords({ code: reason.code, message: reason.text, usd: reason.usd?.toFixed(2) }, "vlog");
}

function weeds(numbers) {
  const told = Object.entries(numbers).map(([kind, count]) => maybe(`vlog.weed.${kind}`, { count }));
  return told.filter(Boolean).join(say("vlog.comma"));
}
