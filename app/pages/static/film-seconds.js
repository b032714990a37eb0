// How long a film is whose scenes are as long as this; the service's `internal/film.py` decides, this foretells it.

const FPS = 30;
const OVERLAP = 15; // frames that two neighbours share, and never more than a third of either

/** In seconds, of its scenes' in their order, transitions included. */
export function filmSeconds(lengths) {
  const counts = lengths.map((seconds) => Math.max(1, Math.round(seconds * FPS)));
  const shared = counts.slice(1).map((count, before) => Math.min(OVERLAP, Math.floor(Math.min(counts[before], count) / 3)));
  const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);
  return (sum(counts) - sum(shared)) / FPS;
}
