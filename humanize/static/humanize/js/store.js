// What must survive a reload: the draft, the options, and which rewrite is open. Never fails the page.
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

export function forgetAll() {
  try {
    Object.keys(localStorage).filter((key) => key.startsWith(KEY)).forEach((key) => localStorage.removeItem(key));
  } catch { /* nothing kept */ }
}
