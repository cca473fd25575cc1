/**
 * What a network says of one row: what is predicted, by the decision in force, the probability of each class, those of its seeds, and the set that holds the true one.
 *
 * @module
 */
import { make, setText, show } from "./dom.js";
import { decisionOfProbabilities } from "./outputs.js";
import { classMark } from "./palette.js";
import { rowStrings } from "./strings.js";
import { isMoved, thresholdInForce } from "./thresholds.js";

/** @typedef {import("./types.js").DecisionState} DecisionState */
/** @typedef {import("./types.js").RowAnswer} RowAnswer */

/**
 * Return the place of answers.
 */
export function rowAnswer() {
  const waiting = make("p", { class: "hint", text: rowStrings.waiting });
  const epoch = make("span", { class: "hint" });
  const prediction = make("p", { class: "row-prediction" });
  const bars = make("dl", { class: "row-bars" });
  const lines = make("ul", { class: "row-lines" });
  const body = make("div", { class: "row-answer", hidden: true }, epoch, prediction, bars, lines);
  return {
    element: make("div", {}, waiting, body),
    clear() {
      show(waiting, true);
      show(body, false);
    },
    /**
     * Show an answer; returns the prediction in words.
     *
     * @param {RowAnswer} answer
     * @param {string[]} classes
     * @param {DecisionState} decision
     */
    show(answer, classes, decision) {
      show(waiting, false);
      show(body, true);
      const name = (/** @type {number} */ code) => classes[code] ?? `${code}`;
      setText(epoch, answer.epoch === 0 ? rowStrings.untrained : rowStrings.atEpoch(answer.epoch));
      const predicted = decisionOfProbabilities(answer.probabilities, decision);
      const words = rowStrings.prediction(name(predicted), answer.probabilities[predicted].toFixed(3));
      const isByThreshold = isMoved(decision, answer.probabilities.length);
      const rule = rowStrings.byThreshold(thresholdInForce(decision).toFixed(3), name(decision.positive));
      setText(prediction, isByThreshold ? `${words} ${rule}` : words);
      bars.replaceChildren(...answer.probabilities.flatMap((_, code) => barOf(answer, code, predicted, name(code))));
      const texts = linesOf(answer, name);
      lines.replaceChildren(...texts.map((text) => make("li", { text })));
      return prediction.textContent ?? "";
    },
  };
}

/**
 * @param {RowAnswer} answer
 * @param {number} code
 * @param {number} predicted
 * @param {string} name
 */
function barOf({ probabilities, members }, code, predicted, name) {
  const fill = make("span", { class: `row-fill class-back-${code % 12}` });
  fill.style.setProperty("--share", `${probabilities[code]}`);
  const dots = (members ?? []).map((member) => {
    const dot = make("span", { class: "row-dot" });
    dot.style.setProperty("--share", `${member[code]}`);
    return dot;
  });
  const kind = code === predicted ? "is-predicted" : "";
  return [
    make("dt", { class: kind }, classMark(code), name),
    make(
      "dd",
      { class: kind },
      make("span", { class: "row-bar", "aria-hidden": "true" }, fill, ...dots),
      probabilities[code].toFixed(3),
    ),
  ];
}

/**
 * @param {RowAnswer} answer
 * @param {(code: number) => string} name
 */
function linesOf({ set, coverage, members, prediction, probabilities, notices }, name) {
  const lines = [];
  if (set === null || coverage === null) lines.push(rowStrings.noSet);
  else {
    const classes = set.length === 0 ? rowStrings.emptySet : set.map(name).join(rowStrings.or);
    lines.push(rowStrings.set(classes, `${Math.round(100 * coverage)}%`));
  }
  const spoken = probabilities.length === 2 ? 1 : prediction;
  const shares = members?.map((member) => member[spoken]);
  if (!shares) lines.push(rowStrings.oneSeed);
  else {
    const [low, high] = [Math.min(...shares), Math.max(...shares)].map((share) => share.toFixed(3));
    lines.push(rowStrings.spread(shares.length, low, high, name(spoken)));
  }
  return [...lines, ...notices];
}
