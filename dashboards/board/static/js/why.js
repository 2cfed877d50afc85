// Why an element stands as it does: its rule, the deciding facts with all their times, and what was believed when.
// Folded until asked for; what somebody has unfolded stays so while the case changes under their eyes.

import { make } from "./dom.js";
import { badge } from "./element_cell.js";
import { clockText, lag, quantity } from "./times.js";

const unfolded = new Set();

export function foldAll() {
  unfolded.clear();
}

// The fold that has the keyboard, so that it can be given back after everything was drawn anew.
export function heldFold() {
  return document.activeElement?.closest("summary")?.parentElement?.dataset.fold ?? null;
}

export function focusFold(drawer, name) {
  const fold = name === null ? null : drawer.querySelector(`[data-fold="${CSS.escape(name)}"] > summary`);
  fold?.focus({ preventScroll: true });
  return Boolean(fold);
}

export function fold(name, title, ...content) {
  const shown = content.flat().filter(Boolean);
  if (!shown.length) return null;
  const details = make("details", { class: "why", "data-fold": name, open: unfolded.has(name) }, make("summary", {}, title), ...shown);
  details.addEventListener("toggle", () => (details.open ? unfolded.add(name) : unfolded.delete(name)));
  return details;
}

export function ruleLine(rule) {
  if (!rule) return null;
  return make("div", { class: "rule" }, make("p", {}, rule.line), make("p", { class: "rule-source" }, `Source: ${rule.sources.join("; ")}`));
}

export function evidenceList(evidence, now, title) {
  if (!evidence.length) return null;
  return make("ul", { class: "evidence" }, make("li", { class: "evidence-title" }, title), evidence.map((line) => make("li", {}, evidenceParts(line, now))));
}

function evidenceParts(line, now) {
  const times = line.times.map((time) => [factTime(time, now), time.word === "charted" ? chartingLag(line.charting_lag_min) : null]);
  return [make("b", {}, factName(line)), ...(times.length ? times.flat() : ["time not known"])];
}

function chartingLag(minutes) {
  return minutes === null ? null : make("span", { class: minutes >= 30 ? "lag long" : "lag" }, lag(minutes));
}

function factName(line) {
  return [line.what, quantity(line.value, line.unit)].filter(Boolean).join(" ");
}

function factTime({ word, at, clocked }, now) {
  const told = `${word} ${clockText(at, now)}`;
  if (!clocked) return make("span", {}, told);
  return make("span", { class: "clocked", title: "The measure goes by this time" }, told, make("span", { class: "unseen" }, " (the measure goes by this time)"));
}

export function scope(rules) {
  if (!rules) return null;
  const lines = [rules.entry, ...rules.population, ...rules.exclusions, rules.resolution];
  return make("ul", { class: "rules" }, lines.map((rule) => make("li", {}, rule.line)), make("li", { class: "rule-source" }, `Source: ${rules.source}`));
}

export function historyList(history, now) {
  return make("ol", { class: "history" }, history.map((line) => make("li", {}, make("time", {}, clockText(line.as_of, now)), make("div", {}, historyParts(line, now)))));
}

function historyParts(line, now) {
  const parts = [make("p", { class: "history-cause" }, cause(line, now))];
  if (line.ended) return [...parts, make("p", {}, `The case is no more: ${line.ended}.`)];
  if (line.time_zero_sentence) parts.push(make("p", {}, line.time_zero_sentence));
  if (line.elements.length) parts.push(make("ul", {}, line.elements.map(stands)));
  else if (!line.time_zero_sentence) parts.push(make("p", { class: "none" }, "The same, by other evidence."));
  return parts;
}

function cause({ because, taken_back: takenBack }, now) {
  if (!because) return "The clock";
  const times = because.times.map(({ word, at }) => `${word} ${clockText(at, now)}`);
  return [make("b", {}, `${takenBack ? "Taken back: " : ""}${factName(because)}`), times.length ? ` ${times.join(", ")}` : ""];
}

function stands({ status, word, sentence }) {
  return make("li", { class: "with-badge" }, badge(status), make("span", {}, make("b", {}, word.split(",")[0]), ` ${sentence}`));
}
