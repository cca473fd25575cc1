/**
 * Elements made without markup: whatever is shown goes in as text.
 *
 * @module
 */

let idsGiven = 0;

/**
 * Return an id that no other element has, for labels and descriptions.
 *
 * @param {string} stem
 */
export function freshId(stem) {
  idsGiven += 1;
  return `${stem}-${idsGiven}`;
}

/**
 * Return a new element with attributes, of which `text` is its text, and children.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Object<string, string | number | boolean | null | undefined>} [attributes] `true` is an empty one; `false` and nothing leave it out
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = `${value ?? ""}`;
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? "" : `${value}`);
  }
  made.append(...children);
  return made;
}
