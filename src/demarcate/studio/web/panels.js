/**
 * The panels of the page: one line for each. A panel is a function of the page (`App`) that returns an element.
 *
 * @module
 */
import { askPanel } from "./ask_panel.js";
import { cardsPanel } from "./cards_panel.js";
import { dataPanel } from "./data_panel.js";
import { decisionPanel } from "./decision_panel.js";
import { lessonPanel } from "./lesson_panel.js";
import { rowForm } from "./row_form.js";
import {
  askStrings,
  cardStrings,
  dataStrings,
  decisionStrings,
  lessonStrings,
  rowStrings,
  takeAwayStrings,
} from "./strings.js";
import { takeAwayPanel } from "./take_away_panel.js";

/** @typedef {import("./types.js").App} App */

/**
 * @typedef {object} Panel
 * @property {string} id
 * @property {string} title
 * @property {"data" | "cards" | "tools"} region data: beside the networks; cards: the middle; tools: a tab on the other side
 * @property {(app: App) => HTMLElement} create called once, after `welcome`
 */

/** @type {readonly Panel[]} */
const PANELS = Object.freeze([
  { id: "data", title: dataStrings.title, region: "data", create: dataPanel },
  { id: "cards", title: cardStrings.title, region: "cards", create: cardsPanel },
  { id: "lesson", title: lessonStrings.title, region: "tools", create: lessonPanel },
  { id: "decision", title: decisionStrings.title, region: "tools", create: decisionPanel },
  { id: "ask", title: askStrings.title, region: "tools", create: askPanel },
  { id: "row", title: rowStrings.title, region: "tools", create: rowForm },
  { id: "take-away", title: takeAwayStrings.title, region: "tools", create: takeAwayPanel },
]);

/** What a recording needs no session for. */
const RECORDED_PANELS = Object.freeze(["data", "cards", "decision", "take-away"]);

/**
 * Return the panels of a page with messages from a source.
 *
 * @param {import("./types.js").Source} source
 * @returns {readonly Panel[]}
 */
export function panelsOf(source) {
  return source.name === "recorded" ? PANELS.filter(({ id }) => RECORDED_PANELS.includes(id)) : PANELS;
}
