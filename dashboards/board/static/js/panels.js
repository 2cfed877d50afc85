// The side panels: what was said last, and how fresh each feed is.

import { alertItem } from "./alert_item.js";
import { state } from "./board_state.js";
import { byId, make, setText } from "./dom.js";
import { engineNow } from "./engine_clock.js";
import { age, ms } from "./times.js";

const SPOKEN = new Set(["missed", "withdrawn"]);
const SPOKEN_AT_ONCE = 3;
let heard = null;
const ages = [];

export function showAlerts() {
  const items = state.alerts.filter((alert) => !state.unit || alert.unit === state.unit).map((alert) => alertItem(alert, false));
  if (!items.length) items.push(make("li", { class: "none" }, state.old ? "Not known: see the notice above." : "None so far. The engine is at work."));
  byId("alerts").replaceChildren(...items);
  speakNew();
}

// Read aloud, politely, what matters of what is new: a missed window, an alert taken back.
function speakNew() {
  const known = heard;
  heard = new Set(state.alerts.map((alert) => alert.id));
  if (known === null) return;
  const fresh = state.alerts.filter((alert) => !known.has(alert.id) && SPOKEN.has(alert.kind));
  if (!fresh.length) return;
  const said = fresh.slice(0, SPOKEN_AT_ONCE).map((alert) => `${alert.word}, ${alert.unit ?? ""}, ${alert.sentence}`);
  if (fresh.length > SPOKEN_AT_ONCE) said.push(`and ${fresh.length - SPOKEN_AT_ONCE} more`);
  setText(byId("announcer"), said.join(" "));
}

export function showFeeds() {
  ages.length = 0;
  const items = state.feeds.map((feed) => {
    const shown = make("span", { class: "feed-age" });
    ages.push({ shown, at: ms(feed.last_received_at) });
    const counts = ["accepted", "ignored", "rejected"].map((name) =>
      make("span", { class: feed[name] && name === "rejected" ? "some" : null }, `${feed[name].toLocaleString("en")} ${name}`),
    );
    return make(
      "li",
      { "data-feed": `${feed.topic}|${feed.source}` },
      make("p", { class: "feed-head" }, make("strong", {}, feed.topic), make("span", { class: "feed-source" }, feed.source), shown),
      make("p", { class: "feed-counts" }, counts),
      feed.ahead ? make("p", { class: "feed-clock some" }, `Its clock was seen ${feed.ahead} ahead of ours.`) : null,
    );
  });
  if (!items.length) items.push(make("li", { class: "none" }, "No feed has reported yet."));
  byId("feeds").replaceChildren(...items);
  tickFeeds();
}

export function tickFeeds() {
  const now = engineNow();
  if (now === null) return;
  for (const { shown, at } of ages) setText(shown, at === null ? "nothing yet" : `${age(now - at)} ago`);
}
