// The page's words, in its language: the server puts them into the page.

const texts = JSON.parse(document.getElementById("words").textContent);
const plural = new Intl.PluralRules(document.documentElement.lang);

/** The text for a key; `{name}` in it is filled in, and `count` chooses between one and other. */
export function say(key, values = {}) {
  const text = texts[key];
  const chosen = typeof text === "object" ? (text[plural.select(values.count)] ?? text.other) : text;
  return chosen.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** As `say`, but null for a key that is not there. */
export function maybe(key, values) {
  return key in texts ? say(key, values) : null;
}
