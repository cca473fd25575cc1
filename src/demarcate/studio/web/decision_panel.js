/**
 * From probabilities to decisions: threshold, costs, precision and recall, all computed here from the last frame's logits.
 *
 * @module
 */
import { cardChoice, chosenCard, isVisible } from "./chosen_card.js";
import { choice, toggle } from "./controls.js";
import { comparisonTable, countsTable, numbersList, shareWords } from "./decision_tables.js";
import { make, setText, show } from "./dom.js";
import { slider } from "./sliders.js";
import { decisionStrings } from "./strings.js";
import { thresholdPicture } from "./threshold_picture.js";
import {
  EVEN_DECISION,
  MAX_COST,
  cheapestThreshold,
  outcomeAt,
  positiveProbabilities,
  thresholdCurve,
  thresholdInForce,
} from "./thresholds.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").DecisionState} DecisionState */

/**
 * What the decisions of a card are computed from.
 *
 * @typedef {object} DecisionRows
 * @property {Float64Array} probabilities (n,) of the positive class
 * @property {ArrayLike<number>} codes (n,)
 * @property {import("./thresholds.js").ThresholdCurve} curve
 */

/**
 * Return a card's monitored rows with their probabilities, or null before they are there.
 *
 * @param {App} app
 * @param {string} id of the card
 * @param {number} positive
 * @returns {DecisionRows | null}
 */
export function decisionRows(app, id, positive) {
  const card = app.live.cards.get(id);
  const codes = app.live.dataset?.arrays.validation_codes?.data;
  const logits = card?.arrays.monitored_logits;
  if (!card || !codes || !logits || logits.shape[0] === 0) return null;
  const probabilities = positiveProbabilities(logits.data, logits.shape[1], card.facts.row_scale, positive);
  return { probabilities, codes, curve: thresholdCurve(probabilities, codes, positive) };
}

/**
 * Return the panel of decisions.
 *
 * @param {App} app
 */
export function decisionPanel(app) {
  const { store, live } = app;
  const decision = () => store.state().decision;
  const change = (/** @type {string} */ label, /** @type {Partial<DecisionState>} */ next) =>
    store.change(label, (draft) => void Object.assign(draft.decision, next));
  const setThreshold = (/** @type {number} */ threshold) => change("threshold", { threshold });

  const waiting = make("p", { class: "hint", text: decisionStrings.waiting });
  const others = make("p", { class: "hint" });
  const picture = thresholdPicture(setThreshold, store.settle);
  const controls = decisionControls(app, change);
  const counts = countsTable();
  const numbers = numbersList();
  const comparison = comparisonTable(change, store.settle);
  const body = make(
    "div",
    { class: "tool-parts" },
    picture.element,
    controls.element,
    counts.element,
    numbers.element,
    comparison.element,
  );
  const element = make(
    "section",
    { class: "panel decision-panel", "aria-label": decisionStrings.title },
    make("p", { class: "hint", text: decisionStrings.intro }),
    cardChoice(app, decisionStrings.card, () => draw()),
    waiting,
    others,
    body,
  );
  /** @type {DecisionRows | null} */ let rows = null;
  let positive = -1;
  /** @type {{curve: DecisionRows["curve"] | null, costs: string, threshold: number}} */
  const cheapest = { curve: null, costs: "", threshold: 0.5 };

  function read() {
    if (!isVisible(element)) return;
    positive = decision().positive;
    rows = decisionRows(app, chosenCard(app).id, positive);
    draw(false);
  }

  function draw(again = true) {
    if (!isVisible(element)) return;
    if (again && (rows === null || positive !== decision().positive)) return void read();
    const classes = live.dataset?.facts.classes ?? [];
    show(waiting, rows === null);
    show(body, rows !== null);
    if (rows === null) return;
    const name = classes[decision().positive] ?? `${decision().positive}`;
    show(others, classes.length > 2);
    if (classes.length > 2) setText(others, decisionStrings.others(name));
    const outcome = outcomeAt(rows.probabilities, rows.codes, decision());
    const costs = `${decision().false_negative} ${decision().false_positive}`;
    if (cheapest.curve !== rows.curve || cheapest.costs !== costs) {
      Object.assign(cheapest, { curve: rows.curve, costs, threshold: cheapestThreshold(rows.curve, decision()) });
    }
    const texts = [outcome.precision, outcome.recall].map(shareWords);
    const threshold = thresholdInForce(decision()).toFixed(3);
    picture.draw(rows.curve, decision(), cheapest.threshold, decisionStrings.picture(threshold, texts[0], texts[1]));
    controls.show(classes);
    counts.show(outcome, name, live.dataset?.facts.monitored ?? "validation", rows.codes.length);
    numbers.show(outcome);
    comparison.show(rows, decision(), cheapest.threshold);
  }

  live.on("frame", read);
  live.on("dataset", () => {
    rows = null;
    draw();
  });
  store.watch(() => draw());
  whenShown(element, read);
  return element;
}

/**
 * Call a function whenever an element comes into view.
 *
 * @param {HTMLElement} element
 * @param {() => void} onShown
 */
export function whenShown(element, onShown) {
  new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) onShown();
  }).observe(element);
}

/**
 * Return the sliders.
 *
 * @param {App} app
 * @param {(label: string, next: Partial<DecisionState>) => void} change
 */
function decisionControls(app, change) {
  const { store } = app;
  const onSettle = store.settle;
  const costs = { min: 0, max: MAX_COST, step: 0.5, onSettle };
  const threshold = slider({
    label: decisionStrings.threshold,
    min: 0,
    max: 1,
    step: 0.001,
    onInput: (value) => change("threshold", { threshold: value }),
    onSettle,
  });
  const follow = toggle({
    label: decisionStrings.follow,
    onChange: (on) => change("follow", { threshold: on ? null : EVEN_DECISION.threshold }),
  });
  const missed = slider({
    ...costs,
    label: decisionStrings.falseNegative,
    onInput: (value) => change("missed", { false_negative: value }),
  });
  const alarm = slider({
    ...costs,
    label: decisionStrings.falsePositive,
    onInput: (value) => change("alarm", { false_positive: value }),
  });
  const positive = choice({
    label: decisionStrings.positive,
    onChange: (value) => change("positive", { positive: Number(value) }),
  });

  return {
    element: make(
      "div",
      { class: "decision-controls" },
      positive.element,
      threshold.element,
      follow.element,
      missed.element,
      alarm.element,
    ),
    /** @param {string[]} names of the classes */
    show(names) {
      const state = store.state().decision;
      positive.offer(names.map((label, value) => ({ value: `${value}`, label })));
      positive.set(`${state.positive}`);
      threshold.set(thresholdInForce(state));
      follow.set(state.threshold === null);
      missed.set(state.false_negative);
      alarm.set(state.false_positive);
    },
  };
}
