// What was left out of a film, in the page's language: the service says it in English, in a few kinds of sentences.

import { maybe, say } from "./words.js";

const WEEDS = /(\d+) (near-duplicate|blurred shot|black or burnt-out shot|screenshot)s?/g;
const KINDS = [
  [/^(?<count>\d+) of (?<all>\d+) files (?:is|are) not shown, to stay within (?<seconds>\d+) seconds\.$/, room],
  [/^(?<name>.+): It is too short to be shown\.$/s, (found) => say("vlog.note.short", found)],
  [/^(?<weeds>\d+ .+) (?:was|were) left out\.$/, weeded],
  [/^(?<names>.+): shown as (?:a photo|photos)\. (?<why>.+)$/s, panned],
];
const REASONS = [
  [/^The limit of \$(?<usd>[\d.]+) for this vlog is reached\.$/, "vlog.note.limit"],
  [/^Your limit of \$(?<usd>[\d.]+) a day is reached\.$/, "vlog.note.limit.day"],
  [/^What this service may spend in a day is spent\.$/, "vlog.note.limit.service"],
];

/** The service's sentence itself where it is of none of the kinds. */
export function noteInWords(sentence) {
  const [found, tell] = firstThatFits(KINDS, sentence);
  return (found && tell(found)) || sentence;
}

function room({ count, all, seconds }) {
  return say("vlog.note.room", { count: Number(count), all, seconds });
}

function weeded({ weeds }) {
  const told = [...weeds.matchAll(WEEDS)].map(([, count, what]) => maybe(`vlog.note.weed.${what}`, { count: Number(count) }));
  return told.length ? say("vlog.note.weeded", { what: told.join(say("vlog.comma")) }) : null;
}

function panned({ names, why }) {
  const [, photos] = /^(\d+) photos$/.exec(names) ?? [];
  const [found, reason] = firstThatFits(REASONS, why);
  return say("vlog.note.panned", {
    names: photos ? say("vlog.note.photos", { count: Number(photos) }) : names,
    why: found ? say(reason, found) : why,
  });
}

/** What its pattern names in the text, and what belongs to that pattern; an empty list where none fits. */
function firstThatFits(patterns, text) {
  for (const [pattern, meaning] of patterns) {
    const found = pattern.exec(text);
    if (found) return [found.groups ?? {}, meaning];
  }
  return [];
}
