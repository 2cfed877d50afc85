// Icons of statuses and alerts: shape, word and colour always stand together.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  open: "M8 2.8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 8 2.8M8 5.2V8l1.9 1.3",
  due_soon: "M4.8 2.8h6.4M4.8 13.2h6.4M5.6 2.8c0 3 4.8 3.6 4.8 5.2s-4.8 2.2-4.8 5.2M10.4 2.8c0 3-4.8 3.6-4.8 5.2s4.8 2.2 4.8 5.2",
  overdue: "M3.4 12.6l.6-2.6 6.4-6.4 2 2L6 12zM9 5l2 2",
  met: "M3.6 8.4l3 3 5.8-6.6",
  met_late: "M3.6 6.6l3 3 5.8-6.2M4 13.2h8",
  missed: "M4.4 4.4l7.2 7.2M11.6 4.4l-7.2 7.2",
  not_open: "M8 3.2v.01M11.4 4.6v.01M12.8 8v.01M11.4 11.4v.01M8 12.8v.01M4.6 11.4v.01M3.2 8v.01M4.6 4.6v.01",
  not_applicable: "M4.4 8h7.2",
  excluded: "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3M4.6 11.4l6.8-6.8",
  cannot_assess: "M5.8 6.2c0-1.4 1-2.3 2.3-2.3s2.2.9 2.2 2c0 1.7-2.2 1.8-2.2 3.5M8.1 12.2v.01",
  bundle_started: "M4.6 13.2V3.2h6.8L9.8 5.8l1.6 2.6H4.6",
  amended: "M12.4 6.2A4.8 4.8 0 0 0 4 5.4M3.6 9.8a4.8 4.8 0 0 0 8.4.8M12.6 3v3.2H9.4M3.4 13V9.8h3.2",
  withdrawn: "M6.4 3.6L3.2 6.8l3.2 3.2M3.2 6.8h6a3.2 3.2 0 0 1 0 6.4H6.4",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.not_applicable);
  svg.append(path);
  return svg;
}
