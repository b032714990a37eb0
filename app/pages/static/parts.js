// The parts of a page: found by their ids, shown or hidden, made.

export const part = (id) => document.getElementById(id);

/** By id, whether each is shown. */
export function reveal(wanted) {
  for (const [id, shown] of Object.entries(wanted)) part(id).hidden = !shown;
}

/** A new element with these properties, holding these texts and elements. */
export function make(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** A copy of the only element in a template. */
export function copyOf(template) {
  return part(template).content.firstElementChild.cloneNode(true);
}
