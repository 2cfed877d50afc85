// One alert as a list item, in the side panel and in the drawer: taken-back ones are struck through, with why.
// What an alert's own sentence says, its reason too, is not said again.

import { make } from "./dom.js";
import { engineNow, engineZone } from "./engine_clock.js";
import { badge } from "./element_cell.js";
import { clockText, isoLike } from "./times.js";

export function alertItem(alert, inCase) {
  const nowIso = isoLike(engineNow(), engineZone());
  const gone = alert.superseded?.kind === "withdrawn";
  const where = [alert.unit ?? "Unit not known", alert.label].join(" · ");
  const head = [make("strong", {}, alert.word), alert.kind === "bundle_started" ? null : make("span", { class: "alert-element" }, alert.element_name)];
  const body = make(
    "div",
    { class: "alert-body" },
    make("p", { class: "alert-head" }, head, make("time", {}, clockText(alert.sent_at, nowIso))),
    make("p", { class: "alert-sentence" }, gone ? make("s", {}, alert.sentence) : alert.sentence),
    gone ? takenBack(alert.superseded, nowIso) : null,
    inCase ? null : make("p", { class: "alert-where" }, make("a", { href: `#${alert.case}` }, where)),
    inCase ? make("p", { class: "alert-where" }, [alert.measure, deliveryText(alert.delivery, nowIso)].filter(Boolean).join(" · ")) : null,
  );
  const attributes = { class: `alert k-${alert.kind}${gone ? " gone" : ""}`, "data-alert": alert.id, "data-kind": alert.kind };
  return make("li", attributes, badge(alert.kind), body);
}

function deliveryText(delivery, nowIso) {
  if (!delivery) return "";
  const tries = `${delivery.attempts} ${delivery.attempts === 1 ? "try" : "tries"}`;
  if (delivery.status === "given_up") return `given up after ${tries}`;
  if (delivery.status === "retrying") return `waiting, ${tries} so far`;
  return `delivered${delivery.late ? " late," : ""} ${clockText(delivery.at, nowIso)}`;
}

function takenBack(superseded, nowIso) {
  const why = superseded.reason ? `: ${superseded.reason}` : "";
  return make("p", { class: "alert-back" }, badge("withdrawn"), `taken back ${clockText(superseded.at, nowIso)}${why}`);
}
