/**
 * Elements made without markup: whatever is shown goes in as text.
 *
 * @module
 */

/**
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {Object<string, (event: any) => void>} Listeners
 * @typedef {{class?: string, text?: string, on?: Listeners, [attribute: string]: any}} Attributes
 */

const SVG = "http://www.w3.org/2000/svg";

let idsGiven = 0;

/**
 * Return an id that no other element has, for labels and descriptions.
 *
 * @param {string} stem
 */
export function uniqueId(stem) {
  idsGiven += 1;
  return `${stem}-${idsGiven}`;
}

/**
 * Return a new element. `class`, `text` and `on` (listeners by event) are what they say; any other attribute is set as it is,
 * `true` as an empty one, and `false`, `null` and `undefined` leave it out.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  equip(made, attributes, children);
  return made;
}

/**
 * Return a new element of a drawing.
 *
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function makeSvg(tag, attributes = {}, ...children) {
  const made = /** @type {SVGElementTagNameMap[Tag]} */ (document.createElementNS(SVG, tag));
  equip(made, attributes, children);
  return made;
}

/**
 * @param {Element} made
 * @param {Attributes} attributes
 * @param {Child[]} children
 */
function equip(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = value;
    else if (name === "on") listenToAll(made, value);
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? "" : `${value}`);
  }
  made.append(...children.filter(isShown).map((child) => (child instanceof Node ? child : `${child}`)));
}

/**
 * @param {EventTarget} target
 * @param {Listeners} listeners
 */
function listenToAll(target, listeners) {
  for (const [event, listener] of Object.entries(listeners)) target.addEventListener(event, listener);
}

/**
 * @param {Child} child
 * @returns {child is Node | string | number}
 */
function isShown(child) {
  return child !== null && child !== undefined && child !== false;
}

/**
 * Set an element's text only where it differs, so that nothing is laid out or read aloud again.
 *
 * @param {Node} target
 * @param {string} text
 */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Set an attribute only where it differs; `null` removes it.
 *
 * @param {Element} target
 * @param {string} name
 * @param {string | null} value
 */
export function setAttribute(target, name, value) {
  if (value === null) target.removeAttribute(name);
  else if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

/**
 * Show an element or hide it from everyone.
 *
 * @param {HTMLElement} target
 * @param {boolean} shown
 */
export function show(target, shown) {
  if (target.hidden === shown) target.hidden = !shown;
}
