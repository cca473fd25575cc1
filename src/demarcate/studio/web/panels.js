/**
 * The panels of the page: one line for each. A panel is a function of the page (`App`) that returns an element.
 *
 * @module
 */
import { cardsPanel } from "./cards_panel.js";
import { dataPanel } from "./data_panel.js";
import { cardStrings, dataStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */

/**
 * @typedef {object} Panel
 * @property {string} id
 * @property {string} title
 * @property {"data" | "cards" | "tools"} region data: beside the networks; cards: the middle; tools: a tab on the other side
 * @property {(app: App) => HTMLElement} create called once, after `welcome`
 */

/** @type {readonly Panel[]} */
export const PANELS = Object.freeze([
  { id: "data", title: dataStrings.title, region: "data", create: dataPanel },
  { id: "cards", title: cardStrings.title, region: "cards", create: cardsPanel },
]);
