// The wishes in the form: as the service takes them, as people read them, and kept until the vlog is asked for.

import { clock } from "./clock.js";

const KEPT = `new vlog ${document.body.dataset.owner ?? ""}`; // never the words of who was signed in before
const language = document.documentElement.lang;
const UNITS = {
  time: clock,
  moment: clock,
  share: (value) => value.toLocaleString(language, { style: "percent" }),
  seconds: (value) => value.toLocaleString(language, { style: "unit", unit: "second" }),
};

/** By name, with the types that JSON has. What is left empty, or is out of the question, is not there. */
export function wishesOf(form) {
  const wishes = {};
  for (const field of fields(form)) {
    if (field.matches(":disabled") || (field.type === "radio" && !field.checked)) continue;
    const value = valueOf(field);
    if (value !== "") wishes[field.name] = value;
  }
  return wishes;
}

function valueOf(field) {
  if (field.type === "checkbox") return field.checked;
  if (field.name === "musicEnd" && field.value === field.max) return ""; // as long as there is music
  const text = field.value.trim();
  return text && ["number", "range"].includes(field.type) ? Number(text) : text;
}

/** Beside each slider stands what it is at, also for those who hear it. */
export function tellSliders(form) {
  for (const told of form.querySelectorAll("output.told")) {
    const slider = told.closest(".field").querySelector("input");
    told.value = UNITS[told.dataset.unit](Number(slider.value));
    slider.setAttribute("aria-valuetext", told.value);
  }
}

/** For this tab: another begins another vlog. What is noted on the form itself is kept, too. */
export function keep(form) {
  const kept = {};
  for (const field of fields(form)) {
    if (field.type === "checkbox") kept[field.name] = field.checked;
    else if (field.type !== "radio" || field.checked) kept[field.name] = field.value;
  }
  sessionStorage.setItem(KEPT, JSON.stringify({ kept, noted: { ...form.dataset } }));
}

/** What was kept before a reload. Other choices than the page offers now are passed over. */
export function restore(form) {
  const { kept = {}, noted = {} } = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  for (const field of fields(form)) {
    const value = kept[field.name];
    if (value === undefined) continue;
    if (field.type === "checkbox") field.checked = value;
    else if (field.type === "radio") field.checked = field.value === value;
    else if (field.tagName !== "SELECT" || [...field.options].some((option) => option.value === value)) field.value = value;
  }
  Object.assign(form.dataset, noted);
}

export function forget() {
  sessionStorage.removeItem(KEPT);
}

function fields(form) {
  return [...form.elements].filter((field) => field.name);
}
