/**
 * A state as part of an address, and back: what comes from outside is read field by field, and what does not fit is left out.
 *
 * @module
 */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").CardState} CardState */
/** @typedef {(value: any) => boolean} Rule */

const KEY = "state=";
const LONGEST = 200_000;
const MOST_CARDS = 4;
const MOST_ADDED = 1000;

/** @type {Rule} */ const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
/** @type {Rule} */ const isText = (value) => typeof value === "string" && value.length <= 500;
/** @type {Rule} */ const isFlag = (value) => typeof value === "boolean";
/** @type {Rule} */ const isPlain = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/** @param {Rule} rule @returns {Rule} */ const orNull = (rule) => (value) => value === null || rule(value);
/** @param {...string} words @returns {Rule} */ const oneOf = (...words) => (value) => words.includes(value);
/** @param {Rule} rule @param {number} most @param {number} [length] @returns {Rule} */
const listOf = (rule, most, length) => (value) =>
  Array.isArray(value) && value.length <= most && (length === undefined || value.length === length) && value.every(rule);
/** @type {Rule} */
const isHeld = (value) => isPlain(value) && Object.values(value).every(orNull((each) => isNumber(each) || isText(each)));

/** The rules of each part of a state: a field that breaks its own is the one that the page begins with. */
const STATE_RULES = Object.freeze({
  data: {
    source: oneOf("blobs", "circles", "moons", "heart", "table", "drawn"),
    n_samples: isNumber,
    noise: isNumber,
    factor: isNumber,
    centers: isNumber,
    cluster_std: isNumber,
    random_state: isNumber,
    table: orNull(isText),
    target: orNull(isText),
    categorical: listOf(isText, 10_000),
    drop: listOf(isText, 10_000),
    added: listOf(listOf(isNumber, 3, 3), MOST_ADDED),
    standardise: isFlag,
  },
  split: { validation: isNumber, test: isNumber, seed: isNumber },
  view: {
    columns: orNull(listOf(isText, 2, 2)),
    held: isHeld,
    kind: oneOf("regions", "probability"),
    probability_of: orNull(isNumber),
    points: (/** @type {any} */ value) => isPlain(value) && ["train", "validation", "test"].every((part) => isFlag(value[part])),
    spread: isFlag,
  },
  decision: { threshold: orNull(isNumber), false_negative: isNumber, false_positive: isNumber, positive: isNumber },
});

const CARD_RULES = Object.freeze({
  id: isText,
  name: isText,
  hidden: listOf(isNumber, 64),
  activation: isText,
  dropout: isNumber,
  head: oneOf("auto", "softmax", "logit"),
  optimizer: isText,
  lr: isNumber,
  weight_decay: isNumber,
  batch_size: orNull(isNumber),
  schedule: oneOf("constant", "cosine"),
  epochs: isNumber,
  patience: orNull(isNumber),
  seed: isNumber,
  seeds: isNumber,
});

/**
 * Return a state of whatever was read, with what the page begins with where it does not fit, or null where it is no state.
 *
 * @param {any} value
 * @param {State} begin
 * @returns {State | null}
 */
export function readState(value, begin) {
  if (!isPlain(value) || !isPlain(value.data) || !Array.isArray(value.cards)) return null;
  /** @type {any} */
  const state = {};
  for (const [part, rules] of Object.entries(STATE_RULES)) {
    state[part] = fitting(value[part], rules, begin[/** @type {keyof typeof STATE_RULES} */ (part)]);
  }
  const ids = new Set();
  state.cards = value.cards
    .slice(0, MOST_CARDS)
    .filter(isPlain)
    .map((/** @type {any} */ card) => fitting(card, CARD_RULES, begin.cards[0]))
    .filter((/** @type {CardState} */ { id }) => !ids.has(id) && ids.add(id));
  if (state.cards.length === 0) state.cards = begin.cards;
  return state;
}

/**
 * Return a record's fields that keep their rules, and those of another in place of the rest.
 *
 * @param {any} value
 * @param {Object<string, Rule>} rules
 * @param {any} begin
 */
function fitting(value, rules, begin) {
  const given = isPlain(value) ? value : {};
  return Object.fromEntries(
    Object.entries(rules).map(([field, rule]) => [field, field in given && rule(given[field]) ? given[field] : begin[field]]),
  );
}

/**
 * Return a state as the fragment of an address.
 *
 * @param {State} state
 * @returns {Promise<string>}
 */
export async function fragmentOf(state) {
  const bytes = await through(new TextEncoder().encode(JSON.stringify(state)), new CompressionStream("deflate-raw"));
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return `#${KEY}${btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/**
 * Return the state that a fragment holds, or null where it holds none.
 *
 * @param {string} fragment
 * @param {State} begin
 * @returns {Promise<State | null>}
 */
export async function stateOfFragment(fragment, begin) {
  const text = fragment.replace(/^#/, "");
  if (!text.startsWith(KEY) || text.length > LONGEST) return null;
  try {
    const packed = atob(text.slice(KEY.length).replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
    const json = new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw"), LONGEST));
    return readState(JSON.parse(json), begin);
  } catch {
    return null;
  }
}

/**
 * Return what comes out of a stream when bytes go in; more than a limit is an error.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {CompressionStream | DecompressionStream} stream
 * @param {number} [limit]
 * @returns {Promise<Uint8Array>}
 */
async function through(bytes, stream, limit = Infinity) {
  const writer = stream.writable.getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  written.catch(() => undefined);
  const reader = stream.readable.getReader();
  const parts = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > limit) throw new Error("more than an address holds");
    parts.push(next.value);
  }
  await written;
  const joined = new Uint8Array(length);
  let end = 0;
  for (const part of parts) {
    joined.set(part, end);
    end += part.length;
  }
  return joined;
}
