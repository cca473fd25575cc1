/**
 * Logits to probabilities and decisions. Logits cross the wire as int16, times a scale, one for two classes or one a
 * class; `log odds` are those of the second of two classes.
 *
 * @module
 */
import { thresholdInForce } from "./thresholds.js";

/** @typedef {import("./types.js").ArrayView} ArrayView */
/** @typedef {import("./types.js").DecisionState} DecisionState */

/** The log odds beyond which a probability is as good as 0 or 1. */
const CERTAIN = 30;

/**
 * Return the log odds from which the second of two classes is predicted.
 *
 * @param {DecisionState} decision
 * @returns {number}
 */
export function cutOf(decision) {
  const odds = logOddsOf(thresholdInForce(decision));
  return decision.positive === 0 ? 0 - odds : odds;
}

/**
 * @param {number} probability
 * @returns {number} its log odds, -30 to 30
 */
export function logOddsOf(probability) {
  if (probability <= 0) return -CERTAIN;
  if (probability >= 1) return CERTAIN;
  return Math.max(-CERTAIN, Math.min(CERTAIN, Math.log(probability / (1 - probability))));
}

/**
 * @param {number} logit
 * @returns {number} the probability that it stands for
 */
export function sigmoid(logit) {
  return 1 / (1 + Math.exp(-logit));
}

/**
 * Return the probability of each class from one logit, or from one a class.
 *
 * @param {ArrayLike<number>} logits of one place or row
 * @returns {number[]} at least two, which sum to 1
 */
export function probabilitiesOf(logits) {
  if (logits.length === 1) return [sigmoid(0 - logits[0]), sigmoid(logits[0])];
  const largest = Math.max(...Array.from(logits));
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * Return the class that is predicted: the likeliest or, of two, by the threshold.
 *
 * @param {ArrayLike<number>} logits of one place or row
 * @param {DecisionState} decision
 * @returns {number} its number
 */
export function decisionOf(logits, decision) {
  if (logits.length > 2) return largestOf(logits, 0, logits.length);
  const odds = logits.length === 1 ? logits[0] : logits[1] - logits[0];
  return decidesSecond(odds, cutOf(decision), decision.positive) ? 1 : 0;
}

/**
 * Return the class that is predicted from the probability of each: the likeliest or, of two, by the threshold.
 *
 * @param {ArrayLike<number>} probabilities
 * @param {DecisionState} decision
 * @returns {number} its number
 */
export function decisionOfProbabilities(probabilities, decision) {
  if (probabilities.length > 2) return largestOf(probabilities, 0, probabilities.length);
  const { positive } = decision;
  return probabilities[positive] >= thresholdInForce(decision) ? positive : 1 - positive;
}

/**
 * Return the class that is predicted for each of many rows.
 *
 * @param {ArrayView} logits int16 (n_rows, n_outputs)
 * @param {number} scale
 * @param {DecisionState} decision
 * @returns {Uint8Array} (n_rows,)
 */
export function rowDecisions(logits, scale, decision) {
  const [rows, outputs] = logits.shape;
  const decisions = new Uint8Array(rows);
  const cut = cutOf(decision);
  for (let row = 0; row < rows; row += 1) {
    const at = row * outputs;
    if (outputs > 2) {
      decisions[row] = largestOf(logits.data, at, at + outputs) - at;
    } else {
      const odds = outputs === 1 ? logits.data[at] : logits.data[at + 1] - logits.data[at];
      decisions[row] = decidesSecond(odds * scale, cut, decision.positive) ? 1 : 0;
    }
  }
  return decisions;
}

/**
 * Count rows by their class, down, and the predicted one, across.
 *
 * @param {ArrayLike<number>} codes the class of each row
 * @param {ArrayLike<number>} decisions the predicted class of each row
 * @param {number} classes how many there are
 * @returns {number[][]}
 */
export function confusionCounts(codes, decisions, classes) {
  const counts = Array.from({ length: classes }, () => new Array(classes).fill(0));
  const rows = Math.min(codes.length, decisions.length);
  for (let row = 0; row < rows; row += 1) counts[codes[row]][decisions[row]] += 1;
  return counts;
}

/**
 * Return a grid's logits as planes of real numbers: the log odds for two classes, else one plane a class.
 *
 * @param {ArrayView} logits int16 (n_outputs, height, width), rows from the bottom up
 * @param {number} scale
 * @returns {{planes: Float32Array[], width: number, height: number}}
 */
export function planesOf(logits, scale) {
  const [outputs, height, width] = logits.shape;
  const size = height * width;
  const data = logits.data;
  if (outputs > 2) {
    const planes = [];
    for (let output = 0; output < outputs; output += 1) {
      planes.push(Float32Array.from(data.subarray(output * size, (output + 1) * size), (logit) => logit * scale));
    }
    return { planes, width, height };
  }
  const odds = new Float32Array(size);
  for (let place = 0; place < size; place += 1) {
    odds[place] = scale * (outputs === 1 ? data[place] : data[size + place] - data[place]);
  }
  return { planes: [odds], width, height };
}

/**
 * Return a grid's logits at one place, between its nodes by bilinear interpolation.
 *
 * @param {ArrayView} logits int16 (n_outputs, height, width), rows from the bottom up
 * @param {number} scale
 * @param {number} across 0 at the left, 1 at the right
 * @param {number} up 0 at the bottom, 1 at the top
 * @returns {number[]} one for each output
 */
export function logitsAt(logits, scale, across, up) {
  const [outputs, height, width] = logits.shape;
  const x = Math.max(0, Math.min(1, across)) * (width - 1);
  const y = Math.max(0, Math.min(1, up)) * (height - 1);
  const left = Math.min(Math.floor(x), width - 2);
  const low = Math.min(Math.floor(y), height - 2);
  const found = [];
  for (let output = 0; output < outputs; output += 1) {
    const at = output * height * width + low * width + left;
    const below = logits.data[at] + (logits.data[at + 1] - logits.data[at]) * (x - left);
    const above = logits.data[at + width] + (logits.data[at + width + 1] - logits.data[at + width]) * (x - left);
    found.push(scale * (below + (above - below) * (y - low)));
  }
  return found;
}

/**
 * @param {number} odds
 * @param {number} cut
 * @param {number} positive a probability that equals the threshold is predicted to be of the positive class
 * @returns {boolean}
 */
function decidesSecond(odds, cut, positive) {
  return positive === 0 ? odds > cut : odds >= cut;
}

/**
 * @param {ArrayLike<number>} values
 * @param {number} begin
 * @param {number} end
 * @returns {number} where the largest stands, the first of equals
 */
function largestOf(values, begin, end) {
  let best = begin;
  for (let at = begin + 1; at < end; at += 1) if (values[at] > values[best]) best = at;
  return best;
}
