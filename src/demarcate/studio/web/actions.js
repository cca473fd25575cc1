/**
 * What buttons of the bar and keys do.
 *
 * @module
 */
import { TOKEN, remembered } from "./memory.js";
import { fragmentOf } from "./sharing.js";
import { headerStrings } from "./strings.js";
import { THEME_MODES } from "./theme.js";

/** @typedef {import("./types.js").App} App */

/** Names of this machine: a token in their addresses lets nobody in from elsewhere. */
const OWN_HOSTS = Object.freeze(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Run what is paused, pause what runs.
 *
 * @param {App} app
 */
export function toggleRunning(app) {
  sendTraining(app, { type: app.live.frame?.running ? "pause" : "run" });
}

/**
 * Send what networks are to do; where there is nothing to train on that is said.
 *
 * @param {App} app
 * @param {object} command
 */
export function sendTraining({ live, notify, source }, command) {
  if (live.isSetAside) notify(headerStrings.noData);
  else source.send(command);
}

/**
 * Put another state in the place of all of the page. Networks begin anew, also those that had these settings before.
 *
 * @param {App} app
 * @param {import("./types.js").State} state
 */
export function beginWith(app, state) {
  app.source.send({ type: "pause" });
  app.source.send({ type: "reset", card: null });
  app.store.settle();
  app.store.replace(state);
  app.notify(headerStrings.begun);
}

/**
 * Go on to the next of light, dark and the system's colours.
 *
 * @param {App} app
 */
export function nextTheme(app) {
  const next = THEME_MODES[(THEME_MODES.indexOf(app.theme.mode()) + 1) % THEME_MODES.length];
  app.theme.choose(next);
  app.announce.say(headerStrings.themes[next]);
}

/**
 * Copy an address that opens the page as it is; where nothing may be copied it is put into the address bar.
 *
 * @param {App} app
 */
export async function shareState(app) {
  const address = new URL(window.location.href);
  address.hash = await fragmentOf(app.store.state());
  const token = remembered(TOKEN, { tab: true });
  if (token !== null && OWN_HOSTS.includes(address.hostname)) address.searchParams.set("token", token);
  if (await copyText(address.href)) {
    app.notify(headerStrings.shared);
  } else {
    window.history.replaceState(null, "", address);
    app.notify(headerStrings.sharedInAddress);
  }
}

/**
 * Copy a text; returns whether the browser allowed it.
 *
 * @param {string} text
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
