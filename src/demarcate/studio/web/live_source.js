/**
 * A session over a WebSocket: connects again when the connection is lost, to the same session while the server has it.
 *
 * @module
 */
import { decodeMessage } from "./messages.js";
import { startStrings } from "./strings.js";

/** @typedef {import("./types.js").Source} Source */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {"connecting" | "open" | "lost" | "closed"} Status */

const FIRST_WAIT = 250;
const LONGEST_WAIT = 5000;
/** Codes with which a server says that it will not have this page: from 4000 up, and 1008 (policy). */
const REFUSED = 1008;

/**
 * Return the source of a live session.
 *
 * @param {object} options
 * @param {string} options.base the address of the page
 * @param {string} options.token
 * @param {string | null} options.session the id of a session to be taken up again
 * @returns {Source & {session: () => string | null, close: () => void}}
 */
export function liveSource({ base, token, session }) {
  /** @type {((message: Message) => void)[]} */ const listeners = [];
  /** @type {((status: Status) => void)[]} */ const watchers = [];
  /** @type {WebSocket | null} */ let socket = null;
  let wait = FIRST_WAIT;
  let id = session;
  let timer = 0;
  let ended = false;

  /** @param {Status} status */
  const report = (status) => watchers.forEach((watcher) => watcher(status));

  function connect() {
    clearTimeout(timer);
    const address = new URL("socket", base);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    if (id !== null) address.searchParams.set("session", id);
    const opened = new WebSocket(address, ["demarcate", `token.${token}`]);
    socket = opened;
    opened.binaryType = "arraybuffer";
    opened.addEventListener("message", ({ data }) => {
      const message = decodeMessage(data);
      if (message.kind === "welcome") {
        id = message.facts.session;
        wait = FIRST_WAIT;
        report("open");
      }
      listeners.forEach((listener) => listener(message));
    });
    opened.addEventListener("close", ({ code }) => {
      if (socket !== opened || ended) return;
      if (code === REFUSED || code >= 4000) {
        ended = true;
        report("closed");
        return;
      }
      report("lost");
      timer = window.setTimeout(connect, wait * (0.75 + Math.random() / 2));
      wait = Math.min(2 * wait, LONGEST_WAIT);
    });
  }

  const onOnline = () => {
    if (!ended && socket?.readyState !== WebSocket.OPEN) connect();
  };
  window.addEventListener("online", onOnline);
  const authorised = { Authorization: `Bearer ${token}` };
  queueMicrotask(connect);
  return {
    name: "live",
    send(command) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(command));
    },
    listen: (listener) => void listeners.push(listener),
    watch: (watcher) => void watchers.push(watcher),
    session: () => id,
    close() {
      ended = true;
      clearTimeout(timer);
      window.removeEventListener("online", onOnline);
      socket?.close();
    },
    async upload(file) {
      const address = new URL("tables", base);
      address.searchParams.set("name", file.name);
      if (id !== null) address.searchParams.set("session", id);
      const response = await fetch(address, { method: "POST", body: file, headers: authorised });
      if (!response.ok) throw await problemOf(response);
      return response.json();
    },
    async download(card, what, name) {
      const address = new URL(`cards/${encodeURIComponent(id ?? "")}/${encodeURIComponent(card)}/${what}`, base);
      const response = await fetch(address, { headers: authorised });
      if (!response.ok) throw await problemOf(response);
      saveBlob(await response.blob(), name);
    },
  };
}

/**
 * Return what a server answered instead: a problem's two lines, or its text.
 *
 * @param {Response} response
 * @returns {Promise<{fact: string, remedy: string}>}
 */
async function problemOf(response) {
  const text = await response.text();
  try {
    const { fact, remedy } = JSON.parse(text);
    if (typeof fact === "string") return { fact, remedy: `${remedy ?? ""}` };
  } catch {
    // Plain text is a problem's fact.
  }
  return { fact: text.trim() || startStrings.noAnswer(response.status), remedy: "" };
}

/**
 * Save bytes as a file of the person's.
 *
 * @param {Blob} blob
 * @param {string} name
 */
export function saveBlob(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
