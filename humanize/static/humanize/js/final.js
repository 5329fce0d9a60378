// The text as decided: undecided edits are in it, rejected ones are not.
import { get } from "./api.js";
import { say } from "./dom.js";

const ENDINGS = { markdown: "md", html: "html" };

async function finalText(data, place) {
  try { return (await get(`transformations/${data.id}/final`)).text; } catch (error) { say(place, error.message, true); return null; }
}

export async function copyFinal(data, place) {
  const text = await finalText(data, place);
  if (text === null) return;
  try { await navigator.clipboard.writeText(text); say(place, "Copied."); } catch { say(place, "The browser did not allow copying; use Download.", true); }
}

export async function saveFinal(data, place) {
  const text = await finalText(data, place);
  if (text === null) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = `${(data.title || "text").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "text"}.${ENDINGS[data.format] ?? "txt"}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
