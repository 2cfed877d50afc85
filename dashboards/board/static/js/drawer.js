// The opened case: measures side by side, evidence, alerts in order, timeline. Its address is an opaque name.

import { alertItem } from "./alert_item.js";
import { byId, make } from "./dom.js";
import { badge, statusText } from "./element_cell.js";
import { engineNow, engineZone } from "./engine_clock.js";
import { clockText, isoLike, lag, quantity } from "./times.js";

let openCase = null;
let openedFrom = null;
let asked = 0;
let failed = false;

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
  if (openCase !== null && (failed || changedCases.has(openCase))) load(openCase);
}

function open(name) {
  if (openCase === null) openedFrom = document.activeElement;
  openCase = name;
  mark();
  load(name).then(() => byId("drawer").focus({ preventScroll: true }));
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

async function load(name) {
  const turn = ++asked;
  const { data, said } = await ask(name);
  if (turn !== asked || openCase !== name) return;
  failed = data === undefined;
  const drawer = byId("drawer");
  const scrolled = drawer.dataset.shown === name ? drawer.scrollTop : 0;
  const content = data ? whole(data) : [head("Case", ""), make("p", { class: "empty" }, said)];
  drawer.replaceChildren(...content.filter(Boolean));
  drawer.dataset.shown = name;
  drawer.hidden = false;
  document.body.classList.add("with-drawer");
  drawer.scrollTop = scrolled;
}

async function ask(name) {
  try {
    const answer = await fetch(`/api/cases/${name}`);
    const data = await answer.json();
    return answer.ok ? { data } : { said: data.detail };
  } catch {
    return { said: "The board cannot be reached just now." };
  }
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
    make("div", {}, make("h2", { id: "drawer-title" }, title), make("p", { class: "sub" }, detail)),
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
    measure.time_zero_evidence.length ? evidenceList(measure.time_zero_evidence, now, "Time zero rests on") : null,
    make("ul", { class: "judged" }, measure.elements.map((element) => judged(element, now))),
  );
}

function judged({ cell, known_at: knownAt, evidence }, now) {
  const times = [["due", cell.due_at], ["closes", cell.closes_at], ["settles", cell.settles_at], ["done", cell.done_at], ["known", knownAt]];
  const said = times.filter(([, time]) => time).map(([word, time]) => make("div", {}, make("dt", {}, word), make("dd", {}, clockText(time, now))));
  return make(
    "li",
    { class: `judged-element s-${cell.status}`, "data-element": cell.element },
    make("p", { class: "judged-head" }, badge(cell.status), make("strong", {}, cell.name), make("span", { class: "judged-status" }, cell.element === "bundle" ? cell.word : statusText(cell, now))),
    make("p", { class: "judged-sentence" }, cell.sentence),
    cell.reason ? make("p", { class: "judged-reason" }, `Reason: ${cell.reason}`) : null,
    said.length ? make("dl", { class: "times" }, said) : null,
    evidence.length ? evidenceList(evidence, now, null) : null,
  );
}

function evidenceList(evidence, now, title) {
  return make("ul", { class: "evidence" }, title ? make("li", { class: "evidence-title" }, title) : null, evidence.map((line) => evidenceLine(line, now)));
}

function evidenceLine(line, now) {
  const happened = line.happened_at ? `happened ${clockText(line.happened_at, now)}` : "time not known";
  const charted = line.recorded_at ? `charted ${clockText(line.recorded_at, now)}` : "charting time not given";
  const late = line.charting_lag_min === null ? null : make("span", { class: line.charting_lag_min >= 30 ? "lag long" : "lag" }, lag(line.charting_lag_min));
  return make("li", {}, make("b", {}, [line.what, quantity(line.value, line.unit)].filter(Boolean).join(" ")), `${happened}, ${charted}`, late);
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
