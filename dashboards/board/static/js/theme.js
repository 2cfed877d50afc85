// Colours: as the system, or as chosen here; the choice stays in this browser.

import { byId } from "./dom.js";

const CHOICES = ["system", "light", "dark"];
const KEY = "timezero-colours";

export function startTheme() {
  show(localStorage.getItem(KEY) ?? "system");
  byId("theme").addEventListener("click", () => {
    const next = CHOICES[(CHOICES.indexOf(localStorage.getItem(KEY) ?? "system") + 1) % CHOICES.length];
    localStorage.setItem(KEY, next);
    show(next);
  });
}

function show(choice) {
  const words = { system: "as the system", light: "light", dark: "dark" };
  if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
  else delete document.documentElement.dataset.theme;
  byId("theme").setAttribute("aria-label", `Colours: ${words[choice] ?? words.system}`);
  byId("theme").title = `Colours: ${words[choice] ?? words.system}`;
}
