/**
 * Each card in one sentence, for those who listen.
 *
 * @module
 */
import { summaryStrings, wordStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").CardFacts} CardFacts */

/** While networks train, a card is reported once in this many milliseconds; what ends is reported at once. */
const WHILE_RUNNING = 5000;

/** @type {WeakMap<App, {time: number, running: boolean}>} */
const lastSummaries = new WeakMap();

/**
 * Report each card of the last frame.
 *
 * @param {App} app
 * @param {number} [now] the time in milliseconds
 */
export function summarise(app, now = performance.now()) {
  const { frame, dataset } = app.live;
  if (frame === null) return;
  const last = lastSummaries.get(app) ?? { time: -Infinity, running: false };
  if (frame.running && last.running && now - last.time < WHILE_RUNNING) return;
  lastSummaries.set(app, { time: now, running: frame.running });
  const rows = wordStrings.parts[dataset?.facts.monitored ?? "validation"];
  const names = new Map(app.store.state().cards.map((card) => [card.id, card.name]));
  for (const card of frame.cards) app.announce.report(card.id, cardSummary(names.get(card.id) ?? card.id, card, rows));
}

/**
 * Return a card as a sentence.
 *
 * @param {string} name
 * @param {CardFacts} card
 * @param {string} rows the monitored ones
 */
export function cardSummary(name, card, rows) {
  if (card.status === "diverged" || card.status === "refused") return summaryStrings.diverged(name, card.note);
  const shown = (/** @type {number | null} */ value) => (value === null ? wordStrings.none : value.toFixed(2));
  return summaryStrings.card(name, card.epoch, shown(card.train_accuracy), shown(card.monitored_accuracy), rows);
}
