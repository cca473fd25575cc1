/**
 * The network that the tools speak of: one for the whole page, whichever tool chose it.
 *
 * @module
 */
import { choice } from "./controls.js";
import { show } from "./dom.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").CardState} CardState */

/** @type {WeakMap<App, {id: string | null, listeners: Set<() => void>}>} */
const CHOSEN = new WeakMap();

/** @param {App} app */
function chosenOf(app) {
  const chosen = CHOSEN.get(app) ?? { id: null, listeners: new Set() };
  CHOSEN.set(app, chosen);
  return chosen;
}

/**
 * Return the chosen card, or the first where it is gone.
 *
 * @param {App} app
 * @returns {CardState}
 */
export function chosenCard(app) {
  const { cards } = app.store.state();
  return cards.find((card) => card.id === chosenOf(app).id) ?? cards[0];
}

/**
 * Return a list of the cards, hidden where there is only one.
 *
 * @param {App} app
 * @param {string} label
 * @param {() => void} onChange another card was chosen, here or in another tool
 */
export function cardChoice(app, label, onChange) {
  const chosen = chosenOf(app);
  const field = choice({
    label,
    onChange(id) {
      chosen.id = id;
      for (const listener of [...chosen.listeners]) listener();
    },
  });
  const refresh = () => {
    const { cards } = app.store.state();
    field.offer(cards.map((card) => ({ value: card.id, label: card.name })));
    field.set(chosenCard(app).id);
    show(field.element, cards.length > 1);
  };
  chosen.listeners.add(() => {
    refresh();
    onChange();
  });
  app.store.watch(refresh);
  refresh();
  return field.element;
}

/**
 * Whether a part of a tool can be seen; what cannot be seen need not be drawn.
 *
 * @param {HTMLElement} element
 */
export function isVisible(element) {
  return element.isConnected && element.getClientRects().length > 0;
}
