// The final text: it contains accepted and undecided edits, but neither rejected ones nor those that are left to look at.
import { get } from "./api.js";
import { copyText, count, say } from "./dom.js";

const ENDINGS = { markdown: "md", html: "html" };
const TYPES = { markdown: "text/markdown", html: "text/html" };

async function finalText(data, place) {
  try { return await get(`transformations/${data.id}/final`); } catch (error) { say(place, error.message, true); return null; }
}

export async function copyFinal(data, place) {
  const final = await finalText(data, place);
  if (final === null) return;
  const done = await copyText(final.text);
  say(place, done ? `Copied${leftOut(final)}.` : "The browser did not allow copying; use Download.", !done);
}

export async function saveFinal(data, place) {
  const final = await finalText(data, place);
  if (final === null) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([final.text], { type: `${TYPES[data.format] ?? "text/plain"};charset=utf-8` }));
  link.download = `${fileName(data.title)}.${ENDINGS[data.format] ?? "txt"}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  say(place, `Saved as ${link.download}${leftOut(final)}.`);
}

const leftOut = ({ to_look: looks }) => (looks ? `, without ${count(looks, "edit")} left to look at` : "");

const fileName = (title) => (title || "text").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "text";
