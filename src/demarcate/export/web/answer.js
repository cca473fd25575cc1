/**
 * The prediction for one row: the decision in words, and a bar for each class.
 *
 * @module
 */
import { element } from "./elements.js";

/** @typedef {import("./computed.js").Prediction} Prediction */
/** @typedef {import("./facts.js").ModelFacts} ModelFacts */

/**
 * Return the place of the answer.
 *
 * @param {ModelFacts} facts
 */
export function answerPlace({ target, classes }) {
  const decision = element("p", { class: "decision", role: "status", text: "…" });
  const bars = element("dl", { class: "bars" });
  return {
    element: element("div", { class: "answer" }, decision, bars),
    /** @param {Prediction} prediction */
    show(prediction) {
      const words = prediction.decision === null ? "No decision: that costs least" : `${target}: ${classes[prediction.decision]}`;
      if (decision.textContent !== words) decision.textContent = words;
      bars.replaceChildren(...classes.flatMap((name, code) => barOf(name, prediction.probabilities[code], code, code === prediction.decision)));
    },
    /** @param {string} words */
    refuse(words) {
      decision.textContent = words;
      bars.replaceChildren();
    },
  };
}

/**
 * @param {string} name
 * @param {number} share
 * @param {number} code
 * @param {boolean} isDecided
 */
function barOf(name, share, code, isDecided) {
  const fill = element("span", { class: `fill class-${code % 8}` });
  fill.style.inlineSize = `${100 * share}%`;
  const kind = isDecided ? "is-decided" : false;
  const bar = element("span", { class: "bar", "aria-hidden": "true" }, fill);
  return [element("dt", { class: kind, text: name }), element("dd", { class: kind }, bar, element("span", { text: share.toFixed(3) }))];
}
