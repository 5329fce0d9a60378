// What a selection of the rewrite gives when it is copied or dragged: the text as decided, without the words of edits
// that do not count. The page shows old and new words next to each other; together they are nobody's text.
import { make } from "./dom.js";
import { isApplied } from "./edits.js";

export class DecidedSelection {
  // `result` knows the edits and can draw the rest of a long text.
  constructor(box, result) {
    Object.assign(this, { box, result });
    document.addEventListener("copy", (event) => this.give(event, event.clipboardData));
    box.addEventListener("dragstart", (event) => this.give(event, event.dataTransfer));
    box.addEventListener("keydown", (event) => this.selectAll(event));
  }

  give(event, transfer) {
    const selection = document.getSelection();
    if (event.target.closest?.("textarea, input") || !selection.rangeCount) return;
    const ranges = Array.from({ length: selection.rangeCount }, (_, place) => selection.getRangeAt(place));
    if (!transfer || !ranges.some((range) => range.intersectsNode(this.box))) return;
    const inside = ranges.every((range) => this.box.contains(range.commonAncestorContainer));
    const text = inside ? ranges.map((range) => this.textOf(range)).join("\n") : this.wholePage(selection);
    if (!text) return; // nothing but words that an edit deletes: the writer wants just these
    transfer.setData("text/plain", text);
    transfer.setData("text/html", htmlOf(text));
    if (event.type === "copy") event.preventDefault();
  }

  textOf(range) {
    const walker = document.createTreeWalker(this.box, NodeFilter.SHOW_TEXT);
    let text = "";
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!range.intersectsNode(node) || !this.counts(node)) continue;
      const start = node === range.startContainer ? range.startOffset : 0;
      text += node.data.slice(start, node === range.endContainer ? range.endOffset : node.length);
    }
    return text;
  }

  counts(node) {
    const element = node.parentElement.closest(".edit");
    if (!element) return true;
    const applied = isApplied(this.result.byId.get(element.dataset.id));
    return node.parentElement.closest("del") ? !applied : applied;
  }

  // A selection that goes beyond the rewrite: the browser knows best how the rest of the page reads as text.
  wholePage(selection) {
    this.box.classList.add("copied");
    const text = selection.toString();
    this.box.classList.remove("copied");
    return text;
  }

  // Ctrl+A in the rewrite means the rewrite, not the page.
  selectAll(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "a") return;
    event.preventDefault();
    this.result.drawAll();
    document.getSelection().selectAllChildren(this.box);
  }
}

function htmlOf(text) {
  const paragraphs = text.split(/\n{2,}/).map((block) => {
    const lines = block.split("\n").flatMap((line, place) => (place ? [make("br"), line] : [line]));
    return make("p", {}, ...lines);
  });
  return make("div", {}, ...paragraphs).innerHTML;
}
