// One element as a small cell: icon, name, and its status in words with the time that matters.

import { make } from "./dom.js";
import { icon } from "./icons.js";
import { clockText } from "./times.js";

const TIME_THAT_MATTERS = {
  open: (cell) => cell.due_at,
  due_soon: (cell) => cell.due_at,
  met: (cell) => cell.done_at,
  met_late: (cell) => cell.done_at,
  missed: (cell) => cell.closes_at,
};

export function statusText(cell, nowIso) {
  const time = TIME_THAT_MATTERS[cell.status]?.(cell);
  if (!time) return cell.word;
  const clock = clockText(time, nowIso);
  if (cell.status === "open") return `${cell.word}, due ${clock}`;
  if (cell.status === "missed") return `${cell.word}, closed ${clock}`;
  return `${cell.word} ${clock}`;
}

export function badge(status) {
  return make("span", { class: `badge s-${status}` }, icon(status));
}

export function elementCell(cell, nowIso) {
  return make(
    "li",
    { class: `element s-${cell.status}`, title: cell.sentence, "data-element": cell.element, "data-status": cell.status },
    badge(cell.status),
    make("span", { class: "element-name" }, cell.name),
    make("span", { class: "element-status" }, statusText(cell, nowIso)),
  );
}
