// The box with an edit's reason: opens on hover, focus or tap, stays while the pointer is in it, closes on Escape.
import { $, show } from "./dom.js";
import { isToLook, sidesOf, stateOf } from "./edits.js";

const LEAVE_MS = 250; // the time to move from the edit to the box
const KEEPS_OPEN = ".reason, .edit, .tools, .looks";

export class Popover {
  constructor(result) {
    Object.assign(this, { box: $("reason"), result, anchor: null, timer: 0, pinned: false, returning: false });
    this.box.addEventListener("mouseenter", () => clearTimeout(this.timer));
    this.box.addEventListener("mouseleave", () => this.leave());
    const follow = () => { if (this.anchor) this.place(); };
    for (const [target, kind] of [[result, "scroll"], [window, "scroll"], [window, "resize"]]) target.addEventListener(kind, follow, { passive: true });
    document.addEventListener("click", (event) => { if (!event.target.closest(KEEPS_OPEN)) this.close(); });
    document.addEventListener("focusout", (event) => {
      const to = event.relatedTarget;
      if (to && this.pinned && !to.closest(KEEPS_OPEN)) this.close();
    });
  }

  // A box opened by click or focus stays; one opened by hovering closes when the mouse leaves.
  open(edit, element, place, pinned) {
    clearTimeout(this.timer);
    this.pinned = pinned;
    this.anchor = element;
    this.write(edit, place);
    show(this.box, true);
    this.place();
  }

  write(edit, place) {
    const sides = sidesOf(edit).filter(Boolean);
    $("reason-change").replaceChildren(...(sides.length === 2 ? [sides[0], " ", sides[1]] : sides));
    this.box.classList.toggle("both", Boolean(edit.block || edit.look));
    this.box.classList.toggle("large", edit.block);
    show($("reason-look"), Boolean(edit.look));
    $("reason-look-state").textContent = isToLook(edit) ? "To look at." : "Had to be looked at.";
    $("reason-look-text").textContent = isToLook(edit) ? `${edit.look} It is not in your text unless you accept it.` : edit.look;
    $("reason-text").textContent = edit.reason;
    $("reason-kind").textContent = `${kindName(edit.kind)} · ${stateOf(edit)}`;
    $("reason-place").textContent = place;
    for (const [id, decision] of [["reason-accept", "accepted"], ["reason-reject", "rejected"]]) {
      $(id).setAttribute("aria-pressed", String(edit.decision === decision));
    }
    const undone = edit.decision === "undecided";
    if (undone && document.activeElement === $("reason-undo")) $("reason-accept").focus();
    show($("reason-undo"), !undone);
  }

  place() {
    const lines = [...this.anchor.getClientRects()];
    const text = this.result.getBoundingClientRect();
    const last = lines[lines.length - 1];
    if (!last || last.bottom < text.top || lines[0].top > text.bottom) { show(this.box, false); return; }
    show(this.box, true);
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const below = last.bottom + 8 + height < window.innerHeight;
    this.box.style.left = `${Math.max(8, Math.min(last.left, document.documentElement.clientWidth - width - 8))}px`;
    this.box.style.top = `${below ? last.bottom + 8 : Math.max(8, lines[0].top - height - 8)}px`;
  }

  leave() {
    clearTimeout(this.timer);
    if (!this.pinned) this.timer = setTimeout(() => this.close(), LEAVE_MS);
  }

  close() {
    clearTimeout(this.timer);
    const anchor = this.box.contains(document.activeElement) ? this.anchor : null;
    show(this.box, false);
    this.anchor = null;
    this.pinned = false;
    this.returning = true; // the focus goes back without opening the box again
    anchor?.focus({ preventScroll: true });
    this.returning = false;
  }
}

export function kindName(kind) {
  const plain = kind.split("/").pop().replaceAll("-", " ").replaceAll("_", " ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
