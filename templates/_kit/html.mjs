/** Markup whose values are already safe. Only `html` and `raw` make one. */
class Markup {
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
}

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function escapeHtml(value) {
  return String(value).replace(/[&<>"']/g, (character) => entities[character]);
}

function toMarkup(value) {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(toMarkup).join("");
  if (value === null || value === undefined || value === false) return "";
  return escapeHtml(value);
}

/** Tagged template: every value is escaped unless it is markup itself. Lists are joined, null and false vanish. */
export function html(strings, ...values) {
  return new Markup(strings.reduce((text, part, index) => text + toMarkup(values[index - 1]) + part));
}

/** For text written in this program only, never for what a person typed. */
export function raw(text) {
  return new Markup(text);
}
