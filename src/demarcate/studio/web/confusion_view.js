/**
 * Which classes a card takes for which, on the monitored rows at the threshold in force.
 *
 * @module
 */
import { make, setText } from "./dom.js";
import { confusionCounts, rowDecisions } from "./outputs.js";
import { classMark } from "./palette.js";
import { cardStrings, wordStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */

/** At most so many times a second, in milliseconds between two. */
const CONFUSION_PAUSE = 150;

/** Of more classes than this the columns are narrow, with marks for names and counts alone. */
const MAX_ROOMY = 5;

/**
 * Return the confusion matrix of a card.
 *
 * @param {App} app
 * @param {string} id of the card
 */
export function createConfusion(app, id) {
  const table = make("table", { class: "confusion" });
  const words = make("p", { class: "hint" });
  const frame = make("div", {
    class: "confusion-frame",
    tabindex: 0,
    role: "group",
    "aria-label": cardStrings.confusionLabel,
  });
  frame.append(table);
  /** @type {HTMLElement[][]} */ let cells = [];
  let shown = "";
  let [last, timer] = [-Infinity, 0];

  function clear() {
    table.replaceChildren();
    setText(words, "");
    shown = "";
  }

  function refresh() {
    const { dataset } = app.live;
    const card = app.live.cards.get(id);
    const logits = card?.arrays.monitored_logits;
    const codes = dataset?.arrays.validation_codes?.data;
    if (!dataset || !card || !logits || !codes) {
      if (app.live.isSetAside) clear();
      return;
    }
    const { classes, monitored } = dataset.facts;
    const { decision } = app.store.state();
    const key = JSON.stringify([classes, monitored]);
    if (key !== shown) {
      shown = key;
      cells = fillTable(table, classes, wordStrings.parts[monitored]);
      table.classList.toggle("is-dense", classes.length > MAX_ROOMY);
    }
    const counts = confusionCounts(codes, rowDecisions(logits, card.facts.row_scale, decision), classes.length);
    counts.forEach((row, code) => {
      const rows = row.reduce((sum, count) => sum + count, 0);
      row.forEach((count, predicted) => {
        const share = rows > 0 ? count / rows : 0;
        const [number, percent] = cells[code][predicted].children;
        setText(number, `${count}`);
        setText(percent, count > 0 ? `${Math.round(100 * share)}%` : "");
        cells[code][predicted].style.setProperty("--heat", (0.75 * share ** 0.5).toFixed(3));
      });
    });
    setText(words, confusionWords(counts, classes, decision.positive));
  }

  return {
    element: make("div", { class: "confusion-part" }, frame, words),
    /** Refresh it now, or soon where it was refreshed a moment ago. */
    refresh() {
      clearTimeout(timer);
      const wait = last + CONFUSION_PAUSE - performance.now();
      if (wait > 0) {
        timer = window.setTimeout(() => this.refresh(), wait);
        return;
      }
      last = performance.now();
      refresh();
    },
    /** Refresh it at once, as when the threshold moves. */
    refreshNow: refresh,
    close: () => clearTimeout(timer),
  };
}

/**
 * Fill a table with empty cells, true classes down and predicted ones across.
 *
 * @param {HTMLTableElement} table
 * @param {string[]} classes
 * @param {string} rows the part of the rows that is counted
 * @returns {HTMLElement[][]} the cells
 */
function fillTable(table, classes, rows) {
  const cells = classes.map((_, code) =>
    classes.map((__, predicted) =>
      make("td", { class: code === predicted ? "is-right" : "is-wrong" }, make("strong"), make("span")),
    ),
  );
  const heads = classes.map((name, code) => make("th", { scope: "col", title: name }, classHead(name, code)));
  table.replaceChildren(
    make("caption", { text: cardStrings.confusionCaption(rows) }),
    make("thead", {}, make("tr", {}, make("td", { class: "corner", text: cardStrings.confusionCorner }), ...heads)),
    make(
      "tbody",
      {},
      ...classes.map((name, code) =>
        make("tr", {}, make("th", { scope: "row", title: name }, classHead(name, code)), ...cells[code]),
      ),
    ),
  );
  return cells;
}

/**
 * Return a class's mark and name.
 *
 * @param {string} name
 * @param {number} code
 */
export function classHead(name, code) {
  return make("span", { class: "class-head" }, classMark(code), make("span", { text: name }));
}

/**
 * @param {number[][]} counts
 * @param {string[]} classes
 * @param {number} positive
 * @returns {string} how many rows are right, and which class is easiest and which hardest
 */
export function confusionWords(counts, classes, positive) {
  const sums = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const rows = sums.reduce((sum, count) => sum + count, 0);
  if (rows === 0) return "";
  const right = counts.reduce((sum, row, code) => sum + row[code], 0);
  const recalls = counts.flatMap((row, code) =>
    sums[code] > 0 ? [{ name: classes[code], recall: row[code] / sums[code] }] : [],
  );
  recalls.sort((one, other) => other.recall - one.recall);
  const sentences = [cardStrings.right(right, rows)];
  if (recalls.length > 1) sentences.push(cardStrings.easiest(recalls[0], recalls[recalls.length - 1]));
  if (classes.length === 2) {
    const negative = 1 - positive;
    sentences.push(cardStrings.mistakes(classes[positive], counts[negative][positive], counts[positive][negative]));
  }
  return sentences.join(" ");
}
