// What the writer decides: one edit, a kind, or all; by mouse, by the box beside an edit, or by key.
import { post } from "./api.js";
import { $, make, say, show } from "./dom.js";

const KEYS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
const DECIDE = { a: "accepted", r: "rejected", u: "undecided" };

export class Decisions {
  constructor() {
    this.data = null;
    this.box = $("reason");
    $("accept-all").addEventListener("click", () => this.all("accepted"));
    $("reject-all").addEventListener("click", () => this.all("rejected"));
    $("reason-accept").addEventListener("click", () => this.one("accepted"));
    $("reason-reject").addEventListener("click", () => this.one("rejected"));
    $("reason-undo").addEventListener("click", () => this.one("undecided"));
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("click", (event) => { if (!event.target.closest(".reason, .edit")) show(this.box, false); });
    for (const [target, kind] of [[$("result"), "scroll"], [window, "resize"]]) target.addEventListener(kind, () => show(this.box, false));
  }

  open(data, result) {
    Object.assign(this, { data, result, edit: null });
    show(this.box, false);
    this.kinds();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.data) return;
    if (event.target.closest("textarea, input, select")) return;
    const inResult = event.target.closest("#result");
    if (event.key === "Escape") { show(this.box, false); return; }
    const step = KEYS[event.key];
    if (step && (inResult || event.key.length === 1)) { event.preventDefault(); this.result.step(step); }
    const decision = DECIDE[event.key.toLowerCase()] ?? (event.key === "Enter" && inResult ? this.toggled() : null);
    if (decision && this.edit) { event.preventDefault(); this.one(decision); }
  }

  toggled() { return this.edit?.decision === "accepted" ? "rejected" : "accepted"; }

  // Show the reason beside the edit that is pointed at.
  point(edit, element, hovered) {
    this.edit = edit;
    $("reason-text").textContent = edit.reason;
    $("reason-kind").textContent = `${name(edit.kind)}, ${edit.decision}`;
    show(this.box, true);
    const place = element.getBoundingClientRect();
    const width = this.box.offsetWidth;
    const left = Math.max(8, Math.min(place.left, document.documentElement.clientWidth - width - 8));
    this.box.style.left = `${left + window.scrollX}px`;
    this.box.style.top = `${place.bottom + window.scrollY + 6}px`;
    if (!hovered) $("announce").textContent = `${edit.reason} ${edit.decision}`;
  }

  async one(decision) {
    const edit = this.edit;
    if (!edit) return;
    await this.send({ decisions: [{ id: edit.id, decision }] }, [edit], decision);
    $("reason-kind").textContent = `${name(edit.kind)}, ${edit.decision}`;
    $("announce").textContent = edit.decision;
  }

  all(decision) { return this.send({ decision, all: true }, this.data.edits, decision); }

  kind(kind, decision) { return this.send({ decision, kind }, this.data.edits.filter((edit) => edit.kind === kind), decision); }

  // Shown at once, taken back when the server did not hear it.
  async send(body, edits, decision) {
    const before = edits.map((edit) => edit.decision);
    edits.forEach((edit) => { edit.decision = decision; });
    this.result.markAll();
    try {
      const { accepted, rejected, undecided } = await post(`transformations/${this.data.id}/edits/decide`, body);
      say($("failure"), "");
      say($("summary"), `${accepted} accepted, ${rejected} rejected, ${undecided} undecided.`);
    } catch (error) {
      edits.forEach((edit, place) => { edit.decision = before[place]; });
      this.result.markAll();
      say($("failure"), error.message, true);
    }
  }

  kinds() {
    const counts = new Map();
    for (const edit of this.data.edits) counts.set(edit.kind, (counts.get(edit.kind) ?? 0) + 1);
    show($("kinds"), counts.size > 0);
    const button = (kind, decision, verb) => make("button", { type: "button", textContent: verb, "aria-label": `${verb} all: ${name(kind)}`, onclick: () => this.kind(kind, decision) });
    const rows = [...counts].sort((left, right) => right[1] - left[1]).map(([kind, count]) =>
      make("li", { dataset: { kind } }, make("span", {}, `${name(kind)} (${count})`), button(kind, "accepted", "Accept"), button(kind, "rejected", "Reject")));
    $("kind-list").replaceChildren(...rows);
  }
}

function name(kind) {
  const plain = kind.split("/").pop().replaceAll("-", " ").replaceAll("_", " ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
