/**
 * Work that is asked for again while it is done.
 *
 * @module
 */

/**
 * Return a function that starts work: one at a time, and of several requests meanwhile only the last counts.
 *
 * @param {() => Promise<void>} work
 * @returns {() => Promise<void>}
 */
export function oneAtATime(work) {
  let isBusy = false;
  let isAsked = false;
  return async () => {
    isAsked = true;
    if (isBusy) return;
    isBusy = true;
    try {
      while (isAsked) {
        isAsked = false;
        await work();
      }
    } finally {
      isBusy = false;
    }
  };
}
