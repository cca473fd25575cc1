"use strict";
// Moves thresholds. The page contains the counts at each of the thresholds 0, 0.001, ... 1; no request is sent.
(() => {
  const STEPS = 1000;
  const Z = 1.959963984540054;

  // The counts from the first one and each one's decrease.
  const fromDifferences = (differences) => {
    let count = 0;
    return differences.map((value, at) => (count = at ? count - value : value));
  };

  // Wilson's 95% interval of a share; `share` widens it as much as the intervals of the report's own scores.
  const wilson = (hits, trials) => {
    const centre = (hits + Z ** 2 / 2) / (trials + Z ** 2);
    const reach = (Z / (trials + Z ** 2)) * Math.sqrt((hits * (trials - hits)) / trials + Z ** 2 / 4);
    return [hits ? Math.max(centre - reach, 0) : 0, hits < trials ? Math.min(centre + reach, 1) : 1];
  };

  const number = (value) => value.toFixed(3);
  // With as many digits as tell the ends of the interval from the value; an interval without width is left out.
  const withInterval = (value, low, high) => {
    for (let digits = 3; digits <= 6; digits += 1) {
      const [shown, from, to] = [value, low, high].map((each) => each.toFixed(digits));
      if (shown !== from || shown !== to) return `${shown} [${from},\u00a0${to}]`;
    }
    return number(value);
  };
  const count = (value) => value.toLocaleString("en-US");
  const share = (hits, trials, stretch) => {
    if (!trials) return "none";
    const value = hits / trials;
    const [low, high] = wilson(hits, trials);
    return withInterval(
      value,
      Math.max(0, value - stretch * (value - low)),
      Math.min(1, value + stretch * (high - value)),
    );
  };

  // For each kind: the cost of all rows, the best threshold if probabilities were right, and the numbers to show.
  const KINDS = {
    threshold: (data, [hits, alarms]) => ({
      rows: data.positives + data.negatives,
      cost: (at, missing, alarm) => (data.positives - hits[at]) * missing + alarms[at] * alarm,
      expected: (missing, alarm) => (missing + alarm ? alarm / (missing + alarm) : 0.5),
      shown: (at) => ({
        "true-positives": count(hits[at]),
        "false-positives": count(alarms[at]),
        "false-negatives": count(data.positives - hits[at]),
        "true-negatives": count(data.negatives - alarms[at]),
        precision: share(hits[at], hits[at] + alarms[at], data.stretch.precision),
        recall: share(hits[at], data.positives, data.stretch.recall),
        accuracy: share(hits[at] + data.negatives - alarms[at], data.positives + data.negatives, data.stretch.accuracy),
      }),
      announced: ["precision", "recall"],
    }),
    abstaining: (data, [right, wrong]) => ({
      rows: data.rows,
      cost: (at, mistake, person) => wrong[at] * mistake + (data.rows - right[at] - wrong[at]) * person,
      expected: (mistake, person) => (mistake ? Math.max(0, 1 - person / mistake) : 0),
      shown: (at) => ({
        right: count(right[at]),
        wrong: count(wrong[at]),
        left: count(data.rows - right[at] - wrong[at]),
        accuracy: share(right[at], right[at] + wrong[at], data.stretch.accuracy),
        answered: share(right[at] + wrong[at], data.rows, data.stretch.answered),
      }),
      announced: ["accuracy", "answered"],
    }),
  };

  // The index of the lowest cost; of equal ones the nearest to the expected threshold.
  const cheapest = (costs, expected) => {
    const limit = Math.min(...costs) * (1 + 1e-12);
    let best = -1;
    costs.forEach((cost, at) => {
      if (cost <= limit && (best < 0 || Math.abs(at / STEPS - expected) < Math.abs(best / STEPS - expected))) best = at;
    });
    return best;
  };

  const ticks = (high) => {
    const rough = high / 4;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((part) => part * power).find((part) => part >= rough * 0.999);
    return Array.from({ length: Math.floor(high / step + 1e-9) + 1 }, (_, at) => at * step);
  };

  const element = (name, attributes, text = "") => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.textContent = text;
    return made;
  };

  const box = (drawing) => drawing.dataset.box.split(" ").map(Number);
  const verticalLine = (drawing, at) => {
    const [left, top, width, height] = box(drawing);
    return `M${left + (at / STEPS) * width} ${top}v${height}`;
  };

  const drawCosts = (drawing, costs, best) => {
    const [left, top, width, height] = box(drawing);
    const high = Math.max(...costs) * 1.05 || 1e-9;
    const down = (cost) => top + (1 - cost / high) * height;
    const points = costs.map((cost, at) => `${(left + (at / STEPS) * width).toFixed(1)} ${down(cost).toFixed(1)}`);
    drawing.querySelector("[data-role=cost]").setAttribute("d", `M${points.filter((_, at) => at % 5 === 0).join("L")}`);
    drawing.querySelector("[data-role=best]").setAttribute("d", verticalLine(drawing, best));
    drawing.querySelectorAll(".grid, .tick.end").forEach((old) => old.remove());
    const first = drawing.querySelector("text, line, path");
    ticks(high).forEach((cost) => {
      const y = down(cost);
      first.before(element("line", { class: "grid", x1: left, x2: left + width, y1: y, y2: y }));
      first.before(element("text", { class: "tick end", x: left - 6, y: y + 4 }, String(Number(cost.toPrecision(4)))));
    });
  };

  const begin = (root) => {
    const role = (name) => root.querySelector(`[data-role=${name}]`);
    const data = JSON.parse(role("data").textContent);
    const kind = KINDS[data.kind](data, data.above.map(fromDifferences));
    const [slider, field, announce] = ["slider", "number", "announce"].map(role);
    const drawings = [...root.querySelectorAll("svg[data-box]")];
    const own = Math.round(Number(slider.defaultValue) * STEPS);
    let costs = [];
    let best = 0;
    let timer = 0;
    const show = (name, text) => root.querySelectorAll(`[data-out=${name}]`).forEach((out) => (out.textContent = text));

    const move = (value) => {
      const at = Math.round(Math.min(1, Math.max(0, value)) * STEPS);
      const shown = { threshold: number(at / STEPS), cost: number(costs[at]), ...kind.shown(at) };
      Object.entries(shown).forEach(([name, text]) => show(name, text));
      slider.value = at / STEPS;
      slider.setAttribute("aria-valuetext", number(at / STEPS));
      if (document.activeElement !== field) field.value = at / STEPS;
      drawings.forEach((each) => each.querySelector("[data-role=cursor]").setAttribute("d", verticalLine(each, at)));
      clearTimeout(timer);
      const announced = kind.announced.map((name) => `${root.querySelector(`[data-out=${name}]`).closest("tr").firstElementChild.firstChild.textContent} ${shown[name].split(" ")[0]}`);
      timer = setTimeout(() => (announce.textContent = `At ${shown.threshold}: ${announced.join(", ")}, cost ${shown.cost}.`), 400);
    };

    const updateCosts = () => {
      const fields = [role("cost-1"), role("cost-2")];
      const costsGiven = fields.map((each) => (each.value === "" ? NaN : Number(each.value)));
      fields.forEach((each, at) => each.setAttribute("aria-invalid", String(!(costsGiven[at] >= 0))));
      if (!costsGiven.every((cost) => cost >= 0 && cost < Infinity)) return;
      costs = Array.from({ length: STEPS + 1 }, (_, at) => kind.cost(at, ...costsGiven) / kind.rows);
      best = cheapest(costs, kind.expected(...costsGiven));
      show("best", number(best / STEPS));
      show("least", number(costs[best]));
      show("own-cost", number(costs[own]));
      drawCosts(drawings[drawings.length - 1], costs, best);
      move(Number(slider.value));
    };

    slider.addEventListener("input", () => move(Number(slider.value)));
    field.addEventListener("input", () => field.value !== "" && move(Number(field.value)));
    field.addEventListener("blur", () => (field.value = slider.value));
    role("cost-1").addEventListener("input", updateCosts);
    role("cost-2").addEventListener("input", updateCosts);
    role("to-best").addEventListener("click", () => move(best / STEPS));
    root.querySelector(".controls").hidden = false;
    updateCosts();
    clearTimeout(timer);
  };

  // A table that is wider than the page says so; one that is not needs no stop of the keyboard.
  const mind = (region) => {
    const hint = document.createElement("p");
    hint.className = "note scrolls";
    hint.textContent = "This table scrolls sideways.";
    region.before(hint);
    const update = () => {
      const scrolls = region.scrollWidth > region.clientWidth + 1;
      hint.hidden = !scrolls;
      if (scrolls) region.tabIndex = 0;
      else region.removeAttribute("tabindex");
    };
    new ResizeObserver(update).observe(region);
    update();
  };

  document.querySelectorAll("[data-decision]").forEach(begin);
  document.querySelectorAll(".scroll").forEach(mind);
})();
