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
import { readState, stateOfFragment } from "./sharing.js";
import { createStore } from "./store.js";
import { headerStrings } from "./strings.js";
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
  let starting = false;
  let stopKeys = () => {};

  /** @param {State} begin */
  async function start(begin) {
    starting = true;
    const shared = (await stateOfFragment(fragment, begin)) ?? readState(parsed(kept), begin);
    const store = createStore(shared ?? begin);
    const painter = createPainter(store);
    app = { root, store, source, live, announce, theme, painter, notify: layout.notify, open: layout.open };
    layout.header.replaceChildren(...headerBar(app));
    layout.fill(app, panelsOf(source));
    stopKeys = watchKeys(app);
    store.watch(() => sendSoon());
    sendState();
    onReady(app);
  }

  let sending = 0;
  function sendSoon() {
    sending ||= requestAnimationFrame(() => {
      sending = 0;
      sendState();
    });
  }

  function sendState() {
    if (app === null) return;
    source.send({ type: "state", revision: app.store.revision(), state: app.store.state() });
  }

  /** @type {number[]} */ const unpainted = [];
  let painting = 0;
  /** @param {number} number */
  function paintSoon(number) {
    unpainted.push(number);
    painting ||= requestAnimationFrame(() => {
      painting = 0;
      live.emit("frame", live.frame);
      if (app !== null) summarise(app);
      for (const painted of unpainted.splice(0)) source.send({ type: "ack", number: painted });
    });
  }

  source.watch((status) => {
    live.status = status;
    live.emit("status", status);
    if (status === "lost" || status === "closed") announce.say(headerStrings.statuses[status]);
  });
  source.listen((message) => {
    const shown = live.receive(message);
    if (message.kind === "frame") {
      if (shown) paintSoon(message.facts.number);
      else source.send({ type: "ack", number: message.facts.number });
      return;
    }
    if (!shown) return;
    if (message.kind === "welcome") {
      if (app !== null) sendState();
      else if (!starting) void start(message.facts.state);
    }
    if (message.kind === "dataset") layout.forget("state");
    if (message.kind === "notice") layout.notify(message.facts.text);
    const isSeenTo = live.emit(message.kind, message.kind === "answer" || message.kind === "row" ? message : message.facts);
    if (message.kind === "problem" && !isSeenTo && PLACES_OF_PAGE.has(message.facts.where)) {
      const text = problemText(message.facts);
      if (app === null) layout.refuse(text);
      else layout.notify(text, "problem", message.facts.where === "connection" ? "" : "state");
    }
  });

  return () => {
    cancelAnimationFrame(painting);
    cancelAnimationFrame(sending);
    stopKeys();
    theme.close();
    announce.close();
    layout.close();
    root.replaceChildren();
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
