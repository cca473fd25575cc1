/**
 * Canvases as sharp as the screen, which are painted only while they can be seen.
 *
 * @module
 */
import { make } from "./dom.js";

/**
 * @callback Painter
 * @param {CanvasRenderingContext2D} context in CSS pixels, cleared
 * @param {number} width
 * @param {number} height
 * @param {number} ratio device pixels in a CSS pixel
 * @returns {void}
 */

/**
 * @typedef {object} PaintedCanvas
 * @property {HTMLCanvasElement} canvas its size is that of the style sheet
 * @property {() => void} paint at once if it can be seen, else seldom and when it comes into view
 * @property {() => void} invalidate paints it with the next picture of the screen
 * @property {() => void} close
 */

/** More device pixels than this in a CSS pixel cannot be told apart. */
const MAX_RATIO = 3;

/** What is this near to the screen is painted before it is scrolled to. */
const NEAR = "160px";

/** What cannot be seen is painted this seldom, in milliseconds: a printed page is not empty. */
const UNSEEN_PAUSE = 1500;

/**
 * Return a canvas and what paints it.
 *
 * @param {string} kind its class
 * @param {Painter} painter
 * @returns {PaintedCanvas}
 */
export function paintedCanvas(kind, painter) {
  const canvas = make("canvas", { class: `painted ${kind}`, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  let [width, height, ratio] = [0, 0, 1];
  let [inView, stale, waiting, later, painted] = [false, true, 0, 0, -Infinity];

  function paint() {
    cancelAnimationFrame(waiting);
    waiting = 0;
    const pause = inView ? 0 : painted + UNSEEN_PAUSE - performance.now();
    stale = width === 0 || height === 0 || pause > 0;
    clearTimeout(later);
    if (pause > 0) later = window.setTimeout(paint, pause);
    if (stale || context === null) return;
    painted = performance.now();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    painter(context, width, height, ratio);
  }

  function measure() {
    ratio = Math.min(window.devicePixelRatio || 1, MAX_RATIO);
    [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width === wide && canvas.height === high) return;
    [canvas.width, canvas.height] = [wide, high];
    painted = -Infinity;
    paint();
  }

  const sizes = new ResizeObserver(measure);
  const views = new IntersectionObserver(
    (entries) => {
      inView = entries[entries.length - 1].isIntersecting;
      if (inView && stale) paint();
    },
    { rootMargin: NEAR },
  );
  sizes.observe(canvas);
  views.observe(canvas);
  return {
    canvas,
    paint,
    invalidate() {
      if (waiting === 0) waiting = requestAnimationFrame(paint);
    },
    close() {
      cancelAnimationFrame(waiting);
      clearTimeout(later);
      sizes.disconnect();
      views.disconnect();
    },
  };
}
