// The text with its edits inline. Long texts are drawn in windows, so that a book does not become one page.
import { CodePoints } from "./codepoints.js";
import { make } from "./dom.js";
import { isToLook, labelOf, sidesOf } from "./edits.js";
import { oneLineEnd } from "./lines.js";

const WINDOW = 60_000; // code points drawn at a time

export class Result {
  // `onPoint(edit, element, how)` with how "hover", "focus" or "click"; `onLeave()` when the mouse goes away.
  constructor(box, moreButton, onPoint, onLeave) {
    Object.assign(this, { box, moreButton, onPoint, pressed: false, edits: [], elements: new Map(), byId: new Map(), drawn: 0, next: 0 });
    box.addEventListener("click", (event) => this.pick(event.target.closest(".edit"), "click"));
    // A box that opened while the button is down could lie under the pointer and take the click.
    box.addEventListener("mousedown", () => { this.pressed = true; });
    document.addEventListener("mouseup", () => { this.pressed = false; });
    box.addEventListener("focusin", (event) => { if (!this.pressed) this.pick(event.target.closest(".edit"), "focus"); });
    // A finger does not hover, and a block shows both sides anyway.
    box.addEventListener("pointerover", (event) => { if (event.pointerType !== "touch") this.pick(event.target.closest(".edit:not(.block)"), "hover"); });
    box.addEventListener("pointerout", (event) => { if (event.target.closest(".edit")) onLeave(); });
    moreButton.addEventListener("click", () => this.draw());
  }

  // `complete` is false while more edits are loading; the text beyond the loaded edits is not drawn yet.
  open(text, edits, complete = true) {
    this.source = new CodePoints(text);
    this.edits = edits;
    this.complete = complete;
    this.byId = new Map(edits.map((edit) => [String(edit.id), edit]));
    this.elements.clear();
    this.box.replaceChildren();
    this.box.scrollTop = 0;
    Object.assign(this, { drawn: 0, next: 0, current: null });
    this.draw();
  }

  // The remaining edits have been loaded; the page does not change.
  extend(edits) {
    this.edits = edits;
    this.complete = true;
    edits.forEach((edit) => this.byId.set(String(edit.id), edit));
    this.moreButton.hidden = this.drawn >= this.source.length;
  }

  draw() {
    let stop = Math.min(this.drawn + WINDOW, this.source.length);
    const parts = [];
    while (this.next < this.edits.length && this.edits[this.next].start < stop) {
      const edit = this.edits[this.next++];
      parts.push(oneLineEnd(this.source.slice(this.drawn, edit.start)), this.element(edit));
      this.drawn = edit.end;
      stop = Math.max(stop, edit.end);
    }
    parts.push(oneLineEnd(this.source.slice(this.drawn, stop)));
    this.drawn = stop;
    this.box.append(...parts);
    this.moreButton.hidden = !this.complete || this.drawn >= this.source.length;
  }

  drawAll() {
    while (!this.moreButton.hidden) this.draw();
  }

  element(edit) {
    const parts = sidesOf(edit);
    if (!edit.after) parts.push(make("span", { className: "gap" }));
    // One tab stop for all edits: arrows or J and K move between them.
    const element = make("span", { className: edit.block ? "edit block" : "edit", tabIndex: this.elements.size ? -1 : 0, role: "button", "aria-haspopup": "dialog", dataset: { id: edit.id } }, ...parts);
    // A block has a line of its own already, so the end of its line would leave an empty one.
    if (edit.block) element.classList.toggle("whole", /^[\r\n]/.test(this.source.slice(edit.end, edit.end + 1)));
    this.elements.set(edit.id, element);
    this.mark(edit);
    return element;
  }

  mark(edit) {
    const element = this.elements.get(edit.id);
    if (!element) return;
    element.classList.toggle("accepted", edit.decision === "accepted");
    element.classList.toggle("rejected", edit.decision === "rejected");
    element.classList.toggle("look", isToLook(edit));
    element.setAttribute("aria-label", labelOf(edit));
  }

  pick(element, how) {
    if (!element) return;
    const edit = this.byId.get(element.dataset.id);
    if (how !== "hover") this.choose(edit, element);
    this.onPoint(edit, element, how);
  }

  choose(edit, element) {
    const old = this.current && this.elements.get(this.current.id);
    old?.classList.remove("current");
    this.box.querySelector('.edit[tabindex="0"]')?.setAttribute("tabindex", "-1");
    element.setAttribute("tabindex", "0");
    element.classList.add("current");
    this.current = edit;
  }

  placeOf(edit) { return this.edits.indexOf(edit) + 1; }

  // Step to the next or previous edit, drawing more of the text when needed.
  step(by) {
    if (!this.edits.length) return;
    const at = this.current ? this.edits.indexOf(this.current) + by : by > 0 ? 0 : this.edits.length - 1;
    this.go(this.edits[Math.min(Math.max(at, 0), this.edits.length - 1)]);
  }

  // Step to the next edit that is to be looked at, from the end on to the first one.
  stepToLook() {
    const from = this.current ? this.edits.indexOf(this.current) + 1 : 0;
    const next = [...this.edits.slice(from), ...this.edits.slice(0, from)].find(isToLook);
    if (next) this.go(next);
  }

  go(edit) {
    while (!this.elements.has(edit.id) && !this.moreButton.hidden) this.draw();
    const element = this.elements.get(edit.id);
    element?.scrollIntoView({ block: "nearest" });
    element?.focus({ preventScroll: true });
  }
}
