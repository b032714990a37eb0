// The parts of a page, by id.

export const part = (id) => document.getElementById(id);
