// Small helpers for the DOM. Text is inserted as text; nothing here ever parses HTML.
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

let toastTimer = 0;
// Show a message at the foot of the window; errors stay until the next message.
export function toast(text, error = false) {
  clearTimeout(toastTimer);
  say($("toast"), text, error);
  if (text && !error) toastTimer = setTimeout(() => show($("toast"), false), 6000);
}

// An action that cannot be undone takes two clicks on the same button; moving away withdraws the question.
export function askTwice(button, question, action) {
  const label = button.textContent;
  const calm = () => { button.textContent = label; delete button.dataset.asked; };
  button.addEventListener("blur", calm);
  button.addEventListener("click", () => {
    if (button.dataset.asked) { calm(); action(); return; }
    button.dataset.asked = "1";
    button.textContent = question;
  });
}

export async function copyText(text) {
  try { await navigator.clipboard.writeText(text); return true; } catch { return copyByHand(text); }
}

// Browsers open the clipboard to secure pages only, but let any page copy a selection.
function copyByHand(text) {
  const box = make("textarea", { value: text, className: "hidden", "aria-hidden": "true" });
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  return done;
}

export const number = (value, digits = 0) =>
  value === null || value === undefined ? "–" : value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });

export const count = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;

export const date = (value, time = true) =>
  new Date(value).toLocaleString("en-GB", { dateStyle: "medium", ...(time ? { timeStyle: "short" } : {}) });

export const countWords = (text) => (text.match(/\S+/g) ?? []).length;
