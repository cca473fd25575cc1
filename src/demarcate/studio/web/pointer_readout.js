/**
 * What a card's network says of the place that is looked at: logits, probabilities as bars and numbers, and the
 * prediction.
 *
 * @module
 */
import { classHead } from "./confusion_view.js";
import { make, makeSvg, setAttribute, setText, show } from "./dom.js";
import { saidAt } from "./map_pointer.js";
import { decisionOf, logitsAt, probabilitiesOf } from "./outputs.js";
import { cardStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./map_pointer.js").MapPointer} MapPointer */

/** Of more classes, the likeliest. */
const MAX_READ = 5;

/**
 * Return the readout of a card.
 *
 * @param {App} app
 * @param {string} id of the card
 * @param {MapPointer} pointer
 */
export function createReadout(app, id, pointer) {
  const heading = make("p", { class: "readout-words" });
  const list = make("tbody");
  const table = make(
    "table",
    { class: "readout-classes" },
    make(
      "colgroup",
      {},
      ...["name", "bar", "number", "number"].map((each) => make("col", { class: `readout-col-${each}` })),
    ),
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        make("th", { scope: "col", text: cardStrings.classHead }),
        make("th", { scope: "col", colspan: 2, text: cardStrings.probabilityHead }),
        make("th", { scope: "col", text: cardStrings.logitHead }),
      ),
    ),
    list,
  );
  /** @type {{element: HTMLElement, bar: SVGElement, probability: HTMLElement, logit: HTMLElement}[]} */
  let rows = [];
  /** @type {string[]} */
  let classes = [];

  function refresh() {
    const { dataset } = app.live;
    const card = app.live.cards.get(id);
    const place = pointer.place();
    const known = dataset?.facts.classes ?? [];
    if (known.join("\n") !== classes.join("\n") || rows.length !== known.length) {
      classes = known;
      rows = known.map(readoutRow);
      list.replaceChildren(...rows.map((row) => row.element));
    }
    const logits = card?.arrays.logits;
    if (place === null || !logits || !dataset || !card) {
      setText(heading, cardStrings.pointAtMap);
      rows.forEach((row, code) => {
        show(row.element, code < MAX_READ);
        for (const text of [row.probability, row.logit]) setText(text, "");
        setAttribute(row.bar, "width", "0");
      });
      return;
    }
    const values = logitsAt(logits, card.facts.scale, place.across, place.up);
    const probabilities = probabilitiesOf(values);
    const decision = decisionOf(values, app.store.state().decision);
    const at = saidAt(place, dataset.facts);
    setText(heading, cardStrings.readout(dataset.facts.axes, at, classes[decision] ?? ""));
    const order = [...probabilities.keys()].sort((one, other) => probabilities[other] - probabilities[one]);
    const read = new Set(order.slice(0, MAX_READ));
    rows.forEach((row, code) => {
      show(row.element, rows.length <= MAX_READ || read.has(code));
      row.element.classList.toggle("is-predicted", code === decision);
      setAttribute(row.bar, "width", (100 * probabilities[code]).toFixed(2));
      setText(row.probability, cardStrings.probability(probabilities[code]));
      const logit = values.length === 1 ? (code === 1 ? values[0] : null) : values[code];
      setText(row.logit, logit === null ? "" : cardStrings.logit(logit));
    });
  }

  const stop = pointer.watch(refresh);
  return { element: make("div", { class: "readout-part" }, heading, table), refresh, close: stop };
}

/**
 * Return what a card says of the place that is looked at as a sentence, for those who move there by keys; empty
 * without one.
 *
 * @param {App} app
 * @param {string} id of the card
 * @param {MapPointer} pointer
 * @returns {string}
 */
export function placeWords({ live, store }, id, pointer) {
  const [card, place, dataset] = [live.cards.get(id), pointer.place(), live.dataset];
  if (!card?.arrays.logits || place === null || dataset === null) return "";
  const values = logitsAt(card.arrays.logits, card.facts.scale, place.across, place.up);
  const decision = decisionOf(values, store.state().decision);
  const { axes, classes } = dataset.facts;
  const words = cardStrings.readout(axes, saidAt(place, dataset.facts), classes[decision] ?? "");
  return `${words}, ${cardStrings.probabilityHead} ${cardStrings.probability(probabilitiesOf(values)[decision])}.`;
}

/**
 * @param {string} name
 * @param {number} code
 */
function readoutRow(name, code) {
  const bar = makeSvg("rect", { x: 0, y: 0, height: 1, width: 0, rx: 0.3 });
  const probability = make("td", { class: "readout-number" });
  const logit = make("td", { class: "readout-logit" });
  const label = make("th", { scope: "row", title: name }, classHead(name, code));
  const track = makeSvg(
    "svg",
    {
      class: `readout-bar class-colour-${code % 12}`,
      viewBox: "0 0 100 1",
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    },
    bar,
  );
  return { element: make("tr", {}, label, make("td", {}, track), probability, logit), bar, probability, logit };
}
