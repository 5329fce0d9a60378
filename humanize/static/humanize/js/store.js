// What must survive a reload: the draft, the options, and which rewrite is open. Never fails the page.
const KEY = "youman.";

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
