/**
 * A recording as a source of messages: it plays, pauses and seeks without a server.
 *
 * @module
 */

import { recordedStrings } from "./strings.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").CardFacts} CardFacts */
/** @typedef {import("./recording_file.js").Moment} Moment */

/**
 * What else a recording can do: what the bar below it shows and moves.
 *
 * @typedef {object} Player
 * @property {() => {playing: boolean, seconds: number, duration: number}} status
 * @property {() => void} play
 * @property {() => void} pause
 * @property {(seconds: number) => void} seek
 * @property {(listener: () => void) => void} follow is called after each change of the status
 */

/**
 * When time passes: tests have their own.
 *
 * @typedef {object} Clock
 * @property {() => number} now milliseconds
 * @property {(task: () => void) => void} later before the next picture
 */

/** Arrays that hold only the epochs since the last frame. */
const GROWING_ARRAYS = new Set(["epochs", "train_loss", "train_accuracy", "monitored_loss", "monitored_accuracy"]);

/** A change of `begin` says that curves begin again; each jump in time adds this much to it. */
const BEGIN_STEP = 100_000;

/** @type {Clock} */
const SCREEN_CLOCK = { now: () => performance.now(), later: (task) => void requestAnimationFrame(task) };

/**
 * A source that plays moments. It begins at its end, where there is most to see, and plays from the beginning.
 *
 * @param {Moment[]} moments
 * @param {Clock} [clock]
 * @returns {import("./types.js").Source & {player: Player}}
 */
export function recordedSource(moments, clock = SCREEN_CLOCK) {
  const duration = moments.at(-1)?.seconds ?? 0;
  /** @type {Set<(message: Message) => void>} */
  const listeners = new Set();
  /** @type {Set<() => void>} */
  const followers = new Set();
  const now = { playing: false, seconds: duration, index: moments.length - 1, jumps: 0, revision: 0, since: 0 };

  const emit = (/** @type {Message} */ message) => {
    const stamped = withPlace(message, now);
    for (const listener of listeners) listener(stamped);
  };
  const changed = () => followers.forEach((follower) => follower());
  const redraw = () => {
    now.jumps += 1;
    shownAt(moments, now.index).forEach(emit);
  };
  const seek = (/** @type {number} */ seconds) => {
    now.seconds = Math.min(Math.max(seconds, 0), duration);
    now.index = moments.findLastIndex((each) => each.seconds <= now.seconds);
    redraw();
    changed();
  };
  const pause = () => {
    if (!now.playing) return;
    now.playing = false;
    redraw();
    changed();
  };
  const tick = () => {
    if (!now.playing) return;
    const time = clock.now();
    now.seconds = Math.min(now.seconds + (time - now.since) / 1000, duration);
    now.since = time;
    while (now.index + 1 < moments.length && moments[now.index + 1].seconds <= now.seconds) {
      now.index += 1;
      emit(moments[now.index].message);
    }
    if (now.seconds >= duration) pause();
    else {
      changed();
      clock.later(tick);
    }
  };
  const play = () => {
    if (now.playing) return;
    now.playing = true;
    seek(now.seconds < duration ? now.seconds : 0);
    now.since = clock.now();
    clock.later(tick);
  };
  const step = () => {
    pause();
    const next = moments.find(({ seconds, message }) => seconds > now.seconds && message.kind === "frame");
    if (next) seek(next.seconds);
  };
  const redrawLater = () => {
    const { revision } = now;
    clock.later(() => revision === now.revision && redraw());
  };

  const answers = /** @type {Object<string, (command: any) => void>} */ ({
    run: play,
    pause,
    step,
    reset: () => seek(0),
    state: ({ revision }) => {
      now.revision = revision;
      redrawLater();
    },
    ask: ({ id }) => emit(refusalOf("ask", id)),
    row: ({ id }) => emit(refusalOf("row", id)),
  });
  clock.later(() => moments.filter(({ message }) => message.kind === "welcome").forEach(({ message }) => emit(message)));
  return {
    name: "recorded",
    send: (command) => answers[/** @type {any} */ (command).type]?.(command),
    listen: (listener) => listeners.add(listener),
    watch: (listener) => listener("open"),
    upload: null,
    download: null,
    player: {
      status: () => ({ playing: now.playing, seconds: now.seconds, duration }),
      play,
      pause,
      seek,
      follow: (listener) => followers.add(listener),
    },
  };
}

/**
 * What a page shows at a moment, whatever was shown before: the latest data set, and one frame that has all epochs of the
 * curves and the latest of each other array.
 *
 * @param {Moment[]} moments
 * @param {number} index
 * @returns {Message[]}
 */
export function shownAt(moments, index) {
  const seen = moments.slice(0, index + 1).map(({ message }) => message);
  const from = seen.findLastIndex(({ kind }) => kind === "dataset");
  const frames = seen.slice(Math.max(from, 0)).filter(({ kind }) => kind === "frame");
  const last = frames.at(-1);
  return [...(from < 0 ? [] : [seen[from]]), ...(last ? [wholeFrame(last, frames)] : [])];
}

/**
 * @param {Message} last
 * @param {Message[]} frames
 * @returns {Message}
 */
function wholeFrame(last, frames) {
  /** @type {Message["arrays"]} */
  const arrays = {};
  const cards = last.facts.cards.map((/** @type {CardFacts} */ card, /** @type {number} */ position) => {
    const own = frames.filter(({ facts }) => facts.cards[position]?.begin === card.begin);
    for (const name of new Set(own.flatMap((frame) => cardArrays(frame, position)))) {
      const key = `${position}.${name}`;
      const each = own.map((frame) => frame.arrays[key]).filter((array) => array !== undefined);
      arrays[key] = GROWING_ARRAYS.has(name) ? concatenated(each) : each[each.length - 1];
    }
    return card;
  });
  return { kind: "frame", facts: { ...last.facts, cards }, arrays };
}

/**
 * @param {Message} frame
 * @param {number} position
 * @returns {string[]} names of the arrays of a card, without its position
 */
function cardArrays(frame, position) {
  const start = `${position}.`;
  return Object.keys(frame.arrays)
    .filter((name) => name.startsWith(start))
    .map((name) => name.slice(start.length));
}

/**
 * @param {import("./types.js").ArrayView[]} parts one after the other
 * @returns {import("./types.js").ArrayView}
 */
function concatenated(parts) {
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  const data = parts[0].data instanceof Int32Array ? new Int32Array(length) : new Float32Array(length);
  let start = 0;
  for (const part of parts) {
    data.set(part.data, start);
    start += part.data.length;
  }
  return { shape: [length], data };
}

/**
 * A recorded message as if it came now: of the page's revision, playing or not, with curves of this run through it.
 *
 * @param {Message} message
 * @param {{playing: boolean, jumps: number, revision: number}} now
 * @returns {Message}
 */
function withPlace(message, { playing, jumps, revision }) {
  const facts = { ...message.facts };
  if (message.kind === "dataset" || message.kind === "frame") facts.revision = revision;
  if (message.kind === "frame") {
    facts.running = playing;
    facts.cards = facts.cards.map((/** @type {CardFacts} */ card) => ({
      ...card,
      begin: card.begin + BEGIN_STEP * jumps,
      status: playing && ["ready", "paused"].includes(card.status) ? "running" : card.status,
    }));
  }
  return { ...message, facts };
}

/**
 * @param {"ask" | "row"} where
 * @param {unknown} id
 * @returns {Message}
 */
function refusalOf(where, id) {
  return { kind: "problem", facts: { where, id, ...recordedStrings.refusal }, arrays: {} };
}
