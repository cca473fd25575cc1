/**
 * What the session last sent: facts and arrays of the data and of each card, and the curves so far.
 *
 * @module
 */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").ArrayView} ArrayView */
/** @typedef {import("./types.js").CardFacts} CardFacts */
/** @typedef {import("./types.js").DatasetFacts} DatasetFacts */
/** @typedef {import("./types.js").FrameFacts} FrameFacts */
/** @typedef {import("./types.js").TableFacts} TableFacts */
/** @typedef {import("./types.js").WelcomeFacts} WelcomeFacts */

/**
 * The curves of a card since it was built: as many numbers in each as epochs are over.
 *
 * @typedef {object} Curves
 * @property {number[]} epochs
 * @property {number[]} train_loss
 * @property {number[]} train_accuracy
 * @property {number[]} monitored_loss
 * @property {number[]} monitored_accuracy
 */

/**
 * @typedef {object} LiveCard
 * @property {CardFacts} facts
 * @property {Object<string, ArrayView>} arrays the last of each: `logits`, `member_logits`, `units`, `weights`, `monitored_logits`
 * @property {Curves} curves
 */

/**
 * @typedef {object} Live
 * @property {WelcomeFacts | null} welcome
 * @property {{facts: DatasetFacts, arrays: Object<string, ArrayView>} | null} dataset
 * @property {FrameFacts | null} frame
 * @property {Map<string, LiveCard>} cards by id
 * @property {Map<string, TableFacts>} tables by id, opened and dropped
 * @property {"connecting" | "open" | "lost" | "closed"} status of the connection
 * @property {string | null} awaited the name of the data that the session is reading
 * @property {boolean} isSetAside whether there is nothing to train on
 * @property {(kind: string, listener: (message: any) => void) => () => void} on calls the listener after each message of a
 *   kind (`frame`: once a picture of the screen; `status`: the connection's; `tables`: a file was opened; `awaited`); returns what ends it
 * @property {(message: Message) => boolean} receive whether the message was new enough to be shown
 * @property {(kind: string, message: any) => boolean} emit whether a listener returned true: that it has seen to it
 * @property {(dataset: NonNullable<Live["dataset"]>) => void} setAside shows other points until the session's next `dataset`,
 *   without what networks make of those it has
 */

const CURVES = Object.freeze(
  /** @type {const} */ (["epochs", "train_loss", "train_accuracy", "monitored_loss", "monitored_accuracy"]),
);

/**
 * Return what holds the session's messages, empty at first.
 *
 * @returns {Live}
 */
export function createLive() {
  /** @type {Map<string, Set<(message: any) => void>>} */
  const listeners = new Map();
  let newest = 0;

  /** @type {Live} */
  const live = {
    welcome: null,
    dataset: null,
    frame: null,
    cards: new Map(),
    tables: new Map(),
    status: "connecting",
    awaited: null,
    isSetAside: false,
    on(kind, listener) {
      const some = listeners.get(kind) ?? new Set();
      listeners.set(kind, some.add(listener));
      return () => some.delete(listener);
    },
    emit(kind, message) {
      return [...(listeners.get(kind) ?? [])].map((listener) => attempt(() => listener(message))).includes(true);
    },
    setAside(dataset) {
      live.isSetAside = true;
      live.dataset = dataset;
      live.cards.clear();
      if (live.frame !== null) live.frame = { ...live.frame, running: false, cards: [] };
      live.emit("dataset", dataset.facts);
      live.emit("frame", live.frame);
    },
    receive(message) {
      if (message.kind === "welcome") newest = 0;
      if (message.kind === "dataset" || message.kind === "frame") {
        if (message.facts.revision < newest) {
          if (message.kind === "frame") mergeCurvesOnly(live, message);
          return false;
        }
        newest = message.facts.revision;
        if (message.kind === "dataset") live.isSetAside = false;
        else if (live.isSetAside) return false;
      }
      keep(live, message);
      return true;
    },
  };
  return live;
}

/**
 * Keep what a message holds for those who look later.
 *
 * @param {Live} live
 * @param {Message} message
 */
function keep(live, message) {
  if (message.kind === "welcome") {
    live.welcome = message.facts;
    for (const table of message.facts.tables ?? []) live.tables.set(table.id, table);
  } else if (message.kind === "dataset") {
    forgetWhatDoesNotFit(live, message.facts);
    live.dataset = { facts: message.facts, arrays: message.arrays };
  } else if (message.kind === "frame") {
    live.frame = message.facts;
    const ids = new Set(message.facts.cards.map((/** @type {CardFacts} */ card) => card.id));
    for (const id of [...live.cards.keys()]) if (!ids.has(id)) live.cards.delete(id);
    message.facts.cards.forEach((/** @type {CardFacts} */ facts, /** @type {number} */ position) => {
      live.cards.set(facts.id, merged(live.cards.get(facts.id), facts, arraysOf(message, position)));
    });
  }
}

/**
 * Until the next frame, networks of other classes or other rows have nothing to show of these.
 *
 * @param {Live} live
 * @param {DatasetFacts} next
 */
function forgetWhatDoesNotFit(live, next) {
  const before = live.dataset?.facts;
  if (before === undefined) return;
  const rows = (/** @type {DatasetFacts} */ facts) => [facts.monitored, facts.n_rows[facts.monitored]].join();
  const isOtherTask = before.classes.join("\n") !== next.classes.join("\n");
  for (const { arrays } of live.cards.values()) {
    if (isOtherTask) for (const name of ["logits", "member_logits"]) delete arrays[name];
    if (isOtherTask || rows(before) !== rows(next)) delete arrays.monitored_logits;
  }
}

/**
 * A frame that comes too late to be shown still has epochs that no other frame will have.
 *
 * @param {Live} live
 * @param {Message} message
 */
function mergeCurvesOnly(live, message) {
  message.facts.cards.forEach((/** @type {CardFacts} */ facts, /** @type {number} */ position) => {
    const card = live.cards.get(facts.id);
    if (card !== undefined && card.facts.begin === facts.begin) extendCurves(card.curves, arraysOf(message, position));
  });
}

/**
 * Return a frame's arrays of one card, without its position in front of their names.
 *
 * @param {Message} message
 * @param {number} position
 */
function arraysOf(message, position) {
  const prefix = `${position}.`;
  const own = Object.entries(message.arrays).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, array]) => [name.slice(prefix.length), array]));
}

/**
 * @param {LiveCard | undefined} before
 * @param {CardFacts} facts
 * @param {Object<string, ArrayView>} arrays
 * @returns {LiveCard}
 */
function merged(before, facts, arrays) {
  const same = before !== undefined && before.facts.begin === facts.begin;
  const curves = same
    ? before.curves
    : { epochs: [], train_loss: [], train_accuracy: [], monitored_loss: [], monitored_accuracy: [] };
  extendCurves(curves, arrays);
  for (const name of CURVES) delete arrays[name];
  return { facts, arrays: same ? { ...before.arrays, ...arrays } : arrays, curves };
}

/**
 * Append the epochs of a frame; those that are there already are replaced, as after a connection was lost.
 *
 * @param {Curves} curves
 * @param {Object<string, ArrayView>} arrays
 */
function extendCurves(curves, arrays) {
  const epochs = arrays.epochs?.data;
  if (epochs === undefined || epochs.length === 0) return;
  let known = curves.epochs.length;
  while (known > 0 && curves.epochs[known - 1] >= epochs[0]) known -= 1;
  for (const name of CURVES) {
    curves[name].length = known;
    for (const value of arrays[name]?.data ?? []) curves[name].push(value);
  }
}

/**
 * One listener that fails must not keep others from what they listen to; the failure is in the browser's console.
 *
 * @param {() => unknown} action
 */
function attempt(action) {
  try {
    return action();
  } catch (error) {
    console.error(error);
    return undefined;
  }
}
