// What an edit is to the page: whether it counts in the text, how it is called, and how both its sides are drawn.
import { count, make, number } from "./dom.js";
import { oneLineEnd } from "./lines.js";

const LEAST_SHARED = 0.4; // where less of both sides is the same, marks on single words would hide more than they show
const MOST_COMPARED = 400_000; // words of one side times words of the other

// The writer has yet to look at it: the text does not contain it, and only a decision on it alone accepts it.
export const isToLook = (edit) => Boolean(edit.look) && edit.decision === "undecided";

// As in the final text.
export const isApplied = (edit) => edit.decision === "accepted" || (edit.decision === "undecided" && !edit.look);

export const stateOf = (edit) => (isToLook(edit) ? "to look at" : edit.decision);

// Of a whole text, as lists of texts give it.
export const editsOf = ({ edit_count: edits, to_look: looks }) => (looks ? `${count(edits, "edit")}, ${number(looks)} to look at` : count(edits, "edit"));

// What a screen reader says: all of it, since it does not read what is inside a button.
export function labelOf(edit) {
  const why = edit.look ? `${edit.look} ${edit.reason}` : edit.reason;
  return isToLook(edit) ? `To look at: ${changeIn(edit)}. ${why} Not in the text unless you accept it` : `${changeIn(edit)}. ${why} ${edit.decision}`;
}

function changeIn(edit) {
  if (!edit.before) return `Insert “${edit.after}”`;
  return edit.after ? `“${edit.before}” becomes “${edit.after}”` : `Delete “${edit.before}”`;
}

// Both sides of an edit as `del` and `ins`; in a block the words that differ are marked.
export function sidesOf(edit) {
  const [before, after] = edit.block ? marked(edit.before, edit.after) : [[oneLineEnd(edit.before)], [oneLineEnd(edit.after)]];
  return [edit.before ? make("del", {}, ...before) : null, edit.after ? make("ins", {}, ...after) : null];
}

function marked(before, after) {
  const [old, fresh] = [before, after].map((text) => oneLineEnd(text).match(/\s*\S+\s*/g) ?? []);
  const same = sharedWords(old, fresh);
  if (!same) return [[oneLineEnd(before)], [oneLineEnd(after)]];
  return [runs(old, same.old), runs(fresh, same.fresh)];
}

// Which words of each side belong to their longest common sequence; null where that would not help.
function sharedWords(old, fresh) {
  if (old.length * fresh.length > MOST_COMPARED) return null;
  const [left, right] = [old, fresh].map((words) => words.map((word) => word.trim()));
  const width = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * width); // of what is common from word i and word j on
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = left[i] === right[j] ? lengths[(i + 1) * width + j + 1] + 1 : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    }
  }
  if (2 * lengths[0] < LEAST_SHARED * (left.length + right.length)) return null;
  const shared = { old: new Set(), fresh: new Set() };
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    if (left[i] === right[j]) { shared.old.add(i); shared.fresh.add(j); i += 1; j += 1; }
    else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) i += 1;
    else j += 1;
  }
  return shared;
}

function runs(words, shared) {
  const parts = [];
  for (let at = 0; at < words.length;) {
    const start = at;
    while (at < words.length && shared.has(at) === shared.has(start)) at += 1;
    const text = words.slice(start, at).join("");
    const end = text.trimEnd().length; // no mark on the space after the last word
    parts.push(...(shared.has(start) ? [text] : [make("b", {}, text.slice(0, end)), text.slice(end)]));
  }
  return parts;
}
