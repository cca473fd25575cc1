"""Each control of the page is used once, as a person with a mouse or a keyboard does, and does something."""

# Marks the next control that can be used and was not yet; null when all were. What shows other controls comes last.
NEXT = """
(used) => {
  const usable = (each) =>
    each.checkVisibility() && !each.disabled && !each.closest("[inert], [aria-hidden=true]");
  const nameOf = (each) =>
    (each.getAttribute("aria-label") || each.labels?.[0]?.textContent || each.textContent || "").trim();
  const kinds = "button, input:not([type=file]), select, textarea, summary, [role=application]";
  const home = document.querySelector("dialog[open]") ?? document.querySelector(".studio");
  document.querySelector("[data-next]")?.removeAttribute("data-next");
  home.querySelectorAll("details").forEach((each) => (each.open = true));
  const found = [];
  for (const each of home.querySelectorAll(kinds)) {
    const kind = each.getAttribute("role") ?? (each.tagName === "INPUT" ? each.type : each.tagName.toLowerCase());
    // Numbers, and what follows a colon, are not what a control is called.
    const key = `${kind} ${nameOf(each).replaceAll(/[\\d.,]+/g, "#").replace(/:.*/, "")}`;
    if (used.includes(key) || !usable(each)) continue;
    if (kind === "radio" && each.checked) continue;
    if (kind === "select" && each.options.length < 2) continue;
    const isToggle = each.hasAttribute("aria-pressed");
    const rank = { summary: 0, range: 0, number: 0, text: 0, checkbox: 0, select: 2, tab: 4, radio: 5 }[kind] ?? 1;
    found.push({ each, key, kind, isToggle, rank: isToggle ? 3 : rank });
  }
  if (found.length === 0) return null;
  const [{ each, key, kind, isToggle }] = found.sort((one, other) => one.rank - other.rank);
  each.setAttribute("data-next", "");
  return { key, kind, isToggle };
}
"""
COUNT = """
() => {
  const kept = Storage.prototype.setItem;
  Storage.prototype.setItem = function (...given) {
    window.changes += 1;
    kept.apply(this, given);
  };
  const seen = new MutationObserver((records) => (window.changes += records.length));
  seen.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
}
"""
ANOTHER = "(each) => Number(each.value) + (Number(each.step) || 1) * (Number(each.value) < each.max ? 1 : -1)"
EACH_PART = {
    "button Run",
    "range Rows",
    "button Split in another way",
    "select Activation",
    "select Optimizer",
    "button Add a network",
}
EACH_TOOL = {
    "range Threshold",
    "button Diagnose",
    "button Sweep",
    "button Model",
    "button PNG",
    "button For the teacher",
}


def use(page, control, kind):
    """Use a control as its kind is used."""
    if kind in ("button", "tab", "summary"):
        control.click()
    elif kind in ("checkbox", "radio"):
        control.evaluate("(each) => each.click()")
    elif kind == "range":
        control.focus()
        page.keyboard.press("ArrowLeft" if control.evaluate("(each) => each.value >= each.max") else "ArrowRight")
    elif kind == "number":
        control.fill(f"{control.evaluate(ANOTHER):g}")
        control.press("Tab")
    elif kind == "select":
        control.evaluate("(each) => (each.dataset.at = (each.selectedIndex + 1) % each.options.length)")
        control.select_option(index=int(control.get_attribute("data-at")))
    elif kind in ("text", "textarea"):
        control.fill(f"{control.input_value()}2")
        control.press("Tab")
    else:
        control.focus()
        page.keyboard.press("ArrowRight")


def test_every_control_does_something(fresh_tab):
    tab, page = fresh_tab, fresh_tab.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    happened = []
    page.on("filechooser", lambda _chooser: happened.append("a file is asked for"))
    page.on("download", lambda _download: happened.append("a file is saved"))
    page.evaluate(COUNT)
    used, idle = [], []
    while found := page.evaluate(NEXT, used):
        used.append(found["key"])
        before = (len(tab.commands), len(happened))
        page.evaluate("window.changes = 0")
        use(page, page.locator("[data-next]"), found["kind"])
        end = 40
        while end and (len(tab.commands), len(happened)) == before and not page.evaluate("window.changes"):
            page.wait_for_timeout(25)
            end -= 1
        idle += [] if end else [found["key"]]
        if found["isToggle"] and page.locator("[data-next]").count():
            page.locator("[data-next]").click()
        if page.locator("dialog[open]").count() and found["kind"] != "button":
            page.keyboard.press("Escape")
    assert idle == []
    assert (EACH_PART | EACH_TOOL) - set(used) == set()
