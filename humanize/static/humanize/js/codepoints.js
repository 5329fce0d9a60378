// The API counts code points, JavaScript counts UTF-16 units: an emoji is one there and two here.
export class CodePoints {
  constructor(text) {
    this.text = text;
    this.marks = []; // code point offsets after which the index grows by one more unit
    let points = 0;
    for (const character of text) {
      points += 1;
      if (character.length === 2) this.marks.push(points);
    }
    this.length = points;
  }

  // The index in UTF-16 units of a code point offset, by bisection over the astral characters.
  index(offset) {
    let low = 0;
    let high = this.marks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.marks[middle] <= offset) low = middle + 1; else high = middle;
    }
    return offset + low;
  }

  slice(start, end) { return this.text.slice(this.index(start), this.index(end)); }
}
