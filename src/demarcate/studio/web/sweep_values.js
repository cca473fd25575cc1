/**
 * The values of a sweep, as a person writes them.
 *
 * @module
 */
import { askStrings } from "./strings.js";

/** @typedef {import("./types.js").CardState} CardState */
/** @typedef {"hidden" | "weight_decay" | "dropout" | "lr" | "activation" | "optimizer" | "batch_size" | "epochs"} SweptSetting */

/** What a sweep begins with, by setting. */
export const SWEEP_EXAMPLES = Object.freeze(
  /** @type {Record<SweptSetting, string>} */ ({
    hidden: "2, 4, 8, 16, 32, 64, 128, 256",
    weight_decay: "0, 1e-4, 1e-3, 1e-2, 1e-1",
    dropout: "0, 0.1, 0.2, 0.5",
    lr: "1e-4, 1e-3, 1e-2, 1e-1",
    activation: "relu, tanh, gelu, sigmoid, none",
    optimizer: "sgd, adam, adamw",
    batch_size: "8, 32, 128, all",
    epochs: "50, 100, 300",
  }),
);

export const MAX_SWEPT = 12;

/**
 * Return the values that a text lists, or null where it is no list of two to twelve values of the setting.
 *
 * @param {SweptSetting} setting
 * @param {string} text
 * @returns {(number | string | number[] | null)[] | null}
 */
export function sweptValues(setting, text) {
  const parts = partsOf(text);
  if (parts.length < 2 || parts.length > MAX_SWEPT || new Set(parts).size < parts.length) return null;
  const values = parts.map((part) => sweptValue(setting, part));
  return values.includes(undefined) ? null : /** @type {(number | string | number[] | null)[]} */ (values);
}

/**
 * Return what is wrong with a text that `sweptValues` does not take.
 *
 * @param {SweptSetting} setting
 * @param {string} text
 * @returns {string}
 */
export function sweptFault(setting, text) {
  const words = askStrings.sweep;
  const parts = partsOf(text);
  const wrong = parts.find((part) => sweptValue(setting, part) === undefined);
  if (wrong !== undefined) return words.valuesWrong(wrong);
  const twice = parts.find((part, position) => parts.indexOf(part) < position);
  return twice === undefined ? words.valuesCount(parts.length) : words.valuesTwice(twice);
}

/** @param {string} text */
function partsOf(text) {
  return text
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/**
 * @param {SweptSetting} setting
 * @param {string} part
 * @returns {number | string | number[] | null | undefined} undefined where it is none
 */
function sweptValue(setting, part) {
  if (setting === "activation" || setting === "optimizer") return /^[a-z_]+$/.test(part) ? part : undefined;
  if (setting === "hidden") return widthsOf(part);
  if (setting === "batch_size" && part === "all") return null;
  const value = Number(part);
  const isWhole = setting === "batch_size" || setting === "epochs";
  if (!Number.isFinite(value) || value < 0 || (isWhole && (value < 1 || !Number.isInteger(value)))) return undefined;
  return value;
}

/**
 * @param {string} part such as 16-16, or none
 * @returns {number[] | undefined}
 */
function widthsOf(part) {
  if (part === "none") return [];
  const widths = part.split("-").map(Number);
  return widths.every((width) => Number.isInteger(width) && width >= 1) ? widths : undefined;
}
