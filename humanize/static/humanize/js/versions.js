// A document and its history: which draft belongs to it, and its rewrites.
import { get } from "./api.js";
import { $, date, make, show } from "./dom.js";
import { editsOf } from "./edits.js";
import { oneLineEnd } from "./lines.js";

const COMPARED = 2000; // words

// A draft that is mostly the same text belongs to the same document; a different text starts a new one.
export function sameText(one, other) {
  const left = wordsOf(one);
  const right = wordsOf(other);
  if (!left.size || !right.size) return false;
  let both = 0;
  for (const word of left) if (right.has(word)) both += 1;
  return both / Math.min(left.size, right.size) > 0.5;
}

const wordsOf = (text) => new Set(text.slice(0, COMPARED * 12).toLowerCase().match(/[\p{L}\p{N}]+/gu)?.slice(0, COMPARED));

// The title of a text: its first heading; without one the server uses the first words.
export function titleOf(text) {
  const start = oneLineEnd(text.trimStart().slice(0, 1000));
  const heading = start.match(/^#{1,6}[ \t]+(.+)/)?.[1] ?? start.match(/^([^\n]{3,120}[^\s.,;:!?])\n\s*\n/)?.[1];
  return heading ? heading.replace(/[#*_`\s]+$/u, "").slice(0, 200) : "";
}

export async function showVersions(data, onChoose) {
  const box = $("versions");
  box.onchange = () => onChoose(box.value);
  try {
    const { results } = await get(`transformations?document=${data.document}&page_size=100`);
    const oldestFirst = results.reverse();
    const items = oldestFirst.map((one, place) => make("option", { value: one.id, textContent: `Version ${place + 1}: level ${one.level}, ${outcome(one)}, ${date(one.created_at)}` }));
    box.replaceChildren(...items);
    box.value = data.id;
    show(box, items.length > 1);
  } catch { show(box, false); }
}

const outcome = (one) => (one.state === "completed" ? editsOf(one) : one.state);
