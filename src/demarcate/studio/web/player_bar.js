/**
 * The bar of a recording: how far it is, and where to go on. Run, pause and step are those of the page.
 *
 * @module
 */
import { make, setText } from "./dom.js";
import { recordedStrings } from "./strings.js";

/**
 * @param {import("./recorded_source.js").Player} player
 * @param {string} title
 * @returns {HTMLElement}
 */
export function playerBar(player, title) {
  const { duration } = player.status();
  const time = make("output", { class: "player-time" });
  const place = make("input", {
    type: "range",
    min: 0,
    max: duration,
    step: "any",
    "aria-label": recordedStrings.place,
    on: { input: () => player.seek(place.valueAsNumber) },
  });

  function show() {
    const { seconds } = player.status();
    place.value = `${seconds}`;
    place.style.setProperty("--share", `${duration > 0 ? seconds / duration : 1}`);
    place.setAttribute("aria-valuetext", recordedStrings.time(seconds, duration));
    setText(time, recordedStrings.time(seconds, duration));
  }
  player.follow(show);
  show();
  return make(
    "section",
    { class: "player", "aria-label": recordedStrings.title },
    make("p", {}, make("strong", { text: title }), " ", recordedStrings.explanation),
    make("div", { class: "player-line" }, place, time),
  );
}
