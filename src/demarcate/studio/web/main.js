/**
 * Begins the page that a server gave out.
 *
 * @module
 */
import { startApp } from "./app.js";
import { make } from "./dom.js";
import { liveSource } from "./live_source.js";
import { TOKEN, remember, remembered } from "./memory.js";
import { startStrings } from "./strings.js";

const SESSION = "demarcate.session";
const STATE = "demarcate.state";
const TAB = Object.freeze({ tab: true });

/**
 * Return the token of the address, which is taken out of it, or that of before the page was loaded again.
 */
function takeToken() {
  const address = new URL(window.location.href);
  const given = address.searchParams.get("token");
  if (given !== null) {
    remember(TOKEN, given, TAB);
    address.searchParams.delete("token");
    window.history.replaceState(null, "", address);
  }
  return given ?? remembered(TOKEN, TAB);
}

/**
 * Return the session of this tab before it was loaded again. It is remembered only while the page is away, so that a copy of
 * the tab has a session of its own.
 */
function takeSession() {
  const session = remembered(SESSION, TAB);
  remember(SESSION, null, TAB);
  return session;
}

/**
 * Return what to do where an address lacks a token: what it shows is in its ending, which goes behind any studio's address.
 *
 * @param {string} fragment
 */
function withoutToken(fragment) {
  const { fact, remedy, shared } = startStrings.noToken;
  const isShared = fragment.startsWith("#state=");
  const words = make("p", { role: "alert", text: `${fact} ${isShared ? shared : remedy}` });
  if (!isShared) return make("div", { class: "starting" }, words);
  const ending = make("textarea", { class: "shared-ending", readonly: true, rows: 4, "aria-label": startStrings.ending });
  ending.value = fragment;
  ending.addEventListener("focus", () => ending.select());
  return make("div", { class: "starting" }, words, ending);
}

function begin() {
  const root = document.body;
  const token = takeToken();
  if (token === null) {
    root.querySelector(".starting")?.replaceWith(withoutToken(window.location.hash));
    return;
  }
  const source = liveSource({ base: document.baseURI, token, session: takeSession() });
  startApp(root, source, {
    fragment: window.location.hash,
    kept: remembered(STATE, TAB),
    onReady({ store }) {
      if (window.location.hash !== "") window.history.replaceState(null, "", window.location.pathname);
      const keep = () => {
        remember(STATE, JSON.stringify(store.state()), TAB);
        remember(SESSION, source.session(), TAB);
      };
      window.addEventListener("pagehide", keep);
      // A link with another state, opened in the same tab, changes the fragment alone.
      window.addEventListener("hashchange", () => window.location.reload());
    },
  });
}

begin();
