// The final text: it contains accepted and undecided edits, but not rejected ones.
import { get } from "./api.js";
import { copyText, say } from "./dom.js";

const ENDINGS = { markdown: "md", html: "html" };
const TYPES = { markdown: "text/markdown", html: "text/html" };

async function finalText(data, place) {
  try { return (await get(`transformations/${data.id}/final`)).text; } catch (error) { say(place, error.message, true); return null; }
}

export async function copyFinal(data, place) {
  const text = await finalText(data, place);
  if (text === null) return;
  const done = await copyText(text);
  say(place, done ? "Copied." : "The browser did not allow copying; use Download.", !done);
}

export async function saveFinal(data, place) {
  const text = await finalText(data, place);
  if (text === null) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: `${TYPES[data.format] ?? "text/plain"};charset=utf-8` }));
  link.download = `${fileName(data.title)}.${ENDINGS[data.format] ?? "txt"}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  say(place, `Saved as ${link.download}.`);
}

const fileName = (title) => (title || "text").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "text";
