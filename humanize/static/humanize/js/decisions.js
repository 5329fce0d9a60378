// The writer's decisions: on one edit, a kind of edits, or all; by mouse, in the box next to an edit, or by key.
// The server has the last word: its answer says which edits changed, and a version shows decisions from elsewhere.
import { get, post } from "./api.js";
import { $, count, make, number, say, show } from "./dom.js";
import { isToLook } from "./edits.js";
import { Popover, kindName } from "./popover.js";

const STEPS = { j: 1, ArrowDown: 1, ArrowRight: 1, k: -1, ArrowUp: -1, ArrowLeft: -1 };
const DECIDE = { a: "accepted", r: "rejected", u: "undecided" };
// These have a history of their own, which the browser keeps; everywhere else Ctrl+Z is about the decisions.
const WRITTEN_IN = "textarea, select, [contenteditable], input:not([type=radio], [type=range], [type=checkbox], [type=file])";

export class Decisions {
  // `onDecided()` is called once the server has stored a decision.
  constructor(onDecided) {
    Object.assign(this, { data: null, edit: null, onDecided, popover: new Popover($("result")), turn: Promise.resolve() });
    for (const [id, decision] of [["accept-all", "accepted"], ["reject-all", "rejected"], ["reset-all", "undecided"]]) {
      $(id).addEventListener("click", () => this.all(decision));
    }
    for (const [id, decision] of [["reason-accept", "accepted"], ["reason-reject", "rejected"], ["reason-undo", "undecided"]]) {
      $(id).addEventListener("click", () => this.one(decision));
    }
    $("undo-decision").addEventListener("click", () => this.revert("undo"));
    $("redo-decision").addEventListener("click", () => this.revert("redo"));
    $("override").addEventListener("click", () => this.overrule());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.catchUp(); });
    $("next-look").addEventListener("click", () => this.result.stepToLook());
    $("next-edit").addEventListener("click", () => this.result.step(1));
    $("previous-edit").addEventListener("click", () => this.result.step(-1));
    document.addEventListener("keydown", (event) => this.key(event));
  }

  open(data, result) {
    Object.assign(this, { data, result, edit: null });
    this.popover.close();
    show($("kinds"), data.edits.length > 0);
    show($("kept"), false);
    this.history(data.decisions);
    this.overview();
    this.where();
  }

  extended() {
    this.overview();
    this.where();
  }

  // Single letters count only while the focus is in the rewrite or in the box next to an edit.
  key(event) {
    if (!this.data) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey) { this.historyKey(event); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { this.popover.close(); return; }
    if (!event.target.closest("#result-pane, #reason") || event.target.closest("textarea, input, select")) return;
    const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const onEdit = event.target.closest(".edit");
    if (STEPS[letter] && (onEdit || letter.length === 1)) { event.preventDefault(); this.result.step(STEPS[letter]); }
    if (letter === "l") { event.preventDefault(); this.result.stepToLook(); }
    if (onEdit && (letter === "Enter" || letter === " ")) { event.preventDefault(); $("reason-accept").focus(); }
    if (DECIDE[letter] && this.edit) { event.preventDefault(); this.one(DECIDE[letter]); }
  }

  // Outside a text field the browser would undo what was last typed anywhere on the page, and so empty the draft.
  historyKey(event) {
    const letter = event.key.toLowerCase();
    if ((letter !== "z" && letter !== "y") || event.target.closest(WRITTEN_IN)) return;
    event.preventDefault();
    this.revert(letter === "y" || event.shiftKey ? "redo" : "undo");
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
    const before = edit.decision;
    this.set([edit], decision); // shown at once, and taken back if the server does not store it
    const stored = await this.send("edits/decide", { decisions: [{ id: edit.id, decision }] });
    if (!stored) this.set([edit], before);
    if (this.edit === edit) this.popover.write(edit, this.placeOf(edit));
  }

  all(decision) { return this.together({ decision, all: true }); }

  kind(kind, decision) { return this.together({ decision, kind }); }

  // Decide on many edits. Those that were decided more precisely stay as they are; the writer can overrule that.
  async together(body) {
    const answer = await this.send("edits/decide", body);
    if (!answer?.kept) return;
    const verb = body.decision === "accepted" ? "Accept" : "Reject";
    this.kept = { ...body, override: true };
    $("kept-text").textContent = `${count(answer.kept, "edit")} that you had decided separately ${answer.kept === 1 ? "stays" : "stay"} as decided.`;
    $("override").textContent = `${verb} ${answer.kept === 1 ? "it" : "them"} too`;
    show($("kept"), true);
  }

  overrule() {
    $("undo-decision").focus(); // the button is about to disappear
    return this.together(this.kept);
  }

  async revert(verb) {
    // Looked at when its turn comes: decisions before it may still be on their way.
    await this.send(`decisions/${verb}`, ({ decisions }) => (decisions[`can_${verb}`] ? { version: decisions.version } : null));
    if (this.edit && !$("reason").hidden) this.popover.write(this.edit, this.placeOf(this.edit));
  }

  // One request after the other, so that the answers come in the order of the decisions. Resolves to the answer, or to
  // null where there is none.
  send(path, body) {
    const { data } = this;
    this.turn = this.turn.then(() => this.ask(data, path, typeof body === "function" ? body(data) : body));
    return this.turn;
  }

  async ask(data, path, body) {
    if (!body) return null;
    show($("kept"), false);
    try {
      const answer = await post(`transformations/${data.id}/${path}`, body);
      if (this.data !== data) return answer;
      say($("failure"), "");
      say($("summary"), told(answer));
      this.take(data, answer);
      this.onDecided();
      return answer;
    } catch (error) {
      if (this.data === data) await this.failed(data, error);
      return null;
    }
  }

  async failed(data, error) {
    if (error.problem?.code !== "stale_version") { say($("failure"), `${error.message} Your last decision was not saved.`, true); return; }
    await this.read(data);
    say($("failure"), "The decisions were changed in another tab. They are shown now; press again to go on from here.", true);
  }

  // Show what the server changed. If numbers are missing in between, somebody else has decided, too.
  take(data, answer) {
    const byId = new Map(data.edits.map((edit) => [edit.id, edit]));
    const changed = Object.entries(answer.changed).flatMap(([decision, ids]) => ids.map((id) => [byId.get(id), decision])).filter(([edit]) => edit);
    const missed = answer.version - data.decisions.version > (Object.values(answer.changed).flat().length ? 1 : 0);
    changed.forEach(([edit, decision]) => { edit.decision = decision; this.result.mark(edit); });
    this.history({ version: answer.version, can_undo: answer.can_undo, can_redo: answer.can_redo });
    data.to_look = answer.to_look;
    this.overview();
    if (missed) this.read(data);
  }

  // Another tab or a program may have decided while this one was hidden.
  async catchUp() {
    const { data } = this;
    if (!data) return;
    try {
      const { results } = await get(`transformations/${data.id}/decisions?page_size=1`);
      if (this.data === data && (results[0]?.number ?? 0) !== data.decisions.version) await this.read(data);
    } catch { /* the next decision tells */ }
  }

  // Read all decisions again, without drawing the text anew.
  async read(data) {
    try {
      const fresh = await get(`transformations/${data.id}`);
      const edits = fresh.edits;
      for (let cursor = fresh.edits_next; cursor;) {
        const page = await get(`transformations/${data.id}/edits?page_size=200&cursor=${encodeURIComponent(cursor)}`);
        edits.push(...page.results);
        cursor = page.next;
      }
      if (this.data !== data) return;
      const byId = new Map(edits.map((edit) => [edit.id, edit.decision]));
      data.edits.forEach((edit) => { edit.decision = byId.get(edit.id) ?? edit.decision; this.result.mark(edit); });
      this.history(fresh.decisions);
      data.to_look = fresh.to_look;
      this.overview();
      say($("summary"), soFar(data.edits));
    } catch (error) { if (this.data === data) say($("failure"), error.message, true); }
  }

  history(decisions) {
    this.data.decisions = decisions;
    for (const [id, possible, other] of [["undo-decision", decisions.can_undo, "redo-decision"], ["redo-decision", decisions.can_redo, "undo-decision"]]) {
      const focused = document.activeElement === $(id);
      $(id).disabled = !possible;
      if (focused && !possible && !$(other).disabled) $(other).focus(); // a disabled button would drop the focus
    }
  }

  set(edits, decision) {
    edits.forEach((edit) => { edit.decision = decision; this.result.mark(edit); });
    this.overview();
  }

  overview() {
    this.kinds();
    this.looks();
  }

  // How many edits are left to look at. While a long text is still loading, only the server knows.
  looks() {
    const left = this.result.complete ? this.data.edits.filter(isToLook).length : this.data.to_look;
    show($("looks"), left > 0);
    $("looks-text").textContent = left === 1
      ? "1 edit is left to look at. It is not in the text, and “Accept all” leaves it out: read it, then accept or reject it."
      : `${number(left)} edits are left to look at. They are not in the text, and “Accept all” leaves them out: read each one, then accept or reject it.`;
    $("next-look").textContent = left === 1 ? "Go to it" : "Go to the next one";
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
    // Edits to look at are accepted one by one, so the button does not answer for them.
    const together = { accepted: edits.filter((edit) => !edit.look), rejected: edits };
    const isAll = (decision) => together[decision].length > 0 && together[decision].every((edit) => edit.decision === decision);
    const button = (decision, verb) => make("button", {
      type: "button", textContent: verb, dataset: { kind: `${decision} ${kind}` },
      "aria-label": `${verb} all: ${kindName(kind)}`, "aria-pressed": String(isAll(decision)),
      onclick: () => this.kind(kind, decision),
    });
    const looks = edits.filter(isToLook).length;
    const label = make("span", {}, kindName(kind), make("span", { className: "quiet" }, ` ${number(edits.length)}${looks ? `, ${number(looks)} to look at` : ""}`));
    return make("li", {}, label, button("accepted", "Accept"), button("rejected", "Reject"));
  }
}

// The decisions so far in words, or an empty text while there are none.
export function soFar(edits) {
  const of = (decision) => edits.filter((edit) => edit.decision === decision).length;
  const counts = { accepted: of("accepted"), rejected: of("rejected"), undecided: of("undecided"), to_look: edits.filter(isToLook).length };
  return counts.accepted + counts.rejected ? told(counts) : "";
}

function told({ accepted, rejected, undecided, to_look: looks }) {
  const decided = `${number(accepted)} accepted, ${number(rejected)} rejected`;
  if (!undecided) return `All decided: ${decided}.`;
  if (undecided === looks) return `${decided}, ${number(looks)} left to look at.`;
  if (!looks) return `${decided}, ${number(undecided)} undecided. Undecided edits stay in the text.`;
  return `${decided}, ${number(undecided - looks)} undecided, ${number(looks)} to look at. Undecided edits stay in the text; those to look at are not in it.`;
}
