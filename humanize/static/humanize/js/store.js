// What must survive a reload: what the server has not saved yet, the options, and which rewrite is open. Never fails the
// page.
// Kept by account: two people at one browser do not see each other's drafts.
const KEY = `youman.${document.documentElement.dataset.user ?? ""}.`;

export function keep(name, value) {
  try {
    if (value === null || value === "") localStorage.removeItem(KEY + name);
    else localStorage.setItem(KEY + name, typeof value === "string" ? value : JSON.stringify(value));
    return true;
  } catch { return false; } // full or forbidden
}

export function kept(name) {
  try { return localStorage.getItem(KEY + name); } catch { return null; }
}

export function keptObject(name) {
  try { return JSON.parse(kept(name) ?? "null"); } catch { return null; }
}

export const forget = (name) => keep(name, null);

export function keptNames(beginning) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(KEY + beginning)).map((key) => key.slice(KEY.length));
  } catch { return []; }
}

// Of this tab alone, the same after a reload.
export function heldByTab(name) {
  try { return sessionStorage.getItem(KEY + name); } catch { return null; }
}

export function holdInTab(name, value) {
  try { sessionStorage.setItem(KEY + name, value); } catch { /* this tab forgets it at a reload */ }
}

let tab = null;
export function tabId() {
  tab ??= heldByTab("tab") ?? newId();
  holdInTab("tab", tab);
  return tab;
}

// A random UUID; browsers offer one to secure pages only.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte, place) => ([4, 6, 8, 10].includes(place) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

// Short, to see whether two texts are the same; not to keep anything secret.
export function fingerprint(text) {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193) >>> 0;
  return `${text.length}-${hash.toString(16)}`;
}

export function forgetAll() {
  try {
    Object.keys(localStorage).filter((key) => key.startsWith(KEY)).forEach((key) => localStorage.removeItem(key));
  } catch { /* nothing kept */ }
}
