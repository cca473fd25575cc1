/**
 * A page that plays a recording, which is part of the page.
 *
 * @module
 */
import { startApp } from "./app.js";
import { make } from "./dom.js";
import { playerBar } from "./player_bar.js";
import { recordedSource } from "./recorded_source.js";
import { readRecording } from "./recording_file.js";

/**
 * Fill an element with the page of a recording.
 *
 * @param {HTMLElement} root
 * @param {string} encoded the recording's file in base64
 */
export async function openRecording(root, encoded) {
  const bytes = Uint8Array.from(atob(encoded.trim()), (character) => character.charCodeAt(0));
  const { title, moments } = await readRecording(bytes);
  const source = recordedSource(moments);
  startApp(root, source, {
    onReady() {
      // Only a session has other rows; cards switch their settings off themselves.
      root.querySelector(".region-data")?.setAttribute("inert", "");
      root.querySelector("main")?.before(playerBar(source.player, title));
    },
  });
}

/**
 * Say in the page's place why nothing plays.
 *
 * @param {HTMLElement} root
 * @param {unknown} error
 */
export function showFailure(root, error) {
  const text = error instanceof Error ? error.message : `${error}`;
  root.replaceChildren(make("p", { class: "starting", role: "alert", text }));
}
