// Says at each field what is wrong with it, and leads to the first.

import { Problem } from "./daylog.js";
import { inWords } from "./in-words.js";
import { maybe, say } from "./words.js";

/** What the form itself sees is wrong. Returns whether something is. */
export function complainOfFields(form) {
  const wrong = [...form.elements].filter((field) => field.name && !field.validity.valid);
  complain(form, wrong.map((field) => ({ field: field.name })));
  return wrong.length > 0;
}

/** What the service said is wrong: at its fields, and what belongs to none of them below the form. */
export function complainOf(form, error) {
  const named = error instanceof Problem ? error.errors : [];
  const told = complain(form, named);
  const rest = document.getElementById("new-problem");
  rest.textContent = told ? say("new.lookAbove") : inWords(error);
  rest.hidden = false;
}

export function calmDown(form) {
  for (const field of form.querySelectorAll("[aria-invalid]")) calm(field);
  document.getElementById("new-problem").hidden = true;
}

/** What was said about this field is over: it is being changed. */
export function calm(field) {
  if (!field.hasAttribute("aria-invalid")) return;
  document.getElementById(field.getAttribute("aria-describedby")).remove();
  field.removeAttribute("aria-invalid");
  field.removeAttribute("aria-describedby");
}

/** How many of them have a field on this page. */
function complain(form, errors) {
  calmDown(form);
  const found = errors.map((error) => [fieldOf(form, error.field), error]).filter(([field]) => field);
  for (const [field, error] of found) mark(field, error);
  found[0]?.[0].focus();
  return found.length;
}

function fieldOf(form, name) {
  const found = form.elements[name];
  return found instanceof RadioNodeList ? found[0] : found;
}

function mark(field, { field: name }) {
  const complaint = document.createElement("small");
  complaint.id = `wrong-${name}`;
  complaint.className = "complaint";
  complaint.textContent = maybe(`new.wrong.${name}`) ?? say("new.wrong");
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", complaint.id);
  field.closest(".field, .tick").append(complaint);
  for (let parent = field.closest("details"); parent; parent = parent.parentElement.closest("details")) parent.open = true;
}
