/**
 * Words on a canvas.
 *
 * @module
 */

/** The font of axes and drawings. */
export const MAP_FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/**
 * Return as much of a text as fits.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} space in pixels
 * @returns {string}
 */
export function fitted(context, text, space) {
  if (context.measureText(text).width <= space) return text;
  let end = text.length;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > space) end -= 1;
  return `${text.slice(0, end)}…`;
}
