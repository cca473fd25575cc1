/**
 * Begins the page that a server gave out.
 *
 * @module
 */
import { startApp } from "./app.js";
import { make } from "./dom.js";
import { liveSource } from "./live_source.js";
import { remember, remembered } from "./memory.js";
import { startStrings } from "./strings.js";

const TOKEN = "demarcate.token";
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

function begin() {
  const root = document.body;
  const token = takeToken();
  if (token === null) {
    const { fact, remedy } = startStrings.noToken;
    root.querySelector(".starting")?.replaceWith(make("p", { class: "starting", role: "alert", text: `${fact} ${remedy}` }));
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
