/**
 * How often the test rows of the page were looked at, by a score or a report: each look makes them say less of new rows.
 *
 * @module
 */
/** @typedef {import("./types.js").App} App */

/** @type {WeakMap<App, Map<string, number>>} */
const TEST_LOOKS = new WeakMap();

/** @param {App} app */
function looksOf(app) {
  const looks = TEST_LOOKS.get(app) ?? new Map();
  TEST_LOOKS.set(app, looks);
  const { data, split } = app.store.state();
  return { looks, rows: JSON.stringify([data, split]) };
}

/**
 * Return how often the test rows that the page has now were looked at.
 *
 * @param {App} app
 */
export function testLooks(app) {
  const { looks, rows } = looksOf(app);
  return looks.get(rows) ?? 0;
}

/**
 * Note a look at the test rows; whoever shows how many there were listens to the message `look`.
 *
 * @param {App} app
 * @param {number} [count] all looks, where the session has counted them
 */
export function noteTestLook(app, count = testLooks(app) + 1) {
  if (app.store.state().split.test === 0) return;
  const { looks, rows } = looksOf(app);
  looks.set(rows, Math.max(count, looks.get(rows) ?? 0));
  app.live.emit("look", null);
}
