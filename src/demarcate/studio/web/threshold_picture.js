/**
 * The picture of a decision: precision, recall and cost at every threshold, and the threshold itself, which can be dragged.
 *
 * @module
 */
import { make, makeSvg, setAttribute } from "./dom.js";
import { decisionStrings } from "./strings.js";
import { THRESHOLD_STEPS, outcomeOfStep, ruleThreshold, thresholdInForce } from "./thresholds.js";

/** @typedef {import("./thresholds.js").ThresholdCurve} ThresholdCurve */
/** @typedef {import("./types.js").DecisionState} DecisionState */

const PICTURE = Object.freeze({ width: 360, height: 210, left: 30, right: 8, top: 10, bottom: 34 });
const CURVE_LINES = Object.freeze(/** @type {const} */ (["precision", "recall", "cost"]));
/** Every so many steps of the curve a line has a point. */
const STRIDE = 5;

/**
 * Return the picture, and what draws it.
 *
 * @param {(threshold: number) => void} onDrag
 * @param {() => void} onRelease
 */
export function thresholdPicture(onDrag, onRelease) {
  const { width, height, left, right, top, bottom } = PICTURE;
  const lines = CURVE_LINES.map((name) => makeSvg("path", { class: `line line-${name}` }));
  const marks = /** @type {const} */ (["rule", "cheapest", "now"]).map((name) =>
    makeSvg("path", { class: `mark mark-${name}` }),
  );
  const knob = makeSvg("circle", { class: "knob", r: 6, cy: top });
  const svg = makeSvg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", class: "threshold-picture" },
    ...axes(),
    ...lines,
    ...marks,
    knob,
  );
  const thresholdAt = (/** @type {PointerEvent} */ event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * width;
    const share = (x - left) / (width - left - right);
    return Math.min(1, Math.max(0, Math.round(share * THRESHOLD_STEPS) / THRESHOLD_STEPS));
  };
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    onDrag(thresholdAt(event));
  });
  svg.addEventListener("pointermove", (event) => {
    if (svg.hasPointerCapture(event.pointerId)) onDrag(thresholdAt(event));
  });
  svg.addEventListener("pointerup", onRelease);

  /** @type {{curve: ThresholdCurve | null, costs: string}} while a threshold is dragged its lines stay */
  const drawn = { curve: null, costs: "" };
  return {
    element: make("figure", { class: "threshold-figure" }, svg, legend()),
    /** @param {ThresholdCurve} curve @param {DecisionState} decision @param {number} cheapest @param {string} text */
    draw(curve, decision, cheapest, text) {
      const costs = `${decision.false_negative} ${decision.false_positive}`;
      if (curve !== drawn.curve || costs !== drawn.costs) {
        const paths = pathsOf(curve, decision);
        lines.forEach((line, position) => setAttribute(line, "d", paths[CURVE_LINES[position]]));
        Object.assign(drawn, { curve, costs });
      }
      const now = thresholdInForce(decision);
      [ruleThreshold(decision), cheapest, now].forEach((threshold, position) => {
        setAttribute(marks[position], "d", `M${xOf(threshold)} ${top}V${height - bottom}`);
      });
      setAttribute(knob, "cx", `${xOf(now)}`);
      setAttribute(svg, "aria-label", text);
    },
  };
}

/** @param {number} threshold */
function xOf(threshold) {
  return PICTURE.left + threshold * (PICTURE.width - PICTURE.left - PICTURE.right);
}

/** @param {number} share */
function yOf(share) {
  return PICTURE.height - PICTURE.bottom - share * (PICTURE.height - PICTURE.bottom - PICTURE.top);
}

/**
 * Return the paths of the lines; costs as shares of the highest. Where there is no precision there is a gap.
 *
 * @param {ThresholdCurve} curve
 * @param {DecisionState} decision
 * @returns {Record<"precision" | "recall" | "cost", string>}
 */
function pathsOf(curve, decision) {
  const steps = Array.from({ length: THRESHOLD_STEPS / STRIDE + 1 }, (_, position) => position * STRIDE);
  const outcomes = steps.map((step) => outcomeOfStep(curve, step, decision));
  const dearest = Math.max(...outcomes.map((outcome) => outcome.cost ?? 0));
  const path = (/** @type {(number | null)[]} */ values) => {
    let pen = "M";
    let text = "";
    values.forEach((value, position) => {
      if (value === null) pen = "M";
      else {
        text += `${pen}${xOf(steps[position] / THRESHOLD_STEPS).toFixed(1)} ${yOf(value).toFixed(1)}`;
        pen = "L";
      }
    });
    return text;
  };
  return {
    precision: path(outcomes.map((outcome) => outcome.precision)),
    recall: path(outcomes.map((outcome) => outcome.recall)),
    cost: path(outcomes.map((outcome) => (outcome.cost === null || dearest === 0 ? null : outcome.cost / dearest))),
  };
}

function axes() {
  const { width, height, right, bottom } = PICTURE;
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return [
    ...ticks.map((tick) => makeSvg("path", { class: "grid", d: `M${xOf(0)} ${yOf(tick)}H${width - right}` })),
    ...ticks.map((tick) =>
      makeSvg("text", { class: "tick", x: xOf(0) - 4, y: yOf(tick) + 3.5, "text-anchor": "end" }, `${tick}`),
    ),
    ...ticks.map((tick) =>
      makeSvg("text", { class: "tick", x: xOf(tick), y: height - bottom + 13, "text-anchor": "middle" }, `${tick}`),
    ),
    makeSvg("text", { class: "tick", x: xOf(0.5), y: height - 4, "text-anchor": "middle" }, decisionStrings.axis),
  ];
}

function legend() {
  return make(
    "figcaption",
    { class: "line-legend" },
    ...CURVE_LINES.map((name) =>
      make(
        "span",
        {},
        makeSvg(
          "svg",
          { viewBox: "0 0 24 8", "aria-hidden": "true" },
          makeSvg("path", { class: `line line-${name}`, d: "M1 4H23" }),
        ),
        decisionStrings.lines[name],
      ),
    ),
  );
}
