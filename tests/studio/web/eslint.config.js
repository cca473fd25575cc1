import js from "@eslint/js";
import globals from "globals";

const markup = ["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
  selector: `MemberExpression[property.name="${property}"]`,
  message: "Make elements with dom.js: whatever is shown goes in as text.",
}));
const joined = [
  "ExportDefaultDeclaration",
  "ExportAllDeclaration",
  "ImportDefaultSpecifier",
  "ImportNamespaceSpecifier",
].map((selector) => ({ selector, message: "Modules are joined into one: import and export by name." }));

export default [
  js.configs.recommended,
  {
    files: ["**/*.js"],
    languageOptions: { ecmaVersion: 2023, sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-var": "error",
      "prefer-const": "error",
      eqeqeq: "error",
      "max-lines": ["error", { max: 300, skipComments: true }],
    },
  },
  { files: ["src/**/*.js"], rules: { "no-restricted-syntax": ["error", ...markup, ...joined] } },
  // All sentences are in one file, however long.
  { files: ["**/*strings.js"], rules: { "max-lines": "off" } },
  { files: ["**/*.mjs"], languageOptions: { ecmaVersion: 2023, sourceType: "module", globals: globals.node } },
];
