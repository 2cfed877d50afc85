// The event stream, and the dead-man's switch: silence is said out loud, never shown as calm.

const QUIET_MS = 9_000;
const RECONNECT_MS = 15_000;

let source = null;
let heardAt = performance.now();
let hear = null;

export function connect(onEvent) {
  hear = onEvent;
  openSource();
}

export function silentFor() {
  return performance.now() - heardAt;
}

export function isLost() {
  return silentFor() > QUIET_MS || (source?.readyState !== EventSource.OPEN && silentFor() > QUIET_MS / 3);
}

// A stream that broke without saying so is opened anew; one refused for want of a session leads to the login.
export function watch() {
  if (source.readyState === EventSource.CLOSED || silentFor() > RECONNECT_MS) {
    source.close();
    openSource();
    askForLogin();
  }
}

let openedAt = -Infinity;

function openSource() {
  if (performance.now() - openedAt < 3_000) return;
  openedAt = performance.now();
  source = new EventSource("/events");
  for (const name of ["snapshot", "changes", "beat"]) {
    source.addEventListener(name, (event) => {
      heardAt = performance.now();
      hear(name, JSON.parse(event.data));
    });
  }
}

async function askForLogin() {
  try {
    const answer = await fetch("/api/compliance?unit=-", { headers: { accept: "application/json" } });
    if (answer.status === 401) location.assign("/login");
  } catch {
    // The server cannot be reached: the banner says so, and the next watch tries again.
  }
}
