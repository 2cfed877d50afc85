// The table of cases: kept in order of time left, each row built once and then changed in place.

import { state, shownRows } from "./board_state.js";
import { byId, make, offer, setText } from "./dom.js";
import { elementCell } from "./element_cell.js";
import { engineNow, engineZone } from "./engine_clock.js";
import { age, clockText, countdown, isoLike, ms } from "./times.js";

const ORDER = { running: 0, overdue: 1, waiting: 2, settled: 3 };
const DAY = 86_400_000;
const drawn = new Map();
let nextFold = Infinity;

export function showRows() {
  const rows = shownRows().sort(byTimeLeft);
  const live = rows.filter((row) => groupOf(row) !== "settled");
  const settled = rows.filter((row) => groupOf(row) === "settled").reverse();
  nextFold = Math.min(...live.filter(lingers).map((row) => ms(row.lingers.until)));
  const focused = document.activeElement;
  place(byId("live").tBodies[0], live);
  place(byId("settled").tBodies[0], settled);
  for (const [id, row] of drawn) if (!state.rows.has(id)) forget(id, row);
  if (focused instanceof HTMLElement && focused.isConnected && document.activeElement !== focused) {
    focused.focus({ preventScroll: true });
  }
  showFacilities();
  byId("live").hidden = live.length === 0;
  byId("settled-fold").hidden = settled.length === 0;
  setText(byId("settled-count"), settledText(settled.length));
  showCounts(rows);
  const all = [...state.rows.values()];
  offer(byId("filter-unit"), all.map((row) => row.unit).filter(Boolean), state.unit);
  offer(byId("filter-measure"), all.map((row) => row.measure), state.measure);
  tickRows();
}

export function tickRows() {
  const now = engineNow();
  if (now === null) return;
  for (const row of drawn.values()) if (row.line.isConnected) tick(row, now);
  showEmpty();
  if (now >= nextFold) showRows();
}

// One hospital needs no name on every row.
function showFacilities() {
  const several = new Set([...state.rows.values()].map((row) => row.facility)).size > 1;
  for (const { parts, row } of drawn.values()) setText(parts.facility, several ? row.facility : "");
}

// A case that has just settled stays where it stood until it folds away.
function lingers(row) {
  return row.lingers !== null && engineNow() < ms(row.lingers.until);
}

function groupOf(row) {
  return lingers(row) ? row.lingers.group : row.group;
}

function byTimeLeft(a, b) {
  return ORDER[groupOf(a)] - ORDER[groupOf(b)] || sortTime(a) - sortTime(b) || a.id.localeCompare(b.id);
}

function sortTime(row) {
  if (lingers(row)) return ms(row.lingers.sort_at) ?? Infinity;
  if (row.group === "running") return ms(row.next?.due_at) ?? Infinity;
  if (row.group === "overdue") return ms(row.next?.settles_at) ?? Infinity;
  return ms(row.time_zero) ?? ms(row.data_at) ?? 0;
}

function settledText(count) {
  const hidden = state.settledHidden ? `, newest of ${count + state.settledHidden}` : "";
  return `Settled: ${count} ${count === 1 ? "case" : "cases"}${hidden}`;
}

function place(body, rows) {
  rows.forEach((row, index) => {
    const line = draw(row).line;
    if (body.children[index] !== line) body.insertBefore(line, body.children[index] ?? null);
  });
  while (body.children.length > rows.length) body.lastElementChild.remove();
}

function forget(id, row) {
  row.line.remove();
  drawn.delete(id);
}

function draw(row) {
  let known = drawn.get(row.id);
  if (!known) {
    known = frame(row);
    drawn.set(row.id, known);
  }
  if (known.row !== row) fill(known, row);
  return known;
}

function frame(row) {
  const parts = {
    unit: make("span", { class: "unit" }),
    open: make("a", { class: "open-case", href: `#${row.case}`, "data-case": row.case }),
    facility: make("span", { class: "facility" }),
    digits: make("span", { class: "digits", role: "timer", "aria-live": "off" }),
    digitsUnit: make("span", { class: "digits-unit" }),
    next: make("span", { class: "next" }),
    bar: make("span", { class: "bar", "aria-hidden": "true" }, make("i")),
    just: make("span", { class: "just" }),
    zero: make("span", { class: "zero" }),
    rule: make("span", { class: "rule" }),
    measure: make("span", { class: "measure" }),
    elements: make("ul", { class: "elements" }),
    age: make("span", { class: "age" }),
  };
  const line = make(
    "tr",
    { role: "row", "data-row": row.id },
    make("th", { role: "rowheader", scope: "row", class: "who" }, parts.unit, make("span", { class: "patient" }, parts.open, parts.facility)),
    make("td", { role: "cell", class: "left" }, make("span", { class: "big" }, parts.digits, parts.digitsUnit), parts.bar, parts.just, parts.next),
    make("td", { role: "cell", class: "when" }, make("span", { class: "zero-line" }, parts.zero, parts.rule), parts.measure),
    make("td", { role: "cell", class: "what" }, parts.elements),
    make("td", { role: "cell", class: "fresh right" }, parts.age),
  );
  return { line, parts, row: null };
}

function fill(known, row) {
  const { parts, line } = known;
  const nowIso = isoLike(engineNow(), engineZone());
  const changed = known.row !== null && JSON.stringify(known.row.elements) !== JSON.stringify(row.elements);
  known.row = row;
  line.dataset.group = row.group;
  line.dataset.next = row.next?.status ?? "none";
  line.dataset.outcome = row.case_status === "denominator" ? (row.bundle?.status ?? "none") : row.case_status;
  setText(parts.unit, row.unit ?? "Unit not known");
  setText(parts.open, row.label);
  parts.open.setAttribute("aria-label", `${row.unit ?? "Unit not known"}, encounter ${row.label}, ${row.measure_name}: open`);
  setText(parts.zero, row.time_zero ? clockText(row.time_zero, nowIso) : "No time zero");
  setText(parts.rule, row.time_zero_rule ?? "");
  line.querySelector(".when").title = row.time_zero_sentence;
  parts.measure.replaceChildren(row.measure_name, "/", make("wbr"), row.measure_version);
  parts.elements.replaceChildren(...row.elements.map((cell) => elementCell(cell, nowIso)));
  parts.next.replaceChildren(...nextLines(row, nowIso).map((text) => make("span", {}, text)));
  if (changed) flash(line);
}

function flash(line) {
  line.classList.remove("changed");
  void line.offsetWidth;
  line.classList.add("changed");
}

function nextLines(row, nowIso) {
  const next = row.next;
  if (row.group === "running" && next) return [next.name, `due ${clockText(next.due_at, nowIso)}`];
  if (row.group === "overdue" && next) {
    return [next.name, `window closed ${clockText(next.closes_at, nowIso)}`, `charting awaited to ${clockText(next.settles_at, nowIso)}`];
  }
  if (row.group === "waiting") return ["nothing due now"];
  if (row.case_status !== "denominator") return [row.case_status.replaceAll("_", " "), row.reason].filter(Boolean);
  return row.bundle ? [`Bundle ${row.bundle.word}`] : [];
}

function tick({ parts, row, line }, now) {
  const left = timeLeft(row, now);
  line.toggleAttribute("data-lingers", lingers(row));
  setText(parts.just, lingers(row) ? row.lingers.word : "");
  setText(parts.digits, left.digits);
  setText(parts.digitsUnit, left.unit);
  parts.bar.hidden = left.share === null;
  if (left.share !== null) parts.bar.firstChild.style.width = `${(100 * left.share).toFixed(1)}%`;
  const old = now - (ms(row.data_at) ?? now);
  setText(parts.age, age(old));
  line.classList.toggle("closing", row.group === "running" && left.digits === "00:00");
}

function timeLeft(row, now) {
  const next = row.next;
  if (row.group === "running" && next) {
    const due = ms(next.due_at);
    if (now >= (ms(next.closes_at) ?? due)) return { digits: "closed", unit: "", share: 1 };
    const start = ms(next.time_zero) ?? due;
    return { ...countdown(due - now), share: due > start ? Math.min(1, Math.max(0, (now - start) / (due - start))) : null };
  }
  if (row.group === "overdue" && next) {
    const over = countdown(now - ms(next.closes_at));
    return { digits: `+${over.digits}`, unit: over.unit, share: null };
  }
  return { digits: row.group === "settled" ? "" : "–", unit: "", share: null };
}

function showCounts(rows) {
  const now = engineNow();
  const cells = rows.flatMap((row) => (row.closed_at && row.group === "settled" ? [] : row.elements));
  const every = rows.flatMap((row) => row.elements);
  const count = (...statuses) => cells.filter((cell) => statuses.includes(cell.status)).length;
  const missed = every.filter((cell) => cell.status === "missed" && now !== null && now - (ms(cell.closes_at) ?? 0) <= DAY);
  setText(byId("count-open"), String(count("open", "due_soon")));
  setText(byId("count-due-soon"), String(count("due_soon")));
  setText(byId("count-overdue"), String(count("overdue")));
  setText(byId("count-missed"), String(missed.length));
}

// "No alerts" must never look like "system down": an empty board says how it knows.
function showEmpty() {
  const empty = byId("empty");
  empty.hidden = !byId("live").hidden;
  if (empty.hidden) return;
  const filtered = state.unit || state.measure ? " in this selection" : "";
  setText(empty, state.old ? "It is not known whether anything is due: see the notice above." : `No clock is running${filtered}. The engine is at work.`);
}
