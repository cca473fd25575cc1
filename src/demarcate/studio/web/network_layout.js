/**
 * Where the parts of a network's drawing stand: inputs, hidden units and outputs in columns, of wide layers a few.
 *
 * @module
 */

/**
 * @typedef {object} NetworkNode
 * @property {number} layer 0: the inputs; the last: the outputs
 * @property {number} unit its number within the layer
 * @property {number} x of its middle
 * @property {number} y
 */

/**
 * @typedef {object} NetworkColumn
 * @property {number} x
 * @property {NetworkNode[]} nodes
 * @property {number} more how many of the layer are not drawn
 */

/**
 * @typedef {object} NetworkLayout
 * @property {NetworkColumn[]} columns
 * @property {number} side of a hidden unit's map
 * @property {number} height
 */

/** Nodes drawn of a layer at most, a map's largest and smallest side, and the space between two, in pixels. */
export const MAX_NODES = 8;
const MAX_SIDE = 38;
const MIN_SIDE = 18;
const NODE_GAP = 7;

/** Above the columns for their titles, and below for what is left out. */
const HEAD_HEIGHT = 20;
const FOOT_HEIGHT = 20;

/**
 * Lay out a network.
 *
 * @param {number[]} widths from inputs to logits
 * @param {number[]} unitsShown of each hidden layer, how many units have maps
 * @param {number} width in pixels
 * @param {{left: number, right: number}} names space for the names of inputs and of outputs
 * @param {number[]} [order] the inputs by number, in the order in which they are drawn
 * @returns {NetworkLayout}
 */
export function layoutNetwork(widths, unitsShown, width, names, order = []) {
  const drawn = widths.map((units, layer) => {
    const hidden = layer > 0 && layer < widths.length - 1;
    return Math.min(units, hidden ? (unitsShown[layer - 1] ?? 0) : MAX_NODES, MAX_NODES);
  });
  const inner = Math.max(width - names.left - names.right, 1);
  const hiddenColumns = Math.max(widths.length - 2, 1);
  const side = Math.round(Math.min(MAX_SIDE, Math.max(MIN_SIDE, inner / (2.2 * hiddenColumns + 1))));
  const rows = Math.max(...drawn, 1);
  const pitch = side + NODE_GAP;
  const hasMore = widths.some((units, layer) => units > drawn[layer]);
  const height = HEAD_HEIGHT + rows * pitch + (hasMore ? FOOT_HEIGHT : 4);
  const columns = widths.map((units, layer) => {
    const x = columnX(layer, widths.length, width, names, side);
    const top = HEAD_HEIGHT + ((rows - drawn[layer]) * pitch) / 2 + pitch / 2;
    const nodes = Array.from({ length: drawn[layer] }, (_, at) => ({
      layer,
      unit: layer === 0 ? (order[at] ?? at) : at,
      x,
      y: top + at * pitch,
    }));
    return { x, nodes, more: units - drawn[layer] };
  });
  return { columns, side, height };
}

/**
 * Return inputs in the order in which they are drawn: those of the map's axes first, because of many not all are drawn.
 *
 * @param {string[]} inputs names such as "age", or "sex = 1" of a category
 * @param {string[]} axes
 * @returns {number[]} their numbers
 */
export function inputOrder(inputs, axes) {
  const ofAxis = (/** @type {string} */ name) => axes.some((axis) => name === axis || name.startsWith(`${axis} `));
  const numbers = inputs.map((_, number) => number);
  return [
    ...numbers.filter((number) => ofAxis(inputs[number])),
    ...numbers.filter((number) => !ofAxis(inputs[number])),
  ];
}

/**
 * Return the node at a place, undefined where there is none.
 *
 * @param {NetworkLayout} layout
 * @param {number} x
 * @param {number} y
 * @returns {NetworkNode | undefined}
 */
export function nodeAt(layout, x, y) {
  const reach = layout.side / 2 + 3;
  return layout.columns
    .slice(1, -1)
    .flatMap((column) => column.nodes)
    .find((node) => Math.abs(node.x - x) <= reach && Math.abs(node.y - y) <= reach);
}

/**
 * Return the hidden unit that an arrow key leads to: up and down within a layer, left and right to the neighbouring
 * ones.
 *
 * @param {NetworkLayout} layout
 * @param {NetworkNode | undefined} from
 * @param {string} key
 * @returns {NetworkNode | undefined} undefined for other keys and where there are no hidden units
 */
export function nodeAfterKey(layout, from, key) {
  const hidden = layout.columns
    .slice(1, -1)
    .map((column) => column.nodes)
    .filter((nodes) => nodes.length > 0);
  /** @type {Object<string, [number, number]>} */
  const directions = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const direction = directions[key];
  if (direction === undefined || hidden.length === 0) return undefined;
  if (from === undefined) return hidden[0][0];
  const within = (/** @type {number} */ at, /** @type {number} */ count) => Math.min(count - 1, Math.max(0, at));
  const nodes = hidden[within(from.layer - 1 + direction[0], hidden.length)];
  return nodes[within(from.unit + direction[1], nodes.length)];
}

/**
 * Return where each layer's weights and biases stand among all weights, which come layer by layer: (d_out, d_in),
 * (d_out,).
 *
 * @param {number[]} widths
 * @returns {{weights: number, biases: number}[]} one for each layer with weights
 */
export function weightOffsets(widths) {
  let at = 0;
  return widths.slice(1).map((units, layer) => {
    const weights = at;
    const biases = weights + units * widths[layer];
    at = biases + units;
    return { weights, biases };
  });
}

/**
 * @param {number} layer
 * @param {number} layers
 * @param {number} width
 * @param {{left: number, right: number}} names
 * @param {number} side
 * @returns {number}
 */
function columnX(layer, layers, width, names, side) {
  if (layer === 0) return names.left;
  if (layer === layers - 1) return width - names.right;
  const [first, last] = [names.left + side * 1.15, width - names.right - side * 1.15];
  return layers === 3 ? (first + last) / 2 : first + ((last - first) * (layer - 1)) / (layers - 3);
}
