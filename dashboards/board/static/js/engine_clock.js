// The engine's time in the browser: what the server said, and how fast it runs on from there.

let said = null;

export function setClock(iso, speed) {
  if (iso) said = { iso, at: Date.parse(iso), heard: performance.now(), speed };
}

export function clockKnown() {
  return said !== null;
}

export function engineNow() {
  return said === null ? null : said.at + (performance.now() - said.heard) * said.speed;
}

export function engineZone() {
  return said === null ? "Z" : said.iso;
}

export function engineSpeed() {
  return said === null ? 1 : said.speed;
}
