/**
 * What is shown of all cards: regions or probabilities, which points, the spread between seeds, which parts; and the
 * legend.
 *
 * @module
 */
import { button, choice, segments } from "./controls.js";
import { make, makeSvg, setAttribute, setText, show } from "./dom.js";
import { classMark } from "./palette.js";
import { cardStrings, wordStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./card_display.js").CardDisplay} CardDisplay */
/** @typedef {import("./card_display.js").DisplayName} DisplayName */

/** @type {readonly ("train" | "validation" | "test")[]} */
const PARTS = Object.freeze(["train", "validation", "test"]);

/** @type {readonly DisplayName[]} */
const SHOWN_PARTS = Object.freeze(["settings", "curves", "network", "confusion", "logarithmic"]);

/**
 * Return the bar above the cards.
 *
 * @param {App} app
 * @param {CardDisplay} display
 * @param {() => void} addCard
 */
export function createMapToolbar(app, display, addCard) {
  const kind = segments({
    label: cardStrings.mapKind,
    options: [
      { value: "regions", label: cardStrings.regions },
      { value: "probability", label: cardStrings.probabilities },
    ],
    kind: "compact",
    onChange: (value) =>
      app.store.change("view kind", ({ view }) => void (view.kind = value === "regions" ? "regions" : "probability")),
  });
  const ofClass = choice({
    label: cardStrings.probabilityOf,
    onChange: (value) =>
      app.store.change("view class", ({ view }) => void (view.probability_of = value === "" ? null : Number(value))),
  });
  const parts = PARTS.map((name) =>
    pressed(wordStrings.parts[name], partMark(name), () =>
      app.store.change("view points", ({ view }) => void (view.points[name] = !view.points[name])),
    ),
  );
  const spread = pressed(cardStrings.spread, null, () =>
    app.store.change("view spread", ({ view }) => void (view.spread = !view.spread)),
  );
  const sections = SHOWN_PARTS.map((name) =>
    pressed(cardStrings.shown[name], null, () => display.set(name, !display.get(name))),
  );
  const add = button({ label: cardStrings.addCard, icon: "plus", onClick: addCard });
  const legend = make("ul", { class: "legend", "aria-label": cardStrings.legend });
  const slice = make("p", { class: "hint slice-caption", hidden: true });
  let classes = "";

  function showSections() {
    SHOWN_PARTS.forEach((name, at) => setAttribute(sections[at], "aria-pressed", `${display.get(name)}`));
  }
  display.watch(showSections);
  showSections();

  return {
    element: make(
      "div",
      { class: "panel cards-bar" },
      make(
        "div",
        { class: "cards-bar-row" },
        kind.element,
        ofClass.element,
        group(cardStrings.points, ...parts),
        spread,
        legend,
      ),
      make("div", { class: "cards-bar-row" }, group(cardStrings.show, ...sections), add),
      slice,
    ),
    /** @param {State} state */
    showState(state) {
      const { view } = state;
      const known = app.live.dataset?.facts.classes ?? [];
      kind.set(view.kind);
      ofClass.offer([
        { value: "", label: cardStrings.likeliest },
        ...known.map((name, code) => ({ value: `${code}`, label: name })),
      ]);
      ofClass.set(view.probability_of === null ? "" : `${view.probability_of}`);
      show(ofClass.element, view.kind === "probability");
      PARTS.forEach((name, at) => setAttribute(parts[at], "aria-pressed", `${view.points[name]}`));
      setAttribute(spread, "aria-pressed", `${view.spread}`);
      show(
        spread,
        state.cards.some((card) => card.seeds > 1),
      );
      setText(slice, app.live.dataset?.facts.caption ?? "");
      show(slice, slice.textContent !== "");
      show(add, app.source.name !== "recorded");
      add.disabled = state.cards.length >= mostCards(app);
      if (known.join("\n") === classes) return;
      classes = known.join("\n");
      legend.replaceChildren(
        ...known.slice(0, 12).map((name, code) => make("li", {}, classMark(code), make("span", { text: name }))),
        ...(known.length > 12 ? [make("li", { text: cardStrings.more(known.length - 12) })] : []),
      );
    },
  };
}

/**
 * @param {App} app
 * @returns {number} how many cards there may be
 */
export function mostCards(app) {
  return app.live.welcome?.limits.cards ?? 4;
}

/**
 * @param {string} label
 * @param {SVGElement | null} mark
 * @param {() => void} onClick
 */
function pressed(label, mark, onClick) {
  return make(
    "button",
    { type: "button", class: "button small pressed", on: { click: onClick } },
    mark,
    make("span", { text: label }),
  );
}

/**
 * @param {string} label
 * @param {...HTMLElement} children
 */
function group(label, ...children) {
  return make(
    "div",
    { class: "bar-choices", role: "group", "aria-label": label },
    make("span", { class: "bar-title", text: label }),
    ...children,
  );
}

/**
 * @param {"train" | "validation" | "test"} part
 * @returns {SVGElement} a point as that part's rows are drawn
 */
function partMark(part) {
  return makeSvg(
    "svg",
    { class: `part-mark part-${part}-mark`, viewBox: "-1.6 -1.6 3.2 3.2", "aria-hidden": "true" },
    makeSvg("circle", { r: 1 }),
  );
}
