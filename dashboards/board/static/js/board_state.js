// Everything the page knows, and what the address says of what is looked at. No patient data enters the address.

export const state = {
  rows: new Map(),
  alerts: [],
  feeds: [],
  notices: [],
  settledHidden: 0,
  engineAge: null,
  old: false,
  view: "board",
  unit: "",
  measure: "",
  facility: "",
  complianceUnit: "",
};

const IN_ADDRESS = { view: "board", unit: "", measure: "", facility: "", complianceUnit: "" };

export function readAddress() {
  const query = new URLSearchParams(location.search);
  for (const [name, standard] of Object.entries(IN_ADDRESS)) state[name] = query.get(name) ?? standard;
}

export function writeAddress() {
  const query = new URLSearchParams();
  for (const [name, standard] of Object.entries(IN_ADDRESS)) if (state[name] !== standard) query.set(name, state[name]);
  const text = query.toString();
  history.replaceState(null, "", location.pathname + (text ? `?${text}` : "") + location.hash);
}

export function shownRows() {
  return [...state.rows.values()].filter(
    (row) => (!state.unit || row.unit === state.unit) && (!state.measure || row.measure === state.measure),
  );
}
