/**
 * The prediction for one row: the decision in words, and a bar for each class.
 *
 * @module
 */
import { element } from "./elements.js";

/** @typedef {import("./computed.js").Prediction} Prediction */
/** @typedef {import("./facts.js").ModelFacts} ModelFacts */

/** Bars that are shown: of more classes the likeliest. */
const MOST_BARS = 10;

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
      const shares = prediction.probabilities;
      const codes = likeliest(shares);
      const others = classes.length - codes.length;
      const rest = 1 - codes.reduce((sum, code) => sum + shares[code], 0);
      bars.replaceChildren(
        ...codes.flatMap((code) => barOf(classes[code], shares[code], code, code === prediction.decision)),
        ...(others > 0 ? restOf(others, Math.max(0, rest)) : []),
      );
    },
    /** @param {string} words */
    refuse(words) {
      decision.textContent = words;
      bars.replaceChildren();
    },
  };
}

/**
 * Return the codes of the classes that are shown: all in their order, or of very many the likeliest first.
 *
 * @param {ArrayLike<number>} shares
 */
function likeliest(shares) {
  const codes = Array.from(shares, (_, code) => code);
  return codes.length > MOST_BARS ? codes.sort((one, other) => shares[other] - shares[one]).slice(0, MOST_BARS) : codes;
}

/**
 * @param {number} others
 * @param {number} share of all of them
 */
function restOf(others, share) {
  return [element("dt", { text: `and ${others} more` }), element("dd", {}, element("span"), element("span", { text: share.toFixed(3) }))];
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
