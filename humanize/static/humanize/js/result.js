// The text with its edits inline. Long texts are drawn window by window, so that a book does not become one page.
import { CodePoints } from "./codepoints.js";
import { make } from "./dom.js";

const WINDOW = 60_000; // code points drawn at a time

export class Result {
  constructor(box, moreButton, onPick) {
    Object.assign(this, { box, moreButton, onPick, edits: [], elements: new Map(), drawn: 0, next: 0 });
    box.addEventListener("click", (event) => this.pick(event.target.closest(".edit")));
    box.addEventListener("focusin", (event) => this.pick(event.target.closest(".edit")));
    box.addEventListener("mouseover", (event) => this.pick(event.target.closest(".edit"), true));
    moreButton.addEventListener("click", () => this.draw());
  }

  open(text, edits) {
    this.source = new CodePoints(text);
    this.edits = edits;
    this.elements.clear();
    this.box.replaceChildren();
    this.drawn = 0;
    this.next = 0;
    this.draw();
  }

  draw() {
    let stop = Math.min(this.drawn + WINDOW, this.source.length);
    const parts = [];
    while (this.next < this.edits.length && this.edits[this.next].start < stop) {
      const edit = this.edits[this.next++];
      parts.push(this.source.slice(this.drawn, edit.start), this.element(edit));
      this.drawn = edit.end;
      stop = Math.max(stop, edit.end);
    }
    parts.push(this.source.slice(this.drawn, stop));
    this.drawn = stop;
    this.box.append(...parts);
    this.moreButton.hidden = this.drawn >= this.source.length;
  }

  element(edit) {
    const parts = [];
    if (edit.before) parts.push(make("del", {}, make("span", { className: "hidden" }, "deleted: "), edit.before));
    if (edit.after) parts.push(make("ins", {}, make("span", { className: "hidden" }, "inserted: "), edit.after));
    if (!edit.after) parts.push(make("span", { className: "gap", "aria-hidden": "true" }, "⌫"));
    const element = make("span", { className: "edit", tabIndex: 0, role: "button", dataset: { id: edit.id } }, ...parts);
    this.elements.set(edit.id, element);
    this.mark(edit);
    return element;
  }

  mark(edit) {
    const element = this.elements.get(edit.id);
    if (!element) return;
    element.classList.toggle("accepted", edit.decision === "accepted");
    element.classList.toggle("rejected", edit.decision === "rejected");
    const change = edit.before && edit.after ? `“${edit.before}” to “${edit.after}”` : edit.before ? `delete “${edit.before}”` : `insert “${edit.after}”`;
    element.setAttribute("aria-label", `${change}. ${edit.reason} ${edit.decision}`);
  }

  markAll() { this.edits.forEach((edit) => this.mark(edit)); }

  pick(element, hovered = false) {
    if (!element) return;
    const edit = this.edits.find((one) => String(one.id) === element.dataset.id);
    this.box.querySelector(".current")?.classList.remove("current");
    element.classList.add("current");
    this.current = edit;
    this.onPick(edit, element, hovered);
  }

  // Step to the next or previous edit, drawing more of the text when needed.
  step(by) {
    if (!this.edits.length) return;
    const at = this.current ? this.edits.indexOf(this.current) + by : by > 0 ? 0 : this.edits.length - 1;
    const edit = this.edits[Math.min(Math.max(at, 0), this.edits.length - 1)];
    while (!this.elements.has(edit.id) && !this.moreButton.hidden) this.draw();
    this.elements.get(edit.id)?.focus();
    this.elements.get(edit.id)?.scrollIntoView({ block: "nearest" });
  }
}
