/**
 * Points added by hand, on any map: with a mouse, a finger or the keyboard.
 *
 * @module
 */
/** @typedef {import("./store.js").Store} Store */

/**
 * @typedef {object} Painter
 * @property {() => "off" | "add" | "erase"} mode
 * @property {() => number} code the class of the points that are added
 * @property {(mode: "off" | "add" | "erase", code?: number) => void} choose
 * @property {(x: number, y: number) => void} touch adds a point there, or erases those near it; for keys
 * @property {(listener: () => void) => () => void} watch calls the listener when mode or class changed
 * @property {(canvas: HTMLElement, place: (event: PointerEvent) => [number, number] | null, reach: () => [number, number]) =>
 *   void} attach paints where a pointer is on a map: `place` gives its point in the two axes, `reach` half a brush's width and
 *   height in them
 */

/** The most points that can be added. */
const MOST_POINTS = 1000;

/**
 * Return what adds points to a store's state.
 *
 * @param {Store} store
 * @returns {Painter}
 */
export function createPainter(store) {
  /** @type {Set<() => void>} */ const listeners = new Set();
  /** @type {"off" | "add" | "erase"} */ let mode = "off";
  let code = 0;
  /** @type {[number, number]} */ let lastReach = [0.1, 0.1];

  /** @param {number} x @param {number} y @param {[number, number]} reach */
  function brush(x, y, [reachX, reachY]) {
    store.change(`paint ${mode}`, ({ data }) => {
      if (mode === "erase") {
        data.added = data.added.filter(([px, py]) => ((px - x) / reachX) ** 2 + ((py - y) / reachY) ** 2 > 1);
      } else if (data.added.length < MOST_POINTS) {
        data.added.push([rounded(x), rounded(y), code]);
      }
    });
  }

  return {
    mode: () => mode,
    code: () => code,
    choose(next, nextCode = code) {
      mode = next;
      code = nextCode;
      for (const listener of listeners) listener();
    },
    touch(x, y) {
      if (mode !== "off") brush(x, y, lastReach);
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    attach(canvas, place, reach) {
      /** @type {[number, number] | null} */ let last = null;
      canvas.addEventListener("pointerdown", (event) => {
        const point = place(event);
        if (mode === "off" || point === null || event.button !== 0) return;
        event.preventDefault();
        canvas.setPointerCapture(event.pointerId);
        store.settle();
        lastReach = reach();
        brush(...point, lastReach);
        last = point;
      });
      canvas.addEventListener("pointermove", (event) => {
        const point = last === null ? null : place(event);
        if (point === null || last === null) return;
        const [reachX, reachY] = lastReach;
        const far = ((point[0] - last[0]) / reachX) ** 2 + ((point[1] - last[1]) / reachY) ** 2 > 1;
        if (mode === "add" && !far) return;
        brush(...point, lastReach);
        last = point;
      });
      const end = () => {
        if (last !== null) store.settle();
        last = null;
      };
      canvas.addEventListener("pointerup", end);
      canvas.addEventListener("pointercancel", end);
    },
  };
}

/** @param {number} value */
function rounded(value) {
  return Number(value.toPrecision(5));
}
