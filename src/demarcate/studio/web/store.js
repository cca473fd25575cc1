/**
 * What the page shows, all of it, and every change of it: undo and redo are only other states.
 *
 * @module
 */
/** @typedef {import("./types.js").State} State */

/**
 * @typedef {object} Store
 * @property {() => State} state frozen: `change` makes the next one
 * @property {() => number} revision grows with every change
 * @property {(label: string, edit: (draft: State) => void) => void} change changes of the same label one after the other, as
 *   of a slider that is dragged, are undone together
 * @property {() => void} settle the next change is undone by itself, whatever its label
 * @property {(state: State, label?: string) => void} replace
 * @property {() => void} undo
 * @property {() => void} redo
 * @property {() => boolean} canUndo
 * @property {() => boolean} canRedo
 * @property {(listener: (state: State, label: string) => void) => () => void} watch returns what ends it
 */

/** Changes further apart than this, in milliseconds, are undone one by one. */
const TOGETHER = 1200;
const MAX_UNDONE = 200;

/**
 * Return a store that begins with a state.
 *
 * @param {State} begin
 * @param {() => number} [now] the time in milliseconds
 * @returns {Store}
 */
export function createStore(begin, now = () => performance.now()) {
  /** @type {State[]} */ const past = [];
  /** @type {State[]} */ const future = [];
  /** @type {Set<(state: State, label: string) => void>} */ const listeners = new Set();
  let state = deeplyFrozen(structuredClone(begin));
  let revision = 1;
  let last = { label: "", time: -Infinity };

  /** @param {State} next @param {string} label */
  function put(next, label) {
    state = next;
    revision += 1;
    for (const listener of [...listeners]) listener(state, label);
  }

  /** @param {State} next @param {string} label */
  function record(next, label) {
    if (JSON.stringify(next) === JSON.stringify(state)) return;
    const together = label !== "" && label === last.label && now() - last.time < TOGETHER;
    if (!together) past.push(state);
    if (past.length > MAX_UNDONE) past.shift();
    future.length = 0;
    last = { label, time: now() };
    put(deeplyFrozen(next), label);
  }

  /** @param {State[]} from @param {State[]} to @param {string} label */
  function travel(from, to, label) {
    const next = from.pop();
    if (next === undefined) return;
    to.push(state);
    last = { label: "", time: -Infinity };
    put(next, label);
  }

  return {
    state: () => state,
    revision: () => revision,
    change(label, edit) {
      const draft = structuredClone(state);
      edit(draft);
      record(draft, label);
    },
    settle() {
      last = { label: "", time: -Infinity };
    },
    replace: (next, label = "") => record(structuredClone(next), label),
    undo: () => travel(past, future, "undo"),
    redo: () => travel(future, past, "redo"),
    canUndo: () => past.length > 0,
    canRedo: () => future.length > 0,
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * @template Value
 * @param {Value} value
 * @returns {Value}
 */
function deeplyFrozen(value) {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(deeplyFrozen);
    Object.freeze(value);
  }
  return value;
}
