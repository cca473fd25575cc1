/**
 * The addresses of the service, from its OpenAPI document.
 *
 * @module
 */
import { element } from "./elements.js";
import { askService, startPage } from "./service.js";

const main = /** @type {HTMLElement} */ (document.querySelector("main"));

void startPage(main, async () => {
  const openapi = await askService("openapi.json");
  const addresses = Object.entries(openapi.paths).flatMap(([path, methods]) =>
    ["get", "post"].filter((method) => method in methods).map((method) => addressOf(path, method, methods[method], openapi)),
  );
  addresses[0].open = true;
  main.replaceChildren(
    element("section", { class: "panel", "aria-label": "Addresses" }, element("p", { class: "hint", text: openapi.info.description }), element("div", { class: "addresses" }, ...addresses)),
  );
});

/**
 * @param {string} path
 * @param {string} method
 * @param {any} operation
 * @param {any} openapi
 */
function addressOf(path, method, operation, openapi) {
  const request = operation.requestBody?.content ?? {};
  const schema = resolved(request["application/json"]?.schema, openapi);
  const example = schema?.examples?.[0];
  const parts = [];
  if (example !== undefined) {
    parts.push(part("A request", text(curlOf(path, example, openapi))), part("Its body", text(asText(example))));
  }
  const others = Object.keys(request).filter((kind) => kind !== "application/json");
  if (others.length > 0) parts.push(part("Other kinds of bodies", facts(others)));
  if (operation.parameters !== undefined) {
    parts.push(part("Keys of the address", facts(operation.parameters.map((/** @type {any} */ each) => `${each.name}: ${each.description}`))));
  }
  if (schema !== undefined) parts.push(part("What a body may be (JSON Schema)", text(asText(schema))));
  for (const [status, answer] of Object.entries(operation.responses)) parts.push(...answerParts(status, resolved(answer, openapi), openapi));
  return element(
    "details",
    { class: "address" },
    element(
      "summary",
      {},
      element("span", { class: "method", text: method.toUpperCase() }),
      element("span", { class: "path", text: path }),
      element("span", { class: "summary", text: operation.summary }),
    ),
    element("div", {}, ...parts),
  );
}

/**
 * @param {string} status
 * @param {any} answer
 * @param {any} openapi
 */
function answerParts(status, answer, openapi) {
  const content = answer.content?.["application/json"] ?? {};
  const shown = content.example ?? resolved(content.schema, openapi);
  const title = `${status}: ${answer.description}`;
  return [shown === undefined ? part(title) : part(title, text(asText(shown)))];
}

/**
 * Return a part of the document, or that which it refers to.
 *
 * @param {any} part
 * @param {any} openapi
 */
function resolved(part, openapi) {
  if (part?.$ref === undefined) return part;
  const [, ...names] = part.$ref.split("/");
  return names.reduce((/** @type {any} */ place, /** @type {string} */ name) => place[name], openapi);
}

/**
 * @param {string} path
 * @param {unknown} example
 * @param {any} openapi
 */
function curlOf(path, example, openapi) {
  const address = new URL(`.${path}`, document.baseURI).href;
  const token = openapi.security === undefined ? "" : ` \\\n  --header "Authorization: Bearer $TOKEN"`;
  const body = JSON.stringify(example).replaceAll("'", "'\\''");
  return `curl '${address}' \\\n  --header 'Content-Type: application/json'${token} \\\n  --data '${body}'`;
}

/** @param {unknown} value */
function asText(value) {
  return JSON.stringify(value, null, 2);
}

/** @param {string} shown */
function text(shown) {
  return element("pre", { text: shown, tabindex: 0 });
}

/** @param {string[]} texts */
function facts(texts) {
  return element("ul", { class: "facts" }, ...texts.map((each) => element("li", { text: each })));
}

/**
 * @param {string} title
 * @param {...Node} children
 */
function part(title, ...children) {
  return element("div", {}, element("h2", { text: title }), ...children);
}
