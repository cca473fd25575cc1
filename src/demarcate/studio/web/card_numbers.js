/**
 * The numbers of a card: loss and accuracy of training and monitored rows, and how far they are apart.
 *
 * @module
 */
import { make, setText, show } from "./dom.js";
import { rowDecisions } from "./outputs.js";
import { cardStrings, wordStrings } from "./strings.js";
import { isMoved, thresholdInForce } from "./thresholds.js";
import { wilsonInterval } from "./wilson_interval.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").CardFacts} CardFacts */

/**
 * Return the numbers of a card.
 *
 * @param {App} app
 * @param {string} id of the card
 */
export function createCardNumbers(app, id) {
  const heads = {
    train: make("th", { scope: "col" }),
    monitored: make("th", { scope: "col" }),
    gap: make("th", { scope: "col" }),
  };
  const loss = numberRow(cardStrings.loss);
  const accuracy = numberRow(cardStrings.accuracy);
  const interval = make("p", { class: "hint" });
  const decided = make("p", { class: "hint card-decided" });
  const facts = make("p", { class: "hint card-facts" });
  const table = make(
    "table",
    { class: "card-numbers" },
    make("thead", {}, make("tr", {}, make("td"), heads.train, heads.monitored, heads.gap)),
    make("tbody", {}, loss.element, accuracy.element),
  );
  const element = make("div", { class: "numbers-part" }, table, interval, decided, facts);
  return {
    element,
    refresh() {
      const card = app.live.cards.get(id)?.facts;
      const { dataset } = app.live;
      if (!card || !dataset) return void element.classList.toggle("is-empty", app.live.isSetAside);
      element.classList.remove("is-empty");
      const { monitored, n_rows: rows } = dataset.facts;
      setText(heads.train, cardStrings.rowsHead(wordStrings.parts.train, rows.train));
      setText(heads.monitored, cardStrings.rowsHead(wordStrings.parts[monitored], rows[monitored]));
      setText(heads.gap, cardStrings.gap);
      loss.fill(card.train_loss, card.monitored_loss);
      accuracy.fill(card.train_accuracy, card.monitored_accuracy);
      const words = intervalWords(card, rows[monitored], wordStrings.parts[monitored]);
      setText(interval, words);
      show(interval, words !== "");
      const byThreshold = decisionWords(app, id);
      setText(decided, byThreshold);
      show(decided, byThreshold !== "");
      setText(facts, cardStrings.cardFacts(card));
    },
  };
}

/** @param {string} name */
function numberRow(name) {
  const cells = { train: make("td"), monitored: make("td"), gap: make("td", { class: "gap" }) };
  return {
    element: make("tr", {}, make("th", { scope: "row", text: name }), cells.train, cells.monitored, cells.gap),
    /** @param {number | null} train @param {number | null} monitored */
    fill(train, monitored) {
      setText(cells.train, cardStrings.number(train));
      setText(cells.monitored, cardStrings.number(monitored));
      setText(cells.gap, train === null || monitored === null ? "" : cardStrings.signed(monitored - train));
    },
  };
}

/**
 * @param {CardFacts} card
 * @param {number} rows
 * @param {string} part
 * @returns {string} how exact the accuracy is: the interval of one network's, or the range over seeds
 */
function intervalWords(card, rows, part) {
  if (card.monitored_accuracy === null || rows === 0) return "";
  const accuracies = card.seeds_monitored.map((seed) => seed.accuracy).filter((each) => Number.isFinite(each));
  if (accuracies.length > 1)
    return cardStrings.overSeeds(part, Math.min(...accuracies), Math.max(...accuracies), accuracies.length);
  const [low, high] = wilsonInterval(card.monitored_accuracy, rows);
  return cardStrings.interval(part, low, high);
}

/**
 * @param {App} app
 * @param {string} id
 * @returns {string} what the threshold changes, where it is not one half
 */
function decisionWords({ live, store }, id) {
  const { decision, view } = store.state();
  const [card, dataset] = [live.cards.get(id), live.dataset];
  const codes = dataset?.arrays.validation_codes?.data;
  const logits = card?.arrays.monitored_logits;
  if (!card || !dataset || !codes || !logits || !isMoved(decision, dataset.facts.classes.length)) return "";
  const decisions = rowDecisions(logits, card.facts.row_scale, decision);
  const right = decisions.filter((code, row) => code === codes[row]).length;
  return cardStrings.decided(
    thresholdInForce(decision).toFixed(3),
    dataset.facts.classes[decision.positive],
    wordStrings.parts[dataset.facts.monitored],
    right / decisions.length,
    view.kind === "probability",
  );
}
