/**
 * Which parts of cards are shown, the same for all cards, so that they stand side by side. The browser remembers it.
 *
 * @module
 */
import { remember, remembered } from "./memory.js";

/** @typedef {"settings" | "curves" | "network" | "confusion" | "logarithmic"} DisplayName */

/**
 * @typedef {object} CardDisplay
 * @property {(name: DisplayName) => boolean} get
 * @property {(name: DisplayName, on: boolean) => void} set
 * @property {(listener: () => void) => () => void} watch returns what ends it
 */

const DISPLAY_KEY = "demarcate.cards";

/** @type {Record<DisplayName, boolean>} */
const DISPLAY_AT_FIRST = Object.freeze({
  settings: true,
  curves: true,
  network: true,
  confusion: true,
  logarithmic: false,
});

/** @returns {CardDisplay} */
export function createCardDisplay() {
  const shown = { ...DISPLAY_AT_FIRST };
  for (const name of namesOf(shown)) {
    const kept = (remembered(DISPLAY_KEY) ?? "").split(" ");
    if (kept.includes(name)) shown[name] = true;
    if (kept.includes(`-${name}`)) shown[name] = false;
  }
  /** @type {Set<() => void>} */
  const listeners = new Set();
  return {
    get: (name) => shown[name],
    set(name, on) {
      shown[name] = on;
      remember(
        DISPLAY_KEY,
        namesOf(shown)
          .map((each) => (shown[each] ? each : `-${each}`))
          .join(" "),
      );
      for (const listener of [...listeners]) listener();
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * @param {Record<DisplayName, boolean>} shown
 * @returns {DisplayName[]}
 */
function namesOf(shown) {
  return /** @type {DisplayName[]} */ (Object.keys(shown));
}
