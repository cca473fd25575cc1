/**
 * The tables of the panel of decisions: the four outcomes, what follows from them, and thresholds side by side.
 *
 * @module
 */
import { button } from "./controls.js";
import { make, makeSvg, setText } from "./dom.js";
import { decisionStrings, wordStrings } from "./strings.js";
import { outcomeAt, ruleThreshold } from "./thresholds.js";

/** @typedef {import("./types.js").DecisionState} DecisionState */
/** @typedef {import("./thresholds.js").Outcome} Outcome */

/**
 * Return a share in words, a dash where there is none.
 *
 * @param {number | null} value
 */
export function shareWords(value) {
  return value === null ? decisionStrings.none : value.toFixed(3);
}

/** Return the table of the four outcomes. */
export function countsTable() {
  const caption = make("caption");
  const [predicted, is] = [make("th", { scope: "col" }), make("th", { scope: "row" })];
  const cells = ["right", "wrong", "wrong", "right"].map((kind) => make("td", { class: kind }));
  const { counts } = decisionStrings;
  return {
    element: make(
      "table",
      { class: "tool-table counts" },
      caption,
      make("thead", {}, make("tr", {}, make("td"), predicted, make("th", { scope: "col", text: counts.others }))),
      make(
        "tbody",
        {},
        make("tr", {}, is, cells[0], cells[1]),
        make("tr", {}, make("th", { scope: "row", text: counts.isOther }), cells[2], cells[3]),
      ),
    ),
    /** @param {Outcome} outcome @param {string} name @param {"validation" | "test"} monitored @param {number} n */
    show(outcome, name, monitored, n) {
      setText(caption, counts.caption(`${n.toLocaleString("en")} ${decisionStrings.rows[monitored]}`));
      setText(predicted, counts.predicted(name));
      setText(is, counts.is(name));
      const { truePositives, falseNegatives, falsePositives, trueNegatives } = outcome;
      [truePositives, falseNegatives, falsePositives, trueNegatives].forEach((count, place) =>
        setText(cells[place], `${count}`),
      );
    },
  };
}

/** Return precision, recall, accuracy and cost. */
export function numbersList() {
  const names = /** @type {const} */ (["precision", "recall", "accuracy", "cost"]);
  const values = names.map(() => make("dd"));
  const rows = names.map((name, place) =>
    make("div", {}, make("dt", { text: decisionStrings.numbers[name] }), values[place]),
  );
  return {
    element: make("dl", { class: "figures" }, ...rows),
    /** @param {Outcome} outcome */
    show(outcome) {
      names.forEach((name, place) => {
        const value = outcome[name];
        setText(values[place], name === "cost" && value !== null ? (100 * value).toFixed(1) : shareWords(value));
      });
    },
  };
}

/**
 * Return the thresholds that one would compare, with their cost.
 *
 * @param {(label: string, next: Partial<DecisionState>) => void} change
 * @param {() => void} settle
 */
export function comparisonTable(change, settle) {
  const kinds = /** @type {const} */ (["half", "rule", "cheapest"]);
  /** @type {number[]} */ let thresholds = [0.5, 0.5, 0.5];
  const cells = kinds.map(() => [make("td"), make("td")]);
  const use = (/** @type {number} */ place) => {
    settle();
    change("use", { threshold: kinds[place] === "rule" ? null : thresholds[place] });
  };
  const rows = kinds.map((kind, place) =>
    make(
      "tr",
      {},
      make(
        "th",
        { scope: "row" },
        markSample(kind),
        button({ label: decisionStrings[kind], kind: `quiet mark-${kind}`, onClick: () => use(place) }),
      ),
      ...cells[place],
    ),
  );
  return {
    element: make(
      "div",
      { class: "tool-parts" },
      make(
        "table",
        { class: "tool-table comparison" },
        make("caption", { text: decisionStrings.compare }),
        make(
          "thead",
          {},
          make(
            "tr",
            {},
            make("td"),
            make("th", { scope: "col", text: decisionStrings.threshold }),
            make("th", { scope: "col", text: decisionStrings.cost }),
          ),
        ),
        make("tbody", {}, ...rows),
      ),
      make("p", { class: "hint", text: decisionStrings.optimistic }),
    ),
    /** @param {import("./decision_panel.js").DecisionRows} rows @param {DecisionState} decision @param {number} cheapest */
    show({ probabilities, codes }, decision, cheapest) {
      thresholds = [0.5, ruleThreshold(decision), cheapest];
      thresholds.forEach((threshold, place) => {
        const { cost } = outcomeAt(probabilities, codes, decision, threshold);
        setText(cells[place][0], threshold.toFixed(3));
        setText(cells[place][1], cost === null ? wordStrings.none : (100 * cost).toFixed(1));
      });
    },
  };
}

/**
 * Return the line that a threshold has in the picture.
 *
 * @param {"half" | "rule" | "cheapest"} kind
 */
function markSample(kind) {
  const line = kind === "half" ? null : makeSvg("path", { class: `mark mark-${kind}`, d: "M6 1V19" });
  return makeSvg("svg", { class: "mark-sample threshold-marks", viewBox: "0 0 12 20", "aria-hidden": "true" }, line);
}
