/**
 * One card: a network's name and status, map, numbers, settings, curves, drawing and confusion matrix.
 *
 * @module
 */
import { sendTraining } from "./actions.js";
import { createCardNumbers } from "./card_numbers.js";
import { createCardSettings } from "./card_settings.js";
import { createConfusion } from "./confusion_view.js";
import { button } from "./controls.js";
import { createCurves } from "./curves.js";
import { make, setAttribute, setText, show } from "./dom.js";
import { createMap } from "./map_canvas.js";
import { createNetworkDrawing } from "./network_drawing.js";
import { createReadout } from "./pointer_readout.js";
import { cardStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").ProblemFacts} ProblemFacts */
/** @typedef {import("./card_display.js").CardDisplay} CardDisplay */

/**
 * What all cards share.
 *
 * @typedef {object} CardsContext
 * @property {App} app
 * @property {CardDisplay} display
 * @property {import("./map_pointer.js").MapPointer} pointer
 * @property {import("./point_layer.js").PointLayer} pointLayer
 * @property {(id: string) => void} copy
 * @property {(id: string) => void} remove
 */

/**
 * Return a card.
 *
 * @param {CardsContext} context
 * @param {string} id
 */
export function createCard({ app, display, pointer, pointLayer, copy, remove }, id) {
  const isRecorded = app.source.name === "recorded";
  const map = createMap(app, id, pointer, pointLayer);
  const readout = createReadout(app, id, pointer);
  const numbers = createCardNumbers(app, id);
  const settings = createCardSettings(app, id);
  const curves = createCurves(app, id, display);
  const network = createNetworkDrawing(app, id);
  const confusion = createConfusion(app, id);
  const name = make("input", {
    type: "text",
    class: "card-name",
    "aria-label": cardStrings.cardName,
    maxlength: 60,
    readonly: isRecorded,
  });
  name.addEventListener("change", () => {
    app.store.change(`card ${id} name`, (draft) => {
      for (const card of draft.cards) if (card.id === id) card.name = name.value.trim() || card.name;
    });
    // A name of spaces is none: the one there is stays.
    name.value = app.store.state().cards.find((card) => card.id === id)?.name ?? name.value;
  });
  const heading = make("h2", { class: "unseen" });
  const status = make("span", { class: "card-status" });
  const note = make("p", { class: "card-note" });
  const trouble = make("p", { class: "problem", role: "alert", hidden: true });
  const removal = button({ title: cardStrings.removeCard, icon: "close", kind: "quiet", onClick: () => remove(id) });
  const head = make(
    "div",
    { class: "card-head" },
    heading,
    name,
    status,
    make(
      "div",
      { class: "card-actions", hidden: isRecorded },
      button({
        title: cardStrings.resetCard,
        icon: "reset",
        kind: "quiet",
        onClick: () => sendTraining(app, { type: "reset", card: id }),
      }),
      button({ title: cardStrings.copyCard, icon: "copy", kind: "quiet", onClick: () => copy(id) }),
      removal,
    ),
  );
  const parts = {
    settings: part("settings", cardStrings.parts.settings, settings.element),
    curves: part("curves", cardStrings.parts.curves, curves.element),
    network: part("network", cardStrings.parts.network, network.element),
    confusion: part("confusion", cardStrings.parts.confusion, confusion.element),
  };
  const look = make("div", { class: "card-part card-look" }, map.element, readout.element);
  const figures = make("div", { class: "card-part card-figures" }, numbers.element, note, trouble);
  const element = make("article", { class: "card panel", tabindex: -1 }, head, look, figures, ...Object.values(parts));

  function paintFrame() {
    const facts = app.live.cards.get(id)?.facts;
    const shown = facts?.status ?? (app.live.isSetAside ? "empty" : null);
    if (shown !== null) {
      setText(status, cardStrings.statuses[shown]);
      setAttribute(status, "data-status", shown);
      setText(note, facts?.note ?? "");
      show(note, note.textContent !== "");
    }
    numbers.refresh();
    map.paint();
    if (pointer.place() !== null) readout.refresh();
    if (display.get("curves")) curves.paint();
    if (display.get("network")) network.paint();
    if (display.get("confusion")) confusion.refresh();
  }

  function invalidateDecisions() {
    map.invalidate();
    numbers.refresh();
    if (pointer.place() !== null) readout.refresh();
    if (display.get("confusion")) confusion.refreshNow();
  }

  function arrange() {
    for (const [section, box] of Object.entries(parts)) {
      show(box, display.get(/** @type {keyof typeof parts} */ (section)));
    }
  }
  arrange();

  return {
    element,
    paintFrame,
    /** Paint what depends on the view and on decisions, with the next picture of the screen. */
    invalidateDecisions,
    /** Paint what depends on data or colours, with the next picture of the screen. */
    invalidate() {
      invalidateDecisions();
      readout.refresh();
      curves.invalidate();
      network.invalidate();
    },
    /** @param {State} state */
    showState(state) {
      const card = state.cards.find((each) => each.id === id);
      if (card === undefined) return;
      if (name.value !== card.name) name.value = card.name;
      setAttribute(element, "aria-label", card.name);
      setText(heading, card.name);
      removal.disabled = state.cards.length === 1;
      settings.show(card);
      settings.clearProblems();
      show(trouble, false);
    },
    /** @param {ProblemFacts} facts */
    problem(facts) {
      if (settings.problem(facts)) return;
      setText(trouble, `${facts.fact} ${facts.remedy}`);
      show(trouble, true);
    },
    arrange,
    close() {
      for (const each of [map, readout, curves, network, confusion]) each.close();
    },
  };
}

/**
 * @param {string} kind
 * @param {string} title
 * @param {HTMLElement} content
 */
function part(kind, title, content) {
  return make("section", { class: `card-part part-${kind}` }, make("h3", { text: title }), content);
}
