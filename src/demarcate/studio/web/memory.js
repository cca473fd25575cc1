/**
 * What the browser remembers, where it is allowed to: a page without storage works, and forgets.
 *
 * @module
 */

/**
 * Remember a text until the person clears it, or with `tab` until the tab is closed; `null` forgets it.
 *
 * @param {string} key
 * @param {string | null} text
 * @param {{tab?: boolean}} [options]
 */
export function remember(key, text, { tab = false } = {}) {
  try {
    const storage = tab ? window.sessionStorage : window.localStorage;
    if (text === null) storage.removeItem(key);
    else storage.setItem(key, text);
  } catch {
    // Storage is full or forbidden: it is forgotten with the page.
  }
}

/** The name under which a tab remembers its token. */
export const TOKEN = "demarcate.token";

/**
 * Return what is remembered, or null.
 *
 * @param {string} key
 * @param {{tab?: boolean}} [options]
 */
export function remembered(key, { tab = false } = {}) {
  try {
    return (tab ? window.sessionStorage : window.localStorage).getItem(key);
  } catch {
    return null;
  }
}
