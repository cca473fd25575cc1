/**
 * Keys for what one does all the time, and the list of them.
 *
 * @module
 */
import { nextTheme, sendTraining, toggleRunning } from "./actions.js";
import { button, toggle } from "./controls.js";
import { make } from "./dom.js";
import { remember, remembered } from "./memory.js";
import { keyStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */

/**
 * @typedef {object} KeyAction
 * @property {string} key as `event.key` has it, in lower case
 * @property {string} shown
 * @property {boolean} [ctrl]
 * @property {boolean} [shift]
 * @property {keyof typeof keyStrings.rows} what
 * @property {(app: App) => void} act
 */

const SINGLE_KEYS_OFF = "demarcate.single-keys-off";

/** @type {readonly KeyAction[]} */
const KEY_ACTIONS = Object.freeze([
  { key: " ", shown: keyStrings.space, what: "run", act: toggleRunning },
  { key: "b", shown: "B", what: "batch", act: (app) => sendTraining(app, { type: "step", unit: "batch" }) },
  { key: "e", shown: "E", what: "epoch", act: (app) => sendTraining(app, { type: "step", unit: "epoch" }) },
  { key: "r", shown: "R", what: "reset", act: (app) => sendTraining(app, { type: "reset", card: null }) },
  { key: "z", ctrl: true, shift: false, shown: "Ctrl+Z", what: "undo", act: ({ store }) => store.undo() },
  { key: "z", ctrl: true, shift: true, shown: "Ctrl+Shift+Z", what: "redo", act: ({ store }) => store.redo() },
  { key: "d", shown: "D", what: "data", act: ({ open }) => open("data") },
  { key: "n", shown: "N", what: "cards", act: ({ open }) => open("cards") },
  { key: "l", shown: "L", what: "tools", act: ({ open }) => open("tools") },
  { key: "t", shown: "T", what: "theme", act: nextTheme },
  { key: "?", shown: "?", what: "keys", act: openKeyList },
]);

/**
 * Listen to keys within the page; returns what ends it.
 *
 * @param {App} app
 */
export function watchKeys(app) {
  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const [target] = /** @type {HTMLElement[]} */ (event.composedPath());
    const ctrl = event.ctrlKey || event.metaKey;
    if (event.altKey || event.defaultPrevented || target.closest("dialog") !== null) return;
    if (isTyping(target)) return;
    if (!ctrl && (remembered(SINGLE_KEYS_OFF) !== null || (event.key === " " && usesSpace(target)))) return;
    const action = KEY_ACTIONS.find(
      (each) =>
        each.key === event.key.toLowerCase() &&
        (each.ctrl ?? false) === ctrl &&
        (each.shift === undefined || each.shift === event.shiftKey),
    );
    if (action === undefined) return;
    event.preventDefault();
    action.act(app);
  }
  app.root.addEventListener("keydown", onKey);
  return () => app.root.removeEventListener("keydown", onKey);
}

/** @param {HTMLElement} target */
function isTyping(target) {
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "range"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

/** @param {HTMLElement} target */
function usesSpace(target) {
  return target.closest("button, a, summary, input, select, textarea, [role=tab], [role=application]") !== null;
}

/**
 * Open the list of keys.
 *
 * @param {App} app
 */
export function openKeyList(app) {
  const single = toggle({
    label: keyStrings.single,
    hint: keyStrings.singleHint,
    onChange: (on) => remember(SINGLE_KEYS_OFF, on ? null : "off"),
  });
  single.set(remembered(SINGLE_KEYS_OFF) === null);
  const rows = KEY_ACTIONS.map(({ shown, what }) =>
    make("div", {}, make("dt", {}, make("kbd", { text: shown })), make("dd", { text: keyStrings.rows[what] })),
  );
  const dialog = make("dialog", { class: "dialog", "aria-label": keyStrings.title, on: { close: () => dialog.remove() } });
  dialog.append(
    make("h2", { text: keyStrings.title }),
    make("dl", { class: "keys" }, ...rows),
    single.element,
    button({ label: keyStrings.close, onClick: () => dialog.close() }),
  );
  app.root.append(dialog);
  dialog.showModal();
}
