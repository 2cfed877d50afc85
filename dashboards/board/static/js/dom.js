// Builds elements from text only: nothing that comes from a feed is ever read as markup.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function byId(id) {
  return document.getElementById(id);
}

// Offers values in a select and keeps the chosen one, even while no row carries it.
export function offer(select, values, chosen, label = (value) => value) {
  const wanted = [...new Set([...values, ...(chosen ? [chosen] : [])])].sort();
  const present = [...select.options].slice(1).map((option) => option.value);
  if (JSON.stringify(wanted) !== JSON.stringify(present)) {
    while (select.options.length > 1) select.remove(1);
    for (const value of wanted) select.append(make("option", { value }, label(value)));
  }
  select.value = chosen;
}
