// Rolling compliance: measure by element over three windows; small, pending and unassessable figures are marked.

import { state } from "./board_state.js";
import { byId, make, offer } from "./dom.js";

const WINDOWS = { "24h": "24 hours", "7d": "7 days", "30d": "30 days" };
const PATIENCE_MS = 1000;
let waiting = null;
let asked = 0;

export function complianceChanged() {
  if (state.view !== "compliance" || waiting !== null) return;
  waiting = setTimeout(() => {
    waiting = null;
    showCompliance();
  }, PATIENCE_MS);
}

export async function showCompliance() {
  const turn = ++asked;
  const data = await ask();
  if (turn !== asked) return;
  if (data === null) {
    byId("compliance").replaceChildren(none("Compliance cannot be read just now."));
    return;
  }
  offer(byId("compliance-facility"), data.facilities, state.facility);
  offer(byId("compliance-unit"), data.units, state.complianceUnit);
  const tables = data.measures.length ? data.measures.map(measureTable) : [none("No case has been counted in this selection yet.")];
  byId("compliance").replaceChildren(...tables);
}

async function ask() {
  const query = new URLSearchParams();
  if (state.facility) query.set("facility", state.facility);
  if (state.complianceUnit) query.set("unit", state.complianceUnit);
  try {
    const answer = await fetch(`/api/compliance?${query}`);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function none(text) {
  return make("p", { class: "empty" }, text);
}

function measureTable(measure) {
  const heads = ["Element", ...Object.values(WINDOWS)].map((text) => make("th", { scope: "col" }, text));
  const rows = measure.elements.map((element) =>
    make("tr", { "data-element": element.element }, make("th", { scope: "row" }, element.name), element.figures.map(figure)),
  );
  return make(
    "section",
    { class: "compliance-measure" },
    make("h3", {}, measure.measure_name, make("span", { class: "version" }, `/${measure.measure_version}`)),
    make("div", { class: "scroll" }, make("table", { class: "compliance" }, make("thead", {}, make("tr", {}, heads)), make("tbody", {}, rows))),
  );
}

function figure(counts) {
  const apart = [
    ["pending", counts.pending, "pending: provisional"],
    ["cannot_assess", counts.cannot_assess, "cannot assess"],
    ["excluded", counts.excluded, "excluded"],
  ].filter(([, count]) => count);
  return make(
    "td",
    { "data-window": counts.window },
    make(
      "p",
      { class: "rate" },
      make("strong", { class: counts.percent === null ? "no-rate" : null }, counts.percent === null ? "no case" : `${counts.percent.toFixed(1)} %`),
      counts.denominator ? make("span", { class: "of" }, `${counts.met} of ${counts.denominator}`) : null,
      counts.small ? make("span", { class: "small-mark", title: "10 cases or fewer: one case moves this figure by a lot; not for publication" }, "small numbers") : null,
    ),
    counts.denominator ? stack(counts) : null,
    apart.length ? make("p", { class: "apart" }, apart.map(([name, count, word]) => make("span", { class: `apart-${name}` }, `${count} ${word}`))) : null,
  );
}

function stack(counts) {
  const shares = ["met", "met_late", "missed", "cannot_assess"].filter((name) => counts[name]).map((name) => {
    const part = make("i", { class: `s-${name}` });
    part.style.width = `${(100 * counts[name]) / counts.denominator}%`;
    return part;
  });
  const words = `${counts.met} met, ${counts.met_late} met late, ${counts.missed} missed, ${counts.cannot_assess} cannot be assessed`;
  return make("div", { class: "stack", role: "img", "aria-label": words, title: words }, shares);
}
