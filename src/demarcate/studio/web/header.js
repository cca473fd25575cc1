/**
 * The bar on top: run, step, start again, undo, share, colours, keys, and how the connection is.
 *
 * @module
 */
import { nextTheme, shareState, toggleRunning } from "./actions.js";
import { button } from "./controls.js";
import { make, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";
import { openKeyList } from "./keyboard.js";
import { wordmark } from "./layout.js";
import { dataStrings, headerStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */

/**
 * Return the parts of the bar.
 *
 * @param {App} app
 * @returns {HTMLElement[]}
 */
export function headerBar(app) {
  return [wordmark(), trainingControls(app), epochReadout(app), pageControls(app)];
}

/** @param {App} app */
function trainingControls(app) {
  const { source, live } = app;
  const run = button({ label: headerStrings.run, icon: "run", kind: "primary run", keys: "Space", onClick: () => toggleRunning(app) });
  const step = (/** @type {"batch" | "epoch"} */ unit, /** @type {string} */ keys) =>
    button({ title: headerStrings[unit], icon: unit, keys, onClick: () => source.send({ type: "step", unit }) });
  const reset = button({
    title: headerStrings.reset,
    icon: "reset",
    keys: "R",
    onClick: () => source.send({ type: "reset", card: null }),
  });
  const bar = make("div", { class: "bar-group", role: "group", "aria-label": headerStrings.controls }, reset, run, step("batch", "B"), step("epoch", "E"));
  /** @type {boolean | null} */ let shown = null;

  function show() {
    const running = live.frame?.running ?? false;
    const usable = live.status === "open" && !live.isSetAside;
    for (const each of bar.querySelectorAll("button")) if (each.disabled === usable) each.disabled = !usable;
    const title = live.isSetAside ? headerStrings.noData : running ? headerStrings.pauseTitle : headerStrings.runTitle;
    run.title = `${title} (Space)`;
    if (running === shown) return;
    shown = running;
    run.replaceChildren(icon(running ? "pause" : "run"), make("span", { text: running ? headerStrings.pause : headerStrings.run }));
    run.classList.toggle("is-running", running);
  }
  live.on("frame", show);
  live.on("status", show);
  show();
  return bar;
}

/** @param {App} app */
function epochReadout(app) {
  const number = make("strong", { text: "0" });
  const status = make("span", { class: "connection" });
  app.live.on("frame", () => {
    const epochs = (app.live.frame?.cards ?? []).map((card) => card.epoch);
    setText(number, Math.max(0, ...epochs).toLocaleString("en"));
  });
  let isRefused = false;
  const show = () => {
    const isStarting = app.live.status === "open" && app.live.frame === null && !isRefused;
    const shown = isStarting ? "starting" : app.live.status;
    const awaited = shown === "open" ? app.live.awaited : null;
    setAttribute(status, "data-status", awaited === null ? shown : "starting");
    setText(status, awaited === null ? headerStrings.statuses[shown] : dataStrings.reading(awaited));
  };
  for (const kind of ["status", "frame", "awaited"]) app.live.on(kind, show);
  // A session that refuses what the page begins with, such as a model without its table, is ready, too.
  app.live.on("problem", () => {
    isRefused = true;
    show();
  });
  show();
  return make("div", { class: "readout" }, make("span", { class: "epoch" }, `${headerStrings.epochLabel} `, number), status);
}

/** @param {App} app */
function pageControls(app) {
  const { store, theme } = app;
  const undo = button({ title: headerStrings.undo, icon: "undo", keys: "Ctrl+Z", onClick: store.undo });
  const redo = button({ title: headerStrings.redo, icon: "redo", keys: "Ctrl+Shift+Z", onClick: store.redo });
  const share = button({ title: headerStrings.share, icon: "share", onClick: () => void shareState(app) });
  const colours = button({ title: headerStrings.themes.auto, icon: "auto", onClick: () => nextTheme(app) });
  const keys = button({ title: headerStrings.keys, icon: "keys", keys: "?", onClick: () => openKeyList(app) });

  const showUndo = () => {
    undo.disabled = !store.canUndo();
    redo.disabled = !store.canRedo();
  };
  const showTheme = () => {
    const mode = theme.mode();
    colours.replaceChildren(icon(mode));
    colours.title = headerStrings.themes[mode];
    colours.setAttribute("aria-label", headerStrings.themes[mode]);
  };
  store.watch(showUndo);
  theme.watch(showTheme);
  showUndo();
  showTheme();
  // Only a page of a server has an address that opens it.
  const shared = app.source.name === "live" ? share : null;
  return make("div", { class: "bar-group page-controls" }, undo, redo, shared, colours, keys);
}
