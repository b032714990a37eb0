// Sizes, speeds and waiting times as people read them, in the page's language.

const language = document.documentElement.lang;
const UNITS = ["kilobyte", "megabyte", "gigabyte"];

/** "3.4 MB" */
export function size(bytes) {
  return measured(bytes, "");
}

/** "3.4 MB/s" */
export function speed(bytes) {
  return measured(bytes, "-per-second");
}

/** "25 sec", "3 min": coarse, so that it does not flicker. */
export function duration(seconds) {
  if (seconds < 55) return unit(Math.max(5, Math.ceil(seconds / 5) * 5), "second", 0);
  return seconds < 5400 ? unit(Math.ceil(seconds / 60), "minute", 0) : unit(seconds / 3600, "hour", 1);
}

function measured(bytes, per) {
  const power = bytes < 1e6 ? 0 : bytes < 1e9 ? 1 : 2;
  const amount = bytes / 1000 ** (power + 1);
  return unit(amount, UNITS[power] + per, power > 0 && amount < 100 ? 1 : 0);
}

function unit(amount, name, digits) {
  const options = { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits };
  return new Intl.NumberFormat(language, options).format(amount);
}
