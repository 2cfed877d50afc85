// Times as people on the ward read them. The clock time is cut from the record's own text, in the
// zone the server chose: the browser's zone never enters.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MINUTE = 60_000;

export function ms(iso) {
  return iso ? Date.parse(iso) : null;
}

export function clockText(iso, nowIso) {
  if (!iso) return "";
  const time = iso.slice(11, 16);
  if (nowIso && iso.slice(0, 10) === nowIso.slice(0, 10)) return time;
  return `${Number(iso.slice(8, 10))} ${MONTHS[Number(iso.slice(5, 7)) - 1]} ${time}`;
}

// Writes an instant in the zone of another: the engine's clock ticks in the zone it was given in.
export function isoLike(milliseconds, iso) {
  const offset = /([+-])(\d\d):(\d\d)$/.exec(iso);
  const minutes = offset ? Number(`${offset[1]}1`) * (Number(offset[2]) * 60 + Number(offset[3])) : 0;
  return new Date(milliseconds + minutes * MINUTE).toISOString().slice(0, 19) + (offset ? offset[0] : "Z");
}

// Under an hour m:ss, else h:mm; the unit is said beside it, because 2:05 alone could be either.
export function countdown(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 3600) return { digits: `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`, unit: "min" };
  const minutes = Math.floor(seconds / 60);
  return { digits: `${Math.floor(minutes / 60)}:${pad(minutes % 60)}`, unit: "h" };
}

export function age(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 && hours < 10 ? `${hours} h ${minutes % 60} m` : `${hours} h`;
  return `${Math.floor(hours / 24)} d`;
}

export function lag(minutes) {
  if (minutes === null || minutes === undefined) return "";
  if (Math.abs(minutes) < 1) return "at once";
  const text = age(Math.abs(minutes) * MINUTE);
  return minutes < 0 ? `${text} ahead` : `${text} later`;
}

export function quantity(value, unit) {
  if (value === null || value === undefined) return "";
  const words = { Cel: " °C", "/min": "/min" };
  return unit ? `${value}${words[unit] ?? ` ${unit}`}` : `${value}`;
}

function pad(number) {
  return String(number).padStart(2, "0");
}
