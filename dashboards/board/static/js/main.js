// Puts the page together: hears the stream, keeps the state, ticks the clocks, answers keys.

import { readAddress, state, writeAddress } from "./board_state.js";
import { complianceChanged, showCompliance } from "./compliance.js";
import { connect, isLost, silentFor, watch } from "./connection.js";
import { byId, make, setText } from "./dom.js";
import { closeDrawer, followAddress, mark, refreshDrawer } from "./drawer.js";
import { clockKnown, engineNow, engineSpeed, engineZone, setClock } from "./engine_clock.js";
import { showAlerts, showFeeds, tickFeeds } from "./panels.js";
import { showRows, tickRows } from "./rows.js";
import { startTheme } from "./theme.js";
import { age, clockText, isoLike } from "./times.js";

const TICK_MS = 250;
let spokenNotices = "";

function hear(name, data) {
  setClock(data.now, data.speed);
  state.notices = data.notices;
  state.engineAge = data.engine_age_s;
  state.settledHidden = data.settled_hidden;
  const touched = new Set();
  if (name === "snapshot") state.rows = new Map(data.rows.map((row) => [row.id, row]));
  for (const row of data.rows ?? []) {
    state.rows.set(row.id, row);
    touched.add(row.case);
  }
  for (const id of data.removed ?? []) state.rows.delete(id);
  for (const part of ["alerts", "feeds"]) if (data[part]) state[part] = data[part];
  for (const alert of data.alerts ?? []) touched.add(alert.case);
  showState();
  if (data.rows || data.removed) showRows();
  if (data.alerts) showAlerts();
  if (data.feeds) showFeeds();
  if (data.rates || name === "snapshot") complianceChanged();
  mark();
  refreshDrawer(touched);
}

function showState() {
  const lost = isLost();
  const notices = lost
    ? [{ kind: "link_lost", old: true, text: `No data for ${age(silentFor())}: the connection to the board is lost. Statuses may be old.` }]
    : state.notices;
  const before = state.old;
  state.old = !clockKnown() || notices.some((notice) => notice.old);
  document.body.classList.toggle("old", state.old && clockKnown());
  showLink(lost);
  showNotices(notices);
  if (before !== state.old) showAlerts();
}

function showLink(lost) {
  const link = byId("link");
  link.dataset.state = !clockKnown() && !lost ? "connecting" : state.old ? "old" : "live";
  const words = { connecting: "connecting", live: "live", old: "not current" };
  setText(link.lastElementChild, words[link.dataset.state]);
}

function showNotices(notices) {
  speakNotices(notices);
  const area = byId("notices");
  while (area.children.length > notices.length) area.lastElementChild.remove();
  notices.forEach((notice, index) => {
    const line = area.children[index] ?? area.appendChild(make("p", {}));
    line.className = notice.old ? "notice old" : "notice";
    setText(line, notice.text);
  });
}

// Said aloud once for each cause, not each second as its age goes up.
function speakNotices(notices) {
  const kinds = notices.map((notice) => notice.kind).join(" ");
  if (kinds === spokenNotices) return;
  spokenNotices = kinds;
  setText(byId("alarm"), notices.length ? notices.map((notice) => notice.text).join(" ") : "The board is current again.");
}

function tick() {
  watch();
  showState();
  const now = engineNow();
  if (now === null) return;
  const iso = isoLike(now, engineZone());
  setText(byId("now"), iso.slice(11, 19));
  byId("now").title = clockText(iso, "");
  byId("speed").hidden = engineSpeed() === 1;
  setText(byId("speed"), `×${engineSpeed()}`);
  tickRows();
  tickFeeds();
}

function showView(view) {
  state.view = view;
  document.body.dataset.view = view;
  for (const button of document.querySelectorAll(".views button")) {
    if (button.dataset.view === view) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  writeAddress();
  if (view === "compliance") showCompliance();
}

function choose(id, name, show) {
  byId(id).addEventListener("change", (event) => {
    state[name] = event.target.value;
    writeAddress();
    show();
  });
}

function moveFocus(step) {
  const links = [...document.querySelectorAll(".cases tbody .open-case")].filter((link) => link.checkVisibility());
  const at = links.indexOf(document.activeElement);
  const next = links[at === -1 ? (step > 0 ? 0 : links.length - 1) : at + step];
  next?.focus();
  next?.closest("tr").scrollIntoView({ block: "nearest" });
}

function onKey(event) {
  if (event.key === "Escape" && closeDrawer()) event.preventDefault();
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("select, input, .drawer")) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && state.view === "board") {
    event.preventDefault();
    moveFocus(step);
  }
}

function onClick(event) {
  const row = event.target.closest(".cases tbody tr, .side .alert");
  const link = row?.querySelector("a[href^='#']");
  if (link && !event.target.closest("a") && !getSelection().toString()) link.click();
}

function start() {
  readAddress();
  startTheme();
  showView(["board", "alerts", "feeds", "compliance"].includes(state.view) ? state.view : "board");
  for (const button of document.querySelectorAll(".views button")) button.addEventListener("click", () => showView(button.dataset.view));
  choose("filter-unit", "unit", () => (showRows(), showAlerts()));
  choose("filter-measure", "measure", showRows);
  choose("compliance-facility", "facility", showCompliance);
  choose("compliance-unit", "complianceUnit", showCompliance);
  addEventListener("keydown", onKey);
  addEventListener("click", onClick);
  addEventListener("hashchange", followAddress);
  connect(hear);
  followAddress();
  setInterval(tick, TICK_MS);
}

start();
