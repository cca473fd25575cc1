/**
 * Light or dark: as the system has it, or as the person chose.
 *
 * @module
 */
import { readPalette } from "./palette.js";
import { remember, remembered } from "./memory.js";

/** @typedef {import("./palette.js").Palette} Palette */
/** @typedef {"auto" | "light" | "dark"} ThemeMode */

/**
 * @typedef {object} Theme
 * @property {() => ThemeMode} mode
 * @property {(mode: ThemeMode) => void} choose
 * @property {() => Palette} palette the colours now
 * @property {(listener: () => void) => () => void} watch calls the listener after the colours changed
 * @property {() => void} close
 */

/** @type {readonly ThemeMode[]} */
export const THEME_MODES = Object.freeze(["auto", "light", "dark"]);
const REMEMBERED_AS = "demarcate.theme";

/**
 * Return the theme of a page.
 *
 * @param {HTMLElement} root
 * @returns {Theme}
 */
export function createTheme(root) {
  /** @type {Set<() => void>} */ const listeners = new Set();
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  /** @type {Palette | null} */ let palette = null;
  /** @type {ThemeMode} */ let mode = "auto";

  function changed() {
    palette = null;
    for (const listener of listeners) listener();
  }

  /** @param {ThemeMode} chosen */
  function apply(chosen) {
    mode = chosen;
    if (chosen === "auto") delete root.dataset.theme;
    else root.dataset.theme = chosen;
    changed();
  }

  apply(THEME_MODES.find((each) => each === remembered(REMEMBERED_AS)) ?? "auto");
  system.addEventListener("change", changed);
  return {
    mode: () => mode,
    choose(chosen) {
      remember(REMEMBERED_AS, chosen);
      apply(chosen);
    },
    palette: () => (palette ??= readPalette(root)),
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => system.removeEventListener("change", changed),
  };
}
