// Looks at a report as a browser does: accessibility, network, width, keyboard, no JavaScript, paper.
//
//   npm install --prefix FOLDER playwright-core axe-core
//   node scripts/check_report.mjs REPORT.html REPORT.json --modules FOLDER --browser /usr/bin/chromium [--shots FOLDER]
//
// Ends with 1 and says why if anything is not as it should be.

import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { modules: { type: "string" }, browser: { type: "string" }, shots: { type: "string" } },
});
const [page, json] = positionals.map((path) => resolve(path));
const require = createRequire(join(resolve(options.modules ?? "."), "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core"), "utf8");
const told = JSON.parse(readFileSync(json, "utf8"));
const address = pathToFileURL(page).href;
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const failures = [];
const check = (right, what) => {
  if (!right) failures.push(what);
};
const near = (shown, value) => Math.abs(Number(shown.replaceAll(",", "")) - value) <= 0.00051;

const browser = await chromium.launch({ executablePath: options.browser, args: FLAGS });
const requests = [];

const open = async (settings) => {
  // axe-core is put into the page from outside, which its policy rightly forbids anyone else.
  const context = await browser.newContext({ bypassCSP: settings.axe === true, ...settings.context });
  const tab = await context.newPage();
  tab.on("request", (request) => requests.push(request.url()));
  tab.on("console", (message) => check(message.type() !== "error", `console: ${message.text()}`));
  tab.on("pageerror", (error) => failures.push(`script: ${error.message}`));
  await tab.goto(address);
  return tab;
};

const shoot = async (tab, name) => {
  if (!options.shots) return;
  mkdirSync(options.shots, { recursive: true });
  await tab.screenshot({ path: join(options.shots, `${name}.png`), fullPage: true });
};

const accessible = async () => {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      const tab = await open({ axe: true, context: { colorScheme, viewport: { width, height: 900 } } });
      await tab.evaluate(axe);
      const { violations } = await tab.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
      for (const each of violations) {
        failures.push(`axe, ${colorScheme}, ${width} px: ${each.id} (${each.help}) at ${each.nodes.slice(0, 3).map((node) => node.target.join(" ")).join("; ")}`);
      }
      await shoot(tab, `${colorScheme}-${width}`);
      await tab.context().close();
    }
  }
};

const narrow = async () => {
  for (const width of [320, 390, 800, 1280, 1920]) {
    const tab = await open({ context: { viewport: { width, height: 900 } } });
    const [wide, seen] = await tab.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    check(wide <= seen, `at ${width} px the page is ${wide} px wide`);
    await tab.context().close();
  }
};

const press = async (tab, key, times) => {
  for (let count = 0; count < times; count += 1) await tab.keyboard.press(key);
};

const shown = (tab, name) => tab.locator(`[data-out=${name}]`).first().innerText();

const FIELDS = {
  threshold: {
    counts: { "true-positives": "true_positives", "false-positives": "false_positives", "false-negatives": "false_negatives", "true-negatives": "true_negatives" },
    shares: ["precision", "recall", "accuracy"],
    costs: (section, at, [missed, alarm]) =>
      ((section.n_positive - section.true_positives[at]) * missed + section.false_positives[at] * alarm) / (section.n_positive + section.n_negative),
  },
  abstaining: {
    counts: { right: "right", wrong: "wrong", left: "left" },
    shares: ["accuracy", "answered"],
    costs: (section, at, [wrong, left]) =>
      ((section.answered[at] - section.right[at]) * wrong + (section.n_rows - section.answered[at]) * left) / section.n_rows,
  },
};

const deciding = async () => {
  const key = told.threshold ? "threshold" : "abstaining";
  const section = told[key];
  const fields = FIELDS[key];
  const tab = await open({ context: { viewport: { width: 1280, height: 900 } } });
  const slider = tab.locator("[data-role=slider]");
  await slider.focus();
  await press(tab, "Home", 1);
  let at = 0;
  for (const row of section.table) {
    const next = Math.round(row.threshold * 1000);
    await press(tab, "ArrowRight", next - at);
    at = next;
    check(near(await shown(tab, "threshold"), row.threshold), `the slider is at ${await shown(tab, "threshold")}, not at ${row.threshold}`);
    const places = await tab.evaluate(() =>
      [...document.querySelectorAll("[data-role=cursor]")].map((cursor) => {
        const [left, , width] = cursor.ownerSVGElement.dataset.box.split(" ").map(Number);
        return (cursor.getBBox().x - left) / width;
      }),
    );
    check(places.length === 2 && places.every((place) => Math.abs(place - row.threshold) < 1e-4), `at ${row.threshold} the lines are at ${places}`);
    check(near(await shown(tab, "cost"), row.cost), `cost at ${row.threshold}: ${await shown(tab, "cost")} is not ${row.cost}`);
    for (const [name, member] of Object.entries(fields.counts)) {
      check(near(await shown(tab, name), row[member]), `${name} at ${row.threshold}: ${await shown(tab, name)} is not ${row[member]}`);
    }
    for (const name of fields.shares) {
      const text = await shown(tab, name);
      const [value, low, high] = text.match(/[\d.]+/g) ?? [];
      const right = row[name] === null ? text === "none" : near(value, row[name].value) && near(low, row[name].low) && near(high, row[name].high);
      check(right, `${name} at ${row.threshold}: ${text} is not ${JSON.stringify(row[name])}`);
    }
  }
  check(near(await shown(tab, "best"), section.best), `least cost at ${await shown(tab, "best")}, not ${section.best}`);
  const prices = [5, 1];
  await tab.locator("[data-role=cost-1]").fill(String(prices[0]));
  await tab.locator("[data-role=cost-2]").fill(String(prices[1]));
  await tab.locator("[data-role=to-best]").focus();
  await press(tab, "Enter", 1);
  const least = Math.min(...Array.from({ length: 1001 }, (_, place) => fields.costs(section, place, prices)));
  check(near(await shown(tab, "least"), least), `least cost of ${prices}: ${await shown(tab, "least")} is not ${least}`);
  check(near(await shown(tab, "cost"), least), `moved to the least cost, it is ${await shown(tab, "cost")}, not ${least}`);
  await tab.waitForTimeout(600);
  check((await tab.locator("[data-role=announce]").innerText()).includes("cost"), "nothing was announced");
  await tab.locator("[data-role=cost-1]").fill("-1");
  check((await tab.locator("[data-role=cost-1]").getAttribute("aria-invalid")) === "true", "a negative cost is taken");
  if (options.shots) await tab.locator("[data-decision]").screenshot({ path: join(options.shots, "deciding.png") });
  await tab.context().close();
};

const keyboard = async () => {
  const tab = await open({ context: { viewport: { width: 1280, height: 900 } } });
  await press(tab, "Tab", 1);
  check(await tab.evaluate(() => document.activeElement.matches(".skip")), "the skip link is not first");
  await press(tab, "Enter", 1);
  check(await tab.evaluate(() => document.activeElement.id === "main"), "the skip link does not lead to the report");
  await tab.context().close();
};

const withoutScript = async () => {
  const tab = await open({ context: { javaScriptEnabled: false, viewport: { width: 390, height: 900 } } });
  check(!(await tab.locator(".controls").isVisible()), "without JavaScript there are controls that do nothing");
  check((await tab.locator(".live td").first().innerText()) !== "", "without JavaScript there are no counts");
  await tab.context().close();
};

const paper = async () => {
  const tab = await open({ context: { viewport: { width: 688, height: 900 }, colorScheme: "dark" } });
  await tab.emulateMedia({ media: "print" });
  check(!(await tab.locator(".controls").isVisible()), "controls are printed");
  const cut = await tab.evaluate(() =>
    [...document.querySelectorAll("table, svg, pre")]
      .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .map((each) => each.querySelector("caption, title")?.textContent ?? each.tagName),
  );
  check(cut.length === 0, `on paper these are cut: ${cut.join("; ")}`);
  const colour = await tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  check(colour === "rgb(255, 255, 255)", `paper is ${colour}`);
  await shoot(tab, "paper");
  if (options.shots) await tab.pdf({ path: join(options.shots, "paper.pdf"), format: "A4" });
  await tab.context().close();
};

for (const part of [accessible, narrow, deciding, keyboard, withoutScript, paper]) await part();
await browser.close();
const elsewhere = requests.filter((url) => url !== address && !url.startsWith("data:"));
check(elsewhere.length === 0, `requests leave the page: ${elsewhere.join(", ")}`);
console.log(`${page}: ${requests.length} requests, all for the page itself: ${elsewhere.length === 0}`);
failures.forEach((failure) => console.log(`- ${failure}`));
console.log(failures.length ? `${failures.length} failures` : "all as it should be");
process.exit(failures.length ? 1 : 0);
