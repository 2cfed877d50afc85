// The opened case: measures side by side, evidence, alerts in order, timeline. Its address is an opaque name.

import { alertItem } from "./alert_item.js";
import { byId, make } from "./dom.js";
import { badge, statusText } from "./element_cell.js";
import { engineNow, engineZone } from "./engine_clock.js";
import { rivalTimes } from "./rivals.js";
import { clockText, isoLike, lag, quantity } from "./times.js";
import { evidenceList, focusFold, fold, foldAll, heldFold, historyList, ruleLine, scope } from "./why.js";

const RUNNING = new Set(["open", "due_soon"]);
let openCase = null;
let openedFrom = null;
let loading = null;
let again = false;
let unsettled = false;
let shownText = "";
let toFocus = false;

export function followAddress() {
  const wanted = /^#[0-9a-f]{20}$/.test(location.hash) ? location.hash.slice(1) : null;
  if (wanted === openCase) return;
  if (wanted === null) close();
  else open(wanted);
}

export function closeDrawer() {
  if (openCase === null) return false;
  history.replaceState(null, "", location.pathname + location.search);
  close();
  return true;
}

export function refreshDrawer(changedCases) {
  if (openCase !== null && (unsettled || changedCases.has(openCase))) load(openCase);
}

function open(name) {
  if (openCase === null) openedFrom = document.activeElement;
  openCase = name;
  foldAll();
  mark();
  toFocus = true;
  load(name);
}

function close() {
  openCase = null;
  byId("drawer").hidden = true;
  document.body.classList.remove("with-drawer");
  mark();
  if (openedFrom?.isConnected) openedFrom.focus({ preventScroll: true });
}

export function mark() {
  for (const link of document.querySelectorAll("[data-case]")) {
    link.closest("tr")?.classList.toggle("chosen", link.dataset.case === openCase);
  }
}

// One question at a time: changes that come while an answer is awaited are asked for once, after it.
async function load(name) {
  if (loading === name) {
    again = true;
    return;
  }
  loading = name;
  again = false;
  const answer = await ask(name);
  if (loading !== name) return;
  loading = null;
  if (openCase !== name) return;
  show(name, answer);
  if (again) load(name);
}

async function ask(name) {
  try {
    const answer = await fetch(`/api/cases/${name}`);
    if (answer.ok) return { text: await answer.text() };
    const said = answer.headers.get("content-type") === "application/json" ? (await answer.json()).detail : "The board cannot open this case just now.";
    return { said, gone: answer.status === 404 };
  } catch {
    return { said: "The board cannot be reached just now." };
  }
}

// What is shown stays while a question for it fails: an answer a moment old is worth more than none.
function show(name, { text, said, gone = false }) {
  const drawer = byId("drawer");
  const data = text ? JSON.parse(text) : null;
  const same = drawer.dataset.shown === name && !drawer.hidden;
  unsettled = data ? awaitsDelivery(data.alerts) : !gone;
  const stale = drawer.querySelector(".stale");
  if (stale) stale.hidden = !(same && said);
  if (same && shownText && (said ? !gone : text === shownText)) return;
  if (same && drawer.querySelector("form[data-touched]")) return;
  const scrolled = same ? drawer.scrollTop : 0;
  const held = toFocus || drawer.contains(document.activeElement);
  const inFold = heldFold();
  const content = data ? whole(data) : [head("Case", ""), make("p", { class: "empty" }, said)];
  drawer.replaceChildren(...content.filter(Boolean));
  shownText = text ?? "";
  drawer.dataset.shown = name;
  drawer.hidden = false;
  document.body.classList.add("with-drawer");
  drawer.scrollTop = scrolled;
  if (held && !focusFold(drawer, inFold)) drawer.focus({ preventScroll: true });
  toFocus = false;
}

// Deliveries are not announced: while one is on its way, the case is asked for again at every beat.
function awaitsDelivery(alerts) {
  return alerts.some(({ delivery }) => delivery?.status === "retrying") || (alerts.some(({ delivery }) => delivery) && !alerts.at(-1).delivery);
}

function nowText() {
  return isoLike(engineNow(), engineZone());
}

function head(title, detail) {
  const shut = make("button", { type: "button", class: "quiet shut", "aria-label": "Close this case" }, "✕");
  shut.addEventListener("click", closeDrawer);
  return make(
    "header",
    { class: "drawer-head" },
    make(
      "div",
      {},
      make("h2", { id: "drawer-title" }, title),
      make("p", { class: "sub" }, detail),
      make("p", { class: "stale", role: "status", hidden: true }, "Not refreshed just now; the board tries again."),
    ),
    shut,
  );
}

function whole(data) {
  const now = nowText();
  return [
    head(data.unit ?? "Unit not known", `Encounter ${data.label} · ${data.facility}`),
    data.measures.length > 1 ? rivals(data.measures, now) : null,
    ...data.measures.map((measure) => measureSection(measure, now)),
    section("Alerts of this case", data.alerts.length ? make("ol", { class: "alerts" }, data.alerts.map((alert) => alertItem(alert, true))) : none("None were sent.")),
    section("Timeline", data.timeline.length ? timeline(data.timeline, now) : none("No fact is recorded.")),
  ];
}

function none(text) {
  return make("p", { class: "none" }, text);
}

function section(title, ...content) {
  return make("section", { class: "drawer-section" }, make("h3", {}, title), ...content);
}

// Rival time zeros side by side: the same case, judged by each measure's own clock.
function rivals(measures, now) {
  const heads = ["Measure", "Time zero", "Rule", "Bundle"].map((text) => make("th", { scope: "col" }, text));
  const rows = measures.map(({ row }) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, row.measure),
      make("td", { class: "moment" }, make("b", {}, row.time_zero ? clockText(row.time_zero, now) : "none")),
      make("td", {}, row.time_zero_rule ?? "–"),
      make("td", {}, make("span", { class: "with-badge" }, badge(row.bundle?.status ?? "not_applicable"), row.bundle?.word ?? row.case_status.replaceAll("_", " "))),
    ),
  );
  return section(`${measures.length} measures, ${measures.length} clocks`, make("table", { class: "timeline" }, make("thead", {}, make("tr", {}, heads)), make("tbody", {}, rows)));
}

function measureSection(measure, now) {
  const { row } = measure;
  const zero = make(
    "p",
    { class: "zero-box" },
    make("span", { class: "zero" }, row.time_zero ? clockText(row.time_zero, now) : "None"),
    make("span", {}, row.time_zero_sentence || (row.time_zero_rule ? `Time zero by ${row.time_zero_rule}.` : "No time zero can be told.")),
  );
  const known = measure.time_zero_known_at ? make("p", { class: "sub" }, `Known since ${clockText(measure.time_zero_known_at, now)}`) : null;
  const title = make("h3", {}, row.measure_name, make("span", { class: "version" }, `/${row.measure_version}`));
  return make(
    "section",
    { class: "drawer-section", "data-measure": row.measure },
    title,
    zero,
    known,
    fold(`${row.measure} time zero`, "Why this time zero", ruleLine(measure.rules?.time_zero), evidenceList(measure.time_zero_evidence, now, "Rests on")),
    make("ul", { class: "judged" }, measure.elements.map((element) => judged(element, row.measure, now))),
    fold(`${row.measure} scope`, "Who is judged, and how", scope(measure.rules)),
    measure.history.length ? fold(`${row.measure} history`, `What was believed when (${measure.history.length})`, historyList(measure.history, now)) : null,
    rivalTimes(measure, openCase, now),
  );
}

function judged({ cell, known_at: knownAt, evidence, rule }, measure, now) {
  const due = cell.element === "bundle" && RUNNING.has(cell.status) ? "next due" : "due";
  const times = [[due, cell.due_at], ["closes", cell.closes_at], ["settles", cell.settles_at], ["done", cell.done_at], ["known", knownAt]];
  const said = times.filter(([, time]) => time).map(([word, time]) => make("div", {}, make("dt", {}, word), make("dd", {}, clockText(time, now))));
  return make(
    "li",
    { class: `judged-element s-${cell.status}`, "data-element": cell.element },
    make("p", { class: "judged-head" }, badge(cell.status), make("strong", {}, cell.name), make("span", { class: "judged-status" }, statusText(cell, now))),
    make("p", { class: "judged-sentence" }, cell.sentence),
    cell.reason && !cell.sentence.includes(cell.reason) ? make("p", { class: "judged-reason" }, `Reason: ${cell.reason}`) : null,
    said.length ? make("dl", { class: "times" }, said) : null,
    fold(`${measure} ${cell.element}`, "Why", ruleLine(rule), evidenceList(evidence, now, "Decided by")),
  );
}

function timeline(lines, now) {
  const heads = ["Happened", "What", "Charted", "Received"].map((text) => make("th", { scope: "col" }, text));
  const rows = lines.map((line) =>
    make(
      "tr",
      {},
      make("td", { class: "moment" }, clockText(line.happened_at, now)),
      make("td", {}, make("span", { class: "fact" }, line.what), line.value === null ? null : make("span", { class: "value" }, quantity(line.value, line.unit))),
      make("td", { class: "moment" }, line.recorded_at ? clockText(line.recorded_at, now) : "–", line.charting_lag_min === null ? null : make("span", { class: line.charting_lag_min >= 30 ? "lag long" : "lag" }, lag(line.charting_lag_min))),
      make("td", { class: "moment" }, clockText(line.received_at, now)),
    ),
  );
  return make("table", { class: "timeline" }, make("thead", {}, make("tr", {}, heads)), make("tbody", {}, rows));
}
