/**
 * Decisions between two classes from monitored rows: counts, precision, recall and cost at every threshold. All is computed
 * here, from the logits of the last frame, so that a slider's answer needs no round trip.
 *
 * @module
 */

/** @typedef {import("./types.js").DecisionState} DecisionState */

/** Thresholds are 0, 1 / 1000 and so on to 1. */
export const THRESHOLD_STEPS = 1000;

/** The costs that sliders offer; the threshold depends on their ratio alone. */
export const MAX_COST = 20;

/** What new data begin with: both mistakes cost the same, and the likelier of two classes is predicted. */
export const EVEN_DECISION = Object.freeze({ threshold: 0.5, false_negative: 1, false_positive: 1, positive: 1 });

/**
 * Rows at or above each threshold, by their true class.
 *
 * @typedef {object} ThresholdCurve
 * @property {number} nPositive
 * @property {number} nNegative
 * @property {Int32Array} truePositives (1001,)
 * @property {Int32Array} falsePositives (1001,)
 */

/**
 * Return the threshold of least expected cost where probabilities are right.
 *
 * Source: Elkan (2001), The foundations of cost-sensitive learning.
 *
 * @param {Pick<DecisionState, "false_negative" | "false_positive">} costs
 * @returns {number}
 */
export function ruleThreshold({ false_negative, false_positive }) {
  const sum = false_positive + false_negative;
  return sum > 0 ? false_positive / sum : 0.5;
}

/**
 * Return the threshold in force: the one that is set, or that of the costs.
 *
 * @param {DecisionState} decision
 * @returns {number}
 */
export function thresholdInForce(decision) {
  return decision.threshold ?? ruleThreshold(decision);
}

/**
 * Whether another class than the likeliest can be predicted: of two, by a threshold that is not one half.
 *
 * @param {DecisionState} decision
 * @param {number} classes how many there are
 */
export function isMoved(decision, classes) {
  return classes === 2 && Math.abs(thresholdInForce(decision) - 0.5) > 1e-9;
}

/**
 * Return each row's probability of one class from its logits, (n,); one logit is that of class 1.
 *
 * @param {ArrayLike<number>} logits (n, nOutputs), one row after the other
 * @param {number} nOutputs
 * @param {number} scale
 * @param {number} positive the class, by number
 * @returns {Float64Array}
 */
export function positiveProbabilities(logits, nOutputs, scale, positive) {
  const probabilities = new Float64Array(Math.floor(logits.length / nOutputs));
  for (let row = 0; row < probabilities.length; row += 1) {
    const start = row * nOutputs;
    if (nOutputs === 1) {
      const logit = logits[start] * scale;
      probabilities[row] = 1 / (1 + Math.exp(positive === 1 ? -logit : logit));
      continue;
    }
    let sum = 0;
    for (let output = 0; output < nOutputs; output += 1) {
      sum += Math.exp((logits[start + output] - logits[start + positive]) * scale);
    }
    probabilities[row] = 1 / sum;
  }
  return probabilities;
}

/**
 * Count the rows of either kind at or above each threshold.
 *
 * @param {ArrayLike<number>} probabilities (n,)
 * @param {ArrayLike<number>} codes (n,), each row's class by number
 * @param {number} positive
 * @returns {ThresholdCurve}
 */
export function thresholdCurve(probabilities, codes, positive) {
  const truePositives = new Int32Array(THRESHOLD_STEPS + 1);
  const falsePositives = new Int32Array(THRESHOLD_STEPS + 1);
  let nPositive = 0;
  for (let row = 0; row < probabilities.length; row += 1) {
    const isPositive = codes[row] === positive;
    nPositive += Number(isPositive);
    // The highest threshold that the row reaches; the product may be off by one in the last bit.
    let step = Math.min(THRESHOLD_STEPS, Math.floor(probabilities[row] * THRESHOLD_STEPS));
    if (step < THRESHOLD_STEPS && (step + 1) / THRESHOLD_STEPS <= probabilities[row]) step += 1;
    else if (step / THRESHOLD_STEPS > probabilities[row]) step -= 1;
    (isPositive ? truePositives : falsePositives)[step] += 1;
  }
  for (let step = THRESHOLD_STEPS - 1; step >= 0; step -= 1) {
    truePositives[step] += truePositives[step + 1];
    falsePositives[step] += falsePositives[step + 1];
  }
  return { nPositive, nNegative: probabilities.length - nPositive, truePositives, falsePositives };
}

/**
 * The four outcomes of a decision, with what follows from them; a share of no rows is null.
 *
 * @typedef {object} Outcome
 * @property {number} truePositives
 * @property {number} falsePositives
 * @property {number} falseNegatives
 * @property {number} trueNegatives
 * @property {number | null} precision
 * @property {number | null} recall
 * @property {number | null} accuracy
 * @property {number | null} cost the mean of a row
 */

/**
 * Return the outcome of a decision by a threshold, of the rows themselves, not of the nearest step of a curve.
 *
 * @param {ArrayLike<number>} probabilities (n,)
 * @param {ArrayLike<number>} codes (n,)
 * @param {DecisionState} decision
 * @param {number} [threshold] that in force, if none is named
 * @returns {Outcome}
 */
export function outcomeAt(probabilities, codes, decision, threshold = thresholdInForce(decision)) {
  let truePositives = 0;
  let falsePositives = 0;
  let nPositive = 0;
  for (let row = 0; row < probabilities.length; row += 1) {
    const isPositive = codes[row] === decision.positive;
    nPositive += Number(isPositive);
    if (probabilities[row] < threshold) continue;
    if (isPositive) truePositives += 1;
    else falsePositives += 1;
  }
  return outcomeOf(truePositives, falsePositives, nPositive, probabilities.length, decision);
}

/**
 * Return the outcome at a step of a curve.
 *
 * @param {ThresholdCurve} curve
 * @param {number} step 0 to 1000
 * @param {DecisionState} decision
 * @returns {Outcome}
 */
export function outcomeOfStep(curve, step, decision) {
  const nRows = curve.nPositive + curve.nNegative;
  return outcomeOf(curve.truePositives[step], curve.falsePositives[step], curve.nPositive, nRows, decision);
}

/**
 * @param {number} truePositives
 * @param {number} falsePositives
 * @param {number} nPositive
 * @param {number} nRows
 * @param {DecisionState} decision
 * @returns {Outcome}
 */
function outcomeOf(truePositives, falsePositives, nPositive, nRows, decision) {
  const falseNegatives = nPositive - truePositives;
  const trueNegatives = nRows - nPositive - falsePositives;
  const cost = falseNegatives * decision.false_negative + falsePositives * decision.false_positive;
  return {
    truePositives,
    falsePositives,
    falseNegatives,
    trueNegatives,
    precision: shareOf(truePositives, truePositives + falsePositives),
    recall: shareOf(truePositives, nPositive),
    accuracy: shareOf(truePositives + trueNegatives, nRows),
    cost: shareOf(cost, nRows),
  };
}

/**
 * Return the threshold of least cost on these rows; of equal ones the nearest to that of the costs alone.
 *
 * @param {ThresholdCurve} curve
 * @param {DecisionState} decision
 * @returns {number}
 */
export function cheapestThreshold(curve, decision) {
  const costs = Array.from(curve.truePositives, (_, step) => outcomeOfStep(curve, step, decision).cost ?? 0);
  const least = Math.min(...costs) * (1 + 1e-12);
  const expected = ruleThreshold(decision);
  let nearest = -1;
  for (let step = 0; step < costs.length; step += 1) {
    if (costs[step] > least) continue;
    const distance = Math.abs(step / THRESHOLD_STEPS - expected);
    if (nearest < 0 || distance < Math.abs(nearest / THRESHOLD_STEPS - expected)) nearest = step;
  }
  return nearest / THRESHOLD_STEPS;
}

/**
 * @param {number} part
 * @param {number} whole
 * @returns {number | null}
 */
function shareOf(part, whole) {
  return whole > 0 ? part / whole : null;
}
