/**
 * The networks side by side, and above them what is shown of all of them.
 *
 * @module
 */
import { createCardDisplay } from "./card_display.js";
import { createCard } from "./card_view.js";
import { make, setAttribute } from "./dom.js";
import { createMapPointer } from "./map_pointer.js";
import { createMapToolbar, mostCards } from "./map_toolbar.js";
import { createPointLayer } from "./point_layer.js";
import { cardStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").CardState} CardState */
/** @typedef {import("./types.js").State} State */

/**
 * Return the panel of the cards.
 *
 * @param {App} app
 * @returns {HTMLElement}
 */
export function cardsPanel(app) {
  const display = createCardDisplay();
  const pointer = createMapPointer();
  const context = { app, display, pointer, pointLayer: createPointLayer(), copy, remove };
  /** @type {Map<string, ReturnType<typeof createCard>>} */
  const cards = new Map();
  const grid = make("div", { class: "cards" });
  const toolbar = createMapToolbar(app, display, () =>
    copy(app.store.state().cards[app.store.state().cards.length - 1].id),
  );

  /** @param {string} id */
  function copy(id) {
    const next = newId(app.store.state().cards);
    app.store.change("copy card", (draft) => {
      const at = draft.cards.findIndex((card) => card.id === id);
      if (at < 0 || draft.cards.length >= mostCards(app)) return;
      const twin = { ...structuredClone(draft.cards[at]), id: next };
      twin.name = freeName(twin.name, draft.cards);
      draft.cards.splice(at + 1, 0, twin);
    });
    cards.get(next)?.element.focus({ preventScroll: true });
    const { cards: now } = app.store.state();
    const at = now.findIndex((card) => card.id === next);
    if (at > 0) app.notify(cardStrings.copied(now[at].name, now[at - 1].name));
  }

  /** @param {string} id */
  function remove(id) {
    const { cards: before } = app.store.state();
    const at = before.findIndex((card) => card.id === id);
    if (before.length === 1 || at < 0) return;
    app.store.change("remove card", (draft) => void draft.cards.splice(at, 1));
    app.announce.say(cardStrings.removed(before[at].name));
    cards.get(app.store.state().cards[Math.max(at - 1, 0)].id)?.element.focus({ preventScroll: true });
  }

  /** @param {State} state */
  function showState(state) {
    const ids = new Set(state.cards.map((card) => card.id));
    for (const [id, card] of cards) {
      if (ids.has(id)) continue;
      card.close();
      card.element.remove();
      cards.delete(id);
    }
    state.cards.forEach(({ id }, at) => {
      const known = cards.get(id);
      const card = known ?? createCard(context, id);
      cards.set(id, card);
      if (grid.children[at] !== card.element) grid.insertBefore(card.element, grid.children[at] ?? null);
      card.showState(state);
      if (known === undefined) card.invalidate();
    });
    grid.dataset.count = `${state.cards.length}`;
    toolbar.showState(state);
  }

  const invalidateAll = () => cards.forEach((card) => card.invalidate());
  let look = "";
  app.store.watch((state) => {
    showState(state);
    const next = JSON.stringify([state.view, state.decision]);
    if (next !== look) cards.forEach((card) => card.invalidateDecisions());
    look = next;
  });
  app.theme.watch(invalidateAll);
  app.live.on("frame", () => cards.forEach((card) => card.paintFrame()));
  app.live.on("awaited", (name) => {
    grid.classList.toggle("is-awaiting", name !== null);
    setAttribute(grid, "aria-busy", name === null ? null : "true");
  });
  app.live.on("dataset", () => {
    toolbar.showState(app.store.state());
    invalidateAll();
  });
  app.live.on("problem", (facts) => {
    if (facts.where === "card" && facts.card) cards.get(facts.card)?.problem(facts);
    else if (facts.where === "card") app.notify(`${facts.fact} ${facts.remedy}`, "problem");
  });
  display.watch(() => {
    arrangeRows(grid, display);
    cards.forEach((card) => card.arrange());
    cards.forEach((card) => card.paintFrame());
  });
  arrangeRows(grid, display);
  showState(app.store.state());
  return make("div", { class: "cards-panel" }, toolbar.element, grid);
}

/**
 * Give each card as many rows of the grid as it has parts: head, map, numbers, and those that can be hidden.
 *
 * @param {HTMLElement} grid
 * @param {import("./card_display.js").CardDisplay} display
 */
function arrangeRows(grid, display) {
  const hideable = /** @type {const} */ (["settings", "curves", "network", "confusion"]);
  grid.style.setProperty("--card-rows", `${3 + hideable.filter((name) => display.get(name)).length}`);
}

/**
 * @param {readonly CardState[]} cards
 * @returns {string} an id that none of them has
 */
export function newId(cards) {
  let number = cards.length + 1;
  while (cards.some((card) => card.id === `card-${number}`)) number += 1;
  return `card-${number}`;
}

/**
 * Return a name like another that no card has: "good" becomes "good 2".
 *
 * @param {string} name
 * @param {readonly CardState[]} cards
 * @returns {string}
 */
export function freeName(name, cards) {
  const stem = name.replace(/ \d+$/, "");
  let number = 2;
  while (cards.some((card) => card.name === `${stem} ${number}`)) number += 1;
  return `${stem} ${number}`;
}
