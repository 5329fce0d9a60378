// Small helpers over the DOM. Text goes in as text only: nothing here ever parses HTML.
export const $ = (id) => document.getElementById(id);

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "dataset") Object.assign(element.dataset, value);
    else if (name.startsWith("aria-") || name === "role" || name === "scope" || name === "for") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const show = (element, shown) => { element.hidden = !shown; };

export function say(element, text, error = false) {
  element.textContent = text;
  element.classList.toggle("error", error);
  show(element, Boolean(text));
}

export const number = (value, digits = 0) =>
  value === null || value === undefined ? "–" : value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });

export const countWords = (text) => (text.match(/\S+/g) ?? []).length;
