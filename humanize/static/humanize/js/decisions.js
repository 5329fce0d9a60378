// The writer's decisions: on one edit, a kind of edits, or all; by mouse, in the box next to an edit, or by key.
import { post } from "./api.js";
import { $, count, make, number, say, show } from "./dom.js";
import { Popover, kindName } from "./popover.js";

const STEPS = { j: 1, ArrowDown: 1, ArrowRight: 1, k: -1, ArrowUp: -1, ArrowLeft: -1 };
const DECIDE = { a: "accepted", r: "rejected", u: "undecided" };

export class Decisions {
  // `onDecided()` is called once the server has stored a decision.
  constructor(onDecided) {
    Object.assign(this, { data: null, edit: null, onDecided, popover: new Popover($("result")) });
    for (const [id, decision] of [["accept-all", "accepted"], ["reject-all", "rejected"], ["reset-all", "undecided"]]) {
      $(id).addEventListener("click", () => this.all(decision));
    }
    for (const [id, decision] of [["reason-accept", "accepted"], ["reason-reject", "rejected"], ["reason-undo", "undecided"]]) {
      $(id).addEventListener("click", () => this.one(decision));
    }
    $("next-edit").addEventListener("click", () => this.result.step(1));
    $("previous-edit").addEventListener("click", () => this.result.step(-1));
    document.addEventListener("keydown", (event) => this.key(event));
  }

  open(data, result) {
    Object.assign(this, { data, result, edit: null });
    this.popover.close();
    show($("kinds"), data.edits.length > 0);
    this.kinds();
    this.where();
  }

  extended() {
    this.kinds();
    this.where();
  }

  // Single letters count only while the focus is in the rewrite or in the box next to an edit.
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.data) return;
    if (event.key === "Escape") { this.popover.close(); return; }
    if (!event.target.closest("#result-pane, #reason") || event.target.closest("textarea, input, select")) return;
    const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const onEdit = event.target.closest(".edit");
    if (STEPS[letter] && (onEdit || letter.length === 1)) { event.preventDefault(); this.result.step(STEPS[letter]); }
    if (onEdit && (letter === "Enter" || letter === " ")) { event.preventDefault(); $("reason-accept").focus(); }
    if (DECIDE[letter] && this.edit) { event.preventDefault(); this.one(DECIDE[letter]); }
  }

  // Show the reason next to the edit under the pointer.
  point(edit, element, how) {
    if (this.popover.returning || (how === "hover" && this.popover.pinned)) return;
    this.edit = edit;
    this.popover.open(edit, element, this.placeOf(edit), how !== "hover");
    if (how !== "hover") this.where();
  }

  placeOf(edit) { return `${number(this.result.placeOf(edit))} of ${number(this.data.edits.length)}`; }

  where() { $("edit-place").textContent = this.edit ? this.placeOf(this.edit) : count(this.data.edits.length, "edit"); }

  async one(decision) {
    const edit = this.edit;
    if (!edit) return;
    await this.send({ decisions: [{ id: edit.id, decision }] }, [edit], decision);
    if (this.edit === edit) this.popover.write(edit, this.placeOf(edit));
  }

  all(decision) { return this.send({ decision, all: true }, this.data.edits, decision); }

  kind(kind, decision) { return this.send({ decision, kind }, this.data.edits.filter((edit) => edit.kind === kind), decision); }

  // Show the decision at once, and undo it if the server did not store it.
  async send(body, edits, decision) {
    const { data } = this;
    const before = edits.map((edit) => edit.decision);
    this.set(edits, () => decision);
    try {
      const counts = await post(`transformations/${data.id}/edits/decide`, body);
      if (this.data !== data) return;
      say($("failure"), "");
      say($("summary"), told(counts));
      this.onDecided(counts);
    } catch (error) {
      this.set(edits, (place) => before[place]);
      if (this.data === data) say($("failure"), `${error.message} Your last decision was not saved.`, true);
    }
  }

  set(edits, decisionAt) {
    edits.forEach((edit, place) => { edit.decision = decisionAt(place); this.result.mark(edit); });
    this.kinds();
  }

  kinds() {
    const groups = new Map();
    for (const edit of this.data.edits) groups.set(edit.kind, [...(groups.get(edit.kind) ?? []), edit]);
    const rows = [...groups].sort((left, right) => right[1].length - left[1].length).map(([kind, edits]) => this.kindRow(kind, edits));
    const focused = document.activeElement?.dataset?.kind;
    $("kind-list").replaceChildren(...rows);
    if (focused) $("kind-list").querySelector(`[data-kind="${CSS.escape(focused)}"]`)?.focus();
  }

  kindRow(kind, edits) {
    const button = (decision, verb) => make("button", {
      type: "button", textContent: verb, dataset: { kind: `${decision} ${kind}` },
      "aria-label": `${verb} all: ${kindName(kind)}`, "aria-pressed": String(edits.every((edit) => edit.decision === decision)),
      onclick: () => this.kind(kind, decision),
    });
    const label = make("span", {}, kindName(kind), make("span", { className: "quiet" }, ` ${number(edits.length)}`));
    return make("li", {}, label, button("accepted", "Accept"), button("rejected", "Reject"));
  }
}

// The decisions so far in words, or an empty text while there are none.
export function soFar(edits) {
  const of = (decision) => edits.filter((edit) => edit.decision === decision).length;
  const counts = { accepted: of("accepted"), rejected: of("rejected"), undecided: of("undecided") };
  return counts.accepted + counts.rejected ? told(counts) : "";
}

function told({ accepted, rejected, undecided }) {
  if (!undecided) return `All decided: ${number(accepted)} accepted, ${number(rejected)} rejected.`;
  return `${number(accepted)} accepted, ${number(rejected)} rejected, ${number(undecided)} undecided. Undecided edits stay in the text.`;
}
