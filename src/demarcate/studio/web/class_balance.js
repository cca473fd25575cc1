/**
 * How many rows each class has.
 *
 * @module
 */
import { make, show } from "./dom.js";
import { classMark } from "./palette.js";
import { dataStrings } from "./strings.js";

/** @typedef {import("./types.js").App} App */
/** @typedef {import("./types.js").DatasetFacts} DatasetFacts */

const MOST_SHOWN = 12;

/**
 * Return the classes as bars.
 *
 * @param {App} app
 */
export function classBalance({ live }) {
  const list = make("ul", { class: "balance", "aria-label": dataStrings.balance, role: "list" });
  let shown = "";
  live.on("dataset", ({ classes, balance }) => {
    const signature = JSON.stringify([classes, balance]);
    if (signature === shown) return;
    shown = signature;
    list.replaceChildren(...balanceRows(classes, balance));
    show(list, balance.rows > 0);
  });
  return list;
}

/**
 * @param {string[]} classes
 * @param {DatasetFacts["balance"]} balance
 */
function balanceRows(classes, balance) {
  const rows = classes.slice(0, MOST_SHOWN).map((label, code) => {
    const share = balance.shares[label] ?? 0;
    const bar = make("span", { class: `balance-bar class-colour-${code % 12}` });
    bar.style.setProperty("--share", `${share}`);
    return make(
      "li",
      {},
      classMark(code),
      make("span", { class: "balance-label", text: label, title: label }),
      bar,
      make("span", { class: "balance-rows", text: dataStrings.share(share, balance.rows) }),
    );
  });
  const left = classes.length - rows.length;
  return left > 0 ? [...rows, make("li", { class: "hint", text: dataStrings.moreClasses(left) })] : rows;
}
