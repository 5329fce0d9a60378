// A text box knows one kind of line end. A text keeps its own: they are put back wherever its lines are unchanged.
const CUT = /(\r\n|\r|\n)/;

// As a text box gives a text back, and as a page shows it.
export const oneLineEnd = (text) => text.replace(/\r\n?/g, "\n");

// `text` from a text box, with the line ends of `original`, from which it was edited. New lines end as most others do.
export function withLineEnds(text, original) {
  if (!original.includes("\r")) return text;
  if (text === oneLineEnd(original)) return original;
  const old = cut(original);
  const lines = text.split("\n");
  const least = Math.min(lines.length, old.lines.length);
  let head = 0;
  while (head < least && lines[head] === old.lines[head]) head += 1;
  let tail = 0;
  while (tail < least - head && lines.at(-1 - tail) === old.lines.at(-1 - tail)) tail += 1;
  const more = lines.length - old.lines.length;
  const usual = commonest(old.ends);
  const endOf = (place) => {
    if (place < head || !more) return old.ends[place] ?? usual;
    return (place >= lines.length - 1 - tail ? old.ends[place - more] : usual) ?? usual;
  };
  return lines.map((line, place) => (place < lines.length - 1 ? line + endOf(place) : line)).join("");
}

function cut(text) {
  const parts = text.split(CUT);
  return { lines: parts.filter((_, place) => place % 2 === 0), ends: parts.filter((_, place) => place % 2 === 1) };
}

function commonest(ends) {
  const counts = new Map();
  for (const end of ends) counts.set(end, (counts.get(end) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1])[0]?.[0] ?? "\n";
}
