/**
 * The hidden layers of a network: their widths, one more, one less.
 *
 * @module
 */
import { button } from "./controls.js";
import { make, setAttribute, setText, show, uniqueId } from "./dom.js";
import { cardStrings } from "./strings.js";
import { typedNumber } from "./typed_number.js";

/** Widths that the buttons go through; any other can be typed. */
const WIDTH_STEPS = Object.freeze([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256]);

/** The width of a layer that is added to none. */
const FIRST_WIDTH = 8;

/**
 * Return the editor of hidden layers.
 *
 * @param {object} options
 * @param {{layers: number, units: number}} options.limits
 * @param {(hidden: number[]) => void} options.onChange
 * @returns {import("./controls.js").Field<readonly number[]>}
 */
export function layerEditor({ limits, onChange }) {
  /** @type {readonly number[]} */ let hidden = [];
  let shown = "";
  let isOff = false;
  /** @type {((width: number) => void)[]} what shows the width in each layer's box */ const shownIn = [];
  const title = uniqueId("layers");
  const list = make("div", { class: "layers" });
  const none = make("p", { class: "hint", text: cardStrings.linear });
  const problemText = make("p", { class: "problem", id: uniqueId("problem"), role: "alert", hidden: true });
  const add = button({
    label: cardStrings.addLayer,
    icon: "plus",
    kind: "small",
    onClick: () => onChange([...hidden, hidden[hidden.length - 1] ?? FIRST_WIDTH]),
  });
  const element = make(
    "div",
    { class: "field layer-editor", role: "group", "aria-labelledby": title },
    make(
      "div",
      { class: "layer-head" },
      make("span", { class: "field-title", id: title, text: cardStrings.hiddenLayers }),
      add,
    ),
    list,
    none,
    problemText,
  );

  /** @param {number} layer @param {number} width */
  function change(layer, width) {
    const next = [...hidden];
    next[layer] = width;
    onChange(next);
  }

  /** @param {number} layer */
  function row(layer) {
    const label = cardStrings.unitsIn(layer + 1);
    const box = make("input", { type: "number", min: 1, max: limits.units, step: 1, "aria-label": label });
    const rule = { min: 1, max: limits.units, isWhole: true };
    shownIn[layer] = typedNumber(box, rule, (width) => change(layer, width), problem);
    const remove = () => {
      onChange(hidden.filter((_, at) => at !== layer));
      const rest = list.querySelectorAll("input");
      if (rest.length > 0) rest[Math.min(layer, rest.length - 1)].focus();
      else add.focus();
    };
    return make(
      "div",
      { class: "layer" },
      button({
        title: cardStrings.fewerUnits(layer + 1),
        icon: "minus",
        kind: "quiet",
        onClick: () => change(layer, steppedWidth(hidden[layer], -1)),
      }),
      box,
      button({
        title: cardStrings.moreUnits(layer + 1),
        icon: "plus",
        kind: "quiet",
        onClick: () => change(layer, Math.min(steppedWidth(hidden[layer], 1), limits.units)),
      }),
      button({ title: cardStrings.removeLayer(layer + 1), icon: "close", kind: "quiet remove", onClick: remove }),
    );
  }

  /** @param {string | null} text */
  function problem(text) {
    setText(problemText, text ?? "");
    show(problemText, text !== null);
    setAttribute(element, "aria-describedby", text === null ? null : problemText.id);
  }

  function switchControls() {
    for (const control of list.querySelectorAll("button, input")) {
      if (control instanceof HTMLButtonElement || control instanceof HTMLInputElement) control.disabled = isOff;
    }
  }

  return {
    element,
    set(widths) {
      hidden = widths;
      if (list.childElementCount !== widths.length) list.replaceChildren(...widths.map((_, layer) => row(layer)));
      widths.forEach((width, layer) => shownIn[layer](width));
      const text = widths.join(" ");
      if (text === shown) return;
      shown = text;
      show(none, widths.length === 0);
      add.disabled = isOff || widths.length >= limits.layers;
      switchControls();
    },
    disable(disabled) {
      isOff = disabled;
      add.disabled = isOff || hidden.length >= limits.layers;
      switchControls();
    },
    problem,
  };
}

/**
 * Return the next width that the buttons go to.
 *
 * @param {number} width
 * @param {1 | -1} direction
 * @returns {number}
 */
export function steppedWidth(width, direction) {
  if (direction > 0) return WIDTH_STEPS.find((step) => step > width) ?? width + 1;
  return WIDTH_STEPS.filter((step) => step < width).pop() ?? 1;
}
