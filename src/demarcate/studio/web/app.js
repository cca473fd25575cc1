/**
 * One page: its parts made, joined to a source of messages, and ended together.
 *
 * @module
 */
import { createAnnouncer } from "./announce.js";
import { make } from "./dom.js";
import { problemText } from "./field_problems.js";
import { headerBar } from "./header.js";
import { watchKeys } from "./keyboard.js";
import { createLayout } from "./layout.js";
import { createLive } from "./live.js";
import { panelsOf } from "./panels.js";
import { createPainter } from "./point_painter.js";
import { fragmentOf, readState, stateOfFragment } from "./sharing.js";
import { createStore } from "./store.js";
import { headerStrings, startStrings } from "./strings.js";
import { summarise } from "./summary.js";
import { createTheme } from "./theme.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").Source} Source */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Message} Message */

/** Problems of these places are shown by the page itself where no control shows them. */
const PLACES_OF_PAGE = new Set(["connection", "data", "view"]);

/**
 * Fill an element with the page; returns a function that takes it down again.
 *
 * @param {HTMLElement} root
 * @param {Source} source
 * @param {object} [options]
 * @param {string} [options.fragment] an address's fragment, which may hold a shared state
 * @param {string | null} [options.kept] a state as JSON, kept from before the page was loaded again
 * @param {(app: App) => void} [options.onReady] called once panels are there
 * @returns {() => void}
 */
export function startApp(root, source, { fragment = "", kept = null, onReady = () => undefined } = {}) {
  root.classList.add("studio");
  const live = createLive();
  const theme = createTheme(root);
  const page = make("div", { class: "studio-page" });
  const layout = createLayout(page);
  root.replaceChildren(page);
  const announce = createAnnouncer(page);
  /** @type {App | null} */ let app = null;
  const painting = beforeNextPicture(() => {
    live.emit("frame", live.frame);
    if (app !== null) summarise(app);
    for (const number of unpainted.splice(0)) source.send({ type: "ack", number });
  });
  const sending = beforeNextPicture(sendState);
  /** @type {number[]} */ const unpainted = [];
  let isStarting = false;
  let stopKeys = () => {};

  /** @param {State} begin */
  async function start(begin) {
    isStarting = true;
    const shared = (await stateOfFragment(fragment, begin)) ?? readState(parsed(kept), begin);
    const store = createStore(shared ?? begin);
    const painter = createPainter(store);
    app = { root, store, source, live, announce, theme, painter, notify: layout.notify, open: layout.open };
    layout.header.replaceChildren(...headerBar(app));
    layout.fill(app, panelsOf(source));
    stopKeys = watchKeys(app);
    store.watch(sending.soon);
    sendState();
    onReady(app);
  }

  function sendState() {
    if (app !== null) source.send({ type: "state", revision: app.store.revision(), state: app.store.state() });
  }

  /** @param {Message} message */
  function takeFrame({ facts }, /** @type {boolean} */ isShown) {
    if (!isShown) return source.send({ type: "ack", number: facts.number });
    unpainted.push(facts.number);
    painting.soon();
  }

  /** @param {Message} message */
  function take(message) {
    const { kind, facts } = message;
    if (kind === "welcome" && app !== null) sendState();
    else if (kind === "welcome" && !isStarting) void start(facts.state);
    else if (kind === "dataset") layout.forget("state");
    else if (kind === "notice") layout.notify(facts.text);
    const isSeenTo = live.emit(kind, kind === "answer" || kind === "row" ? message : facts);
    if (kind !== "problem" || isSeenTo || !PLACES_OF_PAGE.has(facts.where)) return;
    if (app === null) layout.refuse(problemText(facts));
    else layout.notify(problemText(facts), "problem", facts.where === "connection" ? "" : "state");
  }

  source.watch((status) => {
    live.status = status;
    live.emit("status", status);
    if (status === "lost" || status === "closed") announce.say(headerStrings.statuses[status]);
    if (status === "closed" && app !== null && source.name === "live") void keepInAddress(app);
  });
  source.listen((message) => {
    const isShown = live.receive(message);
    if (message.kind === "frame") takeFrame(message, isShown);
    else if (isShown) take(message);
  });

  return () => {
    for (const each of [painting, sending, theme, announce, layout]) each.close();
    stopKeys();
    root.replaceChildren();
  };
}

/**
 * Keep what a page shows in its address once its server is gone, and say how another finds it.
 *
 * @param {App} app
 */
async function keepInAddress({ store, notify }) {
  const address = new URL(window.location.href);
  address.hash = await fragmentOf(store.state());
  window.history.replaceState(null, "", address);
  notify(startStrings.ended, "problem");
}

/**
 * Return what does something once before the screen's next picture, however often it is asked to.
 *
 * @param {() => void} action
 */
function beforeNextPicture(action) {
  let waiting = 0;
  return {
    soon() {
      waiting ||= requestAnimationFrame(() => {
        waiting = 0;
        action();
      });
    },
    close: () => cancelAnimationFrame(waiting),
  };
}

/** @param {string | null} text */
function parsed(text) {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
