/**
 * The page's icons, each drawn in 24 units by one line.
 *
 * @module
 */
import { makeSvg } from "./dom.js";

const ICON_PATHS = Object.freeze({
  run: "M8 5.5v13l10.5-6.5z",
  pause: "M8.5 5.5v13M15.5 5.5v13",
  batch: "M7 6v12l8-6zM18 6v12",
  epoch: "M4 6v12l7-6zM11.5 6v12l7-6zM21 6v12",
  reset: "M5 12a7 7 0 1 0 2.3-5.2M5 4.5v4h4",
  undo: "M9 6 4.5 10.5 9 15M5 10.5h9a5 5 0 0 1 0 10h-3",
  redo: "M15 6l4.5 4.5L15 15M19 10.5h-9a5 5 0 0 0 0 10h3",
  share: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7L12 7M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7L12 17",
  auto: "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16",
  light: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2.5v2M12 19.5v2M4.5 12h-2M21.5 12h-2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  dark: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  keys: "M4 7h16v10H4zM7.5 10.5h.01M11 10.5h.01M14.5 10.5h.01M16.5 13.5h.01M8.5 13.8h5",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  copy: "M9 9h10v11H9zM5 15V4h10",
  close: "M6 6l12 12M18 6 6 18",
  dice: "M5 5h14v14H5zM9 9h.01M15 15h.01M15 9h.01M9 15h.01",
  open: "M4 18V6h5l2 2.5h9V18zM12 11v5M9.5 13.5 12 11l2.5 2.5",
  pencil: "M5 19l1-4L15.5 5.5l3 3L9 18zM13.5 7.5l3 3",
  eraser: "M4.5 15.5 13 7l5.5 5.5L12 19H8zM9 11l5.5 5.5M12 19h8",
  save: "M12 4v11M7.5 10.5 12 15l4.5-4.5M5 19h14",
  warning: "M12 4 3 19.5h18zM12 10v4.5M12 17h.01",
  tick: "M5 12.5l4.5 4.5L19 7.5",
  next: "M9 5l7 7-7 7",
  back: "M15 5l-7 7 7 7",
  more: "M6 9l6 6 6-6",
});

/** @typedef {keyof typeof ICON_PATHS} IconName */

/**
 * Return an icon; what it stands for is said by the control around it.
 *
 * @param {IconName} name
 */
export function icon(name) {
  return makeSvg(
    "svg",
    { class: `icon icon-${name}`, viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    makeSvg("path", { d: ICON_PATHS[name] }),
  );
}
