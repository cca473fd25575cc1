/**
 * Which rows networks learn from, and which show what they are worth.
 *
 * @module
 */
import { button, numberBox } from "./controls.js";
import { make, setText } from "./dom.js";
import { problemsAt } from "./field_problems.js";
import { otherSeed } from "./knob_fields.js";
import { slider } from "./sliders.js";
import { splitStrings, wordStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").SplitState} SplitState */

const SPLIT_PARTS = Object.freeze(/** @type {const} */ (["train", "validation", "test"]));
const LARGEST_PERCENT = 80;

/**
 * Return the form of the split.
 *
 * @param {App} app
 */
export function splitForm(app) {
  const { store, live } = app;
  const share = (/** @type {"validation" | "test"} */ part) =>
    slider({
      label: splitStrings[part],
      min: 0,
      max: LARGEST_PERCENT,
      onInput: (percent) => setSplit(part, (split) => (split[part] = percent / 100)),
      onSettle: store.settle,
    });
  const fields = {
    validation: share("validation"),
    test: share("test"),
    seed: numberBox({
      label: splitStrings.seed,
      min: 0,
      max: 2 ** 31 - 1,
      beside: button({
        title: splitStrings.draw,
        icon: "dice",
        onClick: () => setSplit("draw", (split) => (split.seed = otherSeed(split.seed))),
      }),
      onChange: (value) => setSplit("seed", (split) => (split.seed = value)),
    }),
  };

  /** @param {string} label @param {(split: SplitState) => void} edit */
  function setSplit(label, edit) {
    store.change(`split ${label}`, ({ split }) => edit(split));
  }

  function update() {
    const { split } = store.state();
    fields.validation.set(Math.round(1000 * split.validation) / 10);
    fields.test.set(Math.round(1000 * split.test) / 10);
    fields.seed.set(split.seed);
  }
  store.watch(update);
  problemsAt(app, "data", fields);
  update();
  return make(
    "section",
    { class: "panel", "aria-label": splitStrings.title },
    make("div", { class: "panel-head" }, make("h3", { class: "panel-title", text: splitStrings.title }), make("p", { class: "hint", text: splitStrings.hint })),
    splitBar(live),
    make("div", { class: "fields" }, fields.validation.element, fields.test.element, fields.seed.element),
  );
}

/**
 * The rows of each part as one bar.
 *
 * @param {App["live"]} live
 */
function splitBar(live) {
  const parts = SPLIT_PARTS.map((part) => {
    const number = make("strong", { text: "0" });
    const bar = make("span", { class: `split-part part-${part}` });
    return { part, number, bar, key: make("li", { class: `part-${part}` }, number, ` ${wordStrings.parts[part]}`) };
  });
  const bar = make("div", { class: "split-bar", role: "img" }, ...parts.map((each) => each.bar));
  live.on("dataset", ({ n_rows: rows }) => {
    for (const { part, number, bar: own } of parts) {
      setText(number, rows[part].toLocaleString("en"));
      own.style.setProperty("flex-grow", `${rows[part]}`);
    }
    bar.setAttribute("aria-label", splitStrings.bar(rows.train, rows.validation, rows.test));
  });
  return make("div", { class: "split" }, bar, make("ul", { class: "split-key", role: "list" }, ...parts.map((each) => each.key)));
}
