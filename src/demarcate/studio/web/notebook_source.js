/**
 * A notebook's kernel as a source of messages: they come and go as the custom messages of a widget.
 *
 * @module
 */

import { decodeMessage } from "./messages.js";

/**
 * What a widget gives its page.
 *
 * @typedef {object} WidgetModel
 * @property {(event: string, listener: (content: any, buffers: DataView[]) => void) => void} on
 * @property {(event: string, listener: (content: any, buffers: DataView[]) => void) => void} off
 * @property {(content: object, callbacks?: object, buffers?: ArrayBuffer[]) => void} send
 */

/**
 * @param {WidgetModel} model
 * @returns {import("./types.js").Source & {close: () => void}}
 */
export function notebookSource(model) {
  /** @type {Set<(message: import("./types.js").Message) => void>} */
  const listeners = new Set();
  const receive = (/** @type {any} */ _content, /** @type {DataView[]} */ [bytes]) => {
    if (!bytes) return;
    const message = decodeMessage(bytes);
    for (const listener of listeners) listener(message);
  };
  model.on("msg:custom", receive);
  return {
    name: "notebook",
    send: (command) => model.send(command),
    listen: (listener) => listeners.add(listener),
    watch: (listener) => listener("open"),
    upload: null,
    download: null,
    close: () => model.off("msg:custom", receive),
  };
}
