// Rival time zeros of one measure side by side, what each would mean, and the form in which a person says another.

import { make } from "./dom.js";
import { engineNow, engineZone } from "./engine_clock.js";
import { clockText, isoLike, ms } from "./times.js";

const UNDONE = new Set(["missed", "open", "not_open", "overdue", "due_soon"]);
// Which folds are open outlives every new answer.
const folds = new Map();
const OFFSET = /(Z|[+-]\d\d:\d\d)$/;

function fold(key, byDefault, attributes, ...content) {
  const folded = make("details", { ...attributes, open: folds.get(key) ?? byDefault }, ...content);
  folded.addEventListener("toggle", () => folds.set(key, folded.open));
  return folded;
}

export function rivalTimes(measure, openCase, now) {
  const { lines, said } = measure.rivals;
  const body = lines.length ? table(lines, now) : make("p", { class: "none" }, "No rule gives this case a time zero.");
  return fold(
    `${openCase} ${measure.row.measure} rivals`,
    Boolean(said),
    { class: "rival-times", "data-rivals": measure.row.measure },
    make("summary", {}, said ? "Time zero was said by a person" : `Rival time zeros (${lines.length})`),
    said ? word(said, measure.rivals.computed_at, now) : null,
    body,
    make("p", { class: "sub" }, "As each would end if nothing more were charted."),
    form(measure, openCase),
  );
}

function word(said, computedAt, now) {
  const computed = computedAt ? `The measure's own rule says ${clockText(computedAt, now)}.` : "The measure's own rule gives none.";
  const by = `${said.by ?? "Somebody"}, ${clockText(said.at, now)}${said.for_all ? ", for every measure" : ""}: ${said.reason ?? "no reason given"}.`;
  return make("p", { class: "said-word" }, make("b", {}, by), ` ${computed}`);
}

function table(lines, now) {
  const heads = ["Time zero", "By", "What it would mean"].map((text) => make("th", { scope: "col" }, text));
  return make("table", { class: "rival-table" }, make("thead", {}, make("tr", {}, heads)), make("tbody", {}, lines.map((line) => row(line, now))));
}

function row(line, now) {
  const marks = [line.in_force ? make("span", { class: "mark-force" }, "in force") : null, line.own ? make("span", { class: "mark-own" }, "measure's own") : null];
  const cells = line.cells.length ? make("ul", { class: "meanings" }, line.cells.map((cell) => meaning(cell, now))) : make("span", { class: "none" }, "nothing: the case is left out whatever it is");
  return make(
    "tr",
    { class: line.in_force ? "in-force" : null },
    make("th", { scope: "row", class: "moment" }, clockText(line.at, now)),
    make("td", {}, make("strong", {}, line.title), marks, make("p", { class: "judged-sentence" }, line.sentence)),
    make("td", {}, cells),
  );
}

// What is not done yet is no miss while its window is open: the engine's clock tells, not the record.
function meaning(cell, now) {
  const stillOpen = UNDONE.has(cell.status) && !cell.done_at && cell.closes_at && ms(cell.closes_at) > engineNow();
  const status = stillOpen ? "open" : cell.status;
  const detail = cell.minutes !== null ? `${cell.minutes > 0 ? "+" : ""}${cell.minutes} min` : cell.due_at && UNDONE.has(cell.status) ? `due ${clockText(cell.due_at, now)}` : "";
  const words = `${stillOpen ? "open" : cell.word}${detail ? `, ${detail}` : ""}`;
  return make("li", { class: `meaning s-${status}`, "data-element": cell.element, "data-status": status, title: cell.reason }, make("b", {}, cell.name), ` ${words}`);
}

function field(label, input) {
  return make("label", {}, make("span", {}, label), input);
}

function form(measure, openCase) {
  const { row: shown, rivals } = measure;
  const zone = OFFSET.exec(shown.time_zero ?? engineZone() ?? "Z")?.[1] ?? "Z";
  const start = (shown.time_zero ?? isoLike(engineNow(), engineZone())).slice(0, 16);
  const sayer = make(
    "form",
    { class: "say-time-zero", autocomplete: "off" },
    field("Time zero was", make("input", { type: "datetime-local", name: "time_zero", value: start, required: true })),
    field("Who says so", make("input", { type: "text", name: "actor", minlength: 2, maxlength: 80, required: true })),
    field("Reason", make("input", { type: "text", name: "reason", minlength: 3, maxlength: 200, required: true })),
    make("label", { class: "tick" }, make("input", { type: "checkbox", name: "all" }), make("span", {}, "for every measure of this case")),
    make("p", { class: "buttons" }, make("button", { type: "submit" }, "Say it"), rivals.said?.can_undo ? make("button", { type: "submit", name: "undo", class: "quiet" }, "Take the word back") : null),
    make("p", { class: "said-answer", role: "status" }),
  );
  sayer.addEventListener("input", () => sayer.setAttribute("data-touched", ""));
  sayer.addEventListener("submit", (event) => {
    event.preventDefault();
    send(sayer, openCase, shown.measure, zone, event.submitter?.name === "undo");
  });
  return fold(`${openCase} ${shown.measure} say`, false, { class: "say" }, make("summary", {}, "Say when time zero was"), sayer);
}

async function send(sayer, openCase, measure, zone, undo) {
  const answer = sayer.querySelector(".said-answer");
  const value = (name) => sayer.elements[name].value;
  const seconds = value("time_zero").length === 16 ? ":00" : "";
  const said = {
    measure: sayer.elements.all.checked && !undo ? "" : measure,
    time_zero: undo ? null : `${value("time_zero")}${seconds}${zone}`,
    reason: value("reason"),
    actor: value("actor"),
  };
  for (const button of sayer.querySelectorAll("button")) button.disabled = true;
  const { ok, text } = await post(`/api/cases/${openCase}/time-zero`, said);
  for (const button of sayer.querySelectorAll("button")) button.disabled = false;
  answer.textContent = text;
  answer.classList.toggle("refused", !ok);
  if (ok) sayer.removeAttribute("data-touched");
}

async function post(address, body) {
  try {
    const answer = await fetch(address, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const known = answer.headers.get("content-type") === "application/json";
    return { ok: answer.ok, text: known ? (await answer.json()).detail : "The board did not take it." };
  } catch {
    return { ok: false, text: "The board cannot be reached just now; nothing was said." };
  }
}
