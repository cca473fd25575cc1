/**
 * A card's first network as a drawing: what every hidden unit gives over the map, and its weights as lines. A unit
 * that is pointed at or reached by arrow keys is enlarged, with its weights in numbers.
 *
 * @module
 */
import { make, setText, show, uniqueId } from "./dom.js";
import { inputOrder, layoutNetwork, MAX_NODES, nodeAfterKey, nodeAt, weightOffsets } from "./network_layout.js";
import { drawEnlarged, drawLines, drawNodes, mapNumber, namesSpace, paintSheet } from "./network_painting.js";
import { paintedCanvas } from "./painted_canvas.js";
import { cardStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./live.js").LiveCard} LiveCard */
/** @typedef {import("./network_layout.js").NetworkLayout} NetworkLayout */
/** @typedef {import("./network_layout.js").NetworkNode} NetworkNode */

/** The side of an enlarged map, in pixels. */
const LARGE_SIDE = 132;

/**
 * Return the drawing of a card's network.
 *
 * @param {App} app
 * @param {string} id of the card
 */
export function createNetworkDrawing(app, id) {
  const sheet = make("canvas");
  /** @type {NetworkLayout | null} */ let layout = null;
  /** @type {NetworkNode | undefined} */ let chosen;
  const view = paintedCanvas("network-canvas", (context, width) => {
    const card = app.live.cards.get(id);
    if (!card) return;
    const classes = app.live.dataset?.facts.classes ?? [];
    const order = inputOrder(card.facts.inputs, app.live.dataset?.facts.axes ?? []);
    const names = namesSpace(
      context,
      card,
      classes,
      order.slice(0, MAX_NODES).map((unit) => card.facts.inputs[unit]),
      width,
    );
    layout = layoutNetwork(card.facts.widths, card.facts.units_shown, width, names, order);
    if (Math.abs(view.canvas.clientHeight - layout.height) > 0.5) {
      view.canvas.style.setProperty("height", `${layout.height}px`);
    }
    const palette = app.theme.palette();
    paintSheet(sheet, card, palette);
    drawLines(context, layout, card, palette, chosen);
    drawNodes(context, layout, card, palette, sheet, chosen, classes, names);
  });
  const note = uniqueId("network-note");
  const enlarged = make("canvas", {
    class: "unit-large",
    width: 2 * LARGE_SIDE,
    height: 2 * LARGE_SIDE,
    "aria-hidden": "true",
  });
  const text = make("p", { class: "unit-text", role: "status" });
  const popup = make("div", { class: "unit-popup", hidden: true }, enlarged, text);
  const surface = make(
    "div",
    {
      class: "network",
      tabindex: 0,
      role: "application",
      "aria-roledescription": cardStrings.networkRole,
      "aria-label": cardStrings.networkLabel,
      "aria-describedby": note,
      on: {
        pointermove: (event) => choose(layout ? nodeAt(layout, event.offsetX, event.offsetY) : undefined),
        pointerdown: (event) => choose(layout ? nodeAt(layout, event.offsetX, event.offsetY) : undefined),
        pointerleave: (event) => event.pointerType === "mouse" && choose(undefined),
        blur: () => choose(undefined),
        keydown: (event) => {
          if (event.key === "Escape") return choose(undefined);
          const next = layout ? nodeAfterKey(layout, chosen, event.key) : undefined;
          if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
          event.preventDefault();
          choose(next);
        },
      },
    },
    view.canvas,
    popup,
  );
  const remark = make("p", { class: "hint", id: note });

  /** @param {NetworkNode | undefined} node */
  function choose(node) {
    if (node?.layer === chosen?.layer && node?.unit === chosen?.unit) return;
    chosen = node;
    view.invalidate();
    showChosen();
  }

  function showChosen() {
    const card = app.live.cards.get(id);
    show(popup, chosen !== undefined && card !== undefined);
    if (chosen === undefined || card === undefined || layout === null) return;
    drawEnlarged(enlarged, card, mapNumber(card, chosen), app.theme.palette());
    setText(text, unitText(card, chosen));
    const right = chosen.x < surface.clientWidth / 2;
    popup.style.setProperty("--x", `${right ? chosen.x + layout.side / 2 + 8 : chosen.x - layout.side / 2 - 8}px`);
    popup.style.setProperty("--y", `${chosen.y}px`);
    popup.classList.toggle("on-left", !right);
  }

  return {
    element: make("div", { class: "network-part" }, surface, remark),
    paint() {
      const card = app.live.cards.get(id);
      if (card) setText(remark, remarkOn(card));
      view.paint();
      if (chosen !== undefined) showChosen();
    },
    invalidate: view.invalidate,
    close: view.close,
  };
}

/**
 * Return a hidden unit in words: its largest weights, its bias.
 *
 * @param {LiveCard} card
 * @param {NetworkNode} node
 * @returns {string}
 */
function unitText({ facts, arrays }, { layer, unit }) {
  const title = cardStrings.unitTitle(layer, unit + 1, facts.widths[layer]);
  const weights = arrays.weights?.data;
  if (!weights) return title;
  const offset = weightOffsets(facts.widths)[layer - 1];
  const inputs = facts.widths[layer - 1];
  const named = Array.from({ length: inputs }, (_, from) => ({
    name: layer === 1 ? (facts.inputs[from] ?? "") : cardStrings.unitName(from + 1),
    weight: weights[offset.weights + unit * inputs + from],
  }));
  named.sort((one, other) => Math.abs(other.weight) - Math.abs(one.weight));
  return `${title}. ${cardStrings.unitWeights(named.slice(0, 4), inputs, weights[offset.biases + unit])}`;
}

/**
 * @param {LiveCard} card
 * @returns {string} what a reader of the drawing has to know
 */
function remarkOn({ facts, arrays }) {
  if (facts.widths.length === 2) return cardStrings.noHidden;
  return arrays.weights ? cardStrings.networkHint : cardStrings.weightsNotDrawn;
}
