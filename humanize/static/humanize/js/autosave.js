// Keeps the draft on the server while it is typed. Each save names the version that it is based on, so the server refuses
// one from a tab that has not seen the latest text; this tab then asks the writer, and neither text is lost.
//
// What the server has not confirmed yet also lies in the browser's storage, under a name of this tab: after a crash or
// without a connection it is saved from there when the page is opened again.
import { call, del, get } from "./api.js";
import { $, askTwice, date, make, say, show } from "./dom.js";
import { fingerprint, forget, heldByTab, holdInTab, keep, kept, keptNames, keptObject, newId, tabId } from "./store.js";

const JOURNAL = "unsaved.";
const JOURNAL_MS = 250; // a book has megabytes, too many to store at every keystroke
const PAUSE_MS = 1000; // after the last change
const LONG_PAUSE_MS = 5000; // for a book
const LONG = 200_000; // characters
const RETRY_MS = 5000;
const ABANDONED_MS = 15_000; // a tab that is still open would have touched its entry
const KEEPALIVE_BYTES = 60_000; // browsers let a closing page send little more

export class Autosave {
  // `draft` has `content()`, `show(content)` and `offer(text)`. `ready` resolves when the first draft is on the page.
  constructor(draft) {
    Object.assign(this, { draft, timer: 0, journalTimer: 0, saving: null, before: heldByTab("draft") });
    this.start();
    for (const [target, kind] of [[window, "pagehide"], [document, "visibilitychange"]]) target.addEventListener(kind, (event) => this.leaving(event));
    window.addEventListener("focus", () => this.catchUp());
    window.addEventListener("online", () => this.save());
    $("drafts").addEventListener("change", (event) => this.switchTo(event.target.value));
    $("new-draft").addEventListener("click", () => this.switchTo(null));
    askTwice($("delete-draft"), "Delete this draft?", () => this.remove());
    $("keep-mine").addEventListener("click", () => this.keepMine());
    $("keep-theirs").addEventListener("click", () => this.keepTheirs());
    this.ready = this.restore().finally(() => { this.isReady = true; });
  }

  // A draft gets its id here, before the server knows it, so that its first save can be repeated, too. `print` is that
  // of what the server has, `unconfirmed` those of the saves that were sent without an answer.
  start({ id = newId(), version = 0, print = "", unconfirmed = [] } = {}) {
    Object.assign(this, { id, version, print, unconfirmed, dirty: false });
    holdInTab("draft", id);
    this.conflict("");
  }

  // Text that was typed before this script ran, or while the draft was on its way, is never replaced.
  async restore() {
    const entry = this.abandoned();
    if (entry) {
      this.start({ ...entry, print: "" });
      this.draft.show(entry.content);
      this.changed();
      this.journal();
      await this.catchUpWith(entry);
      return;
    }
    try {
      const { results } = await get("drafts?page_size=200");
      const latest = [...results].sort((one, other) => other.updated_at.localeCompare(one.updated_at))[0];
      const wanted = [this.before, kept("draft"), latest?.id].find((id) => results.some((one) => one.id === id));
      if (wanted && !this.typed()) await this.open(wanted, () => !this.typed());
      this.drawList(results);
    } catch (error) { this.tell(error.message, true); }
    if (this.typed()) this.changed();
  }

  // The last save of a page that was closed may have arrived, or another tab has saved since.
  async catchUpWith({ id, version }) {
    try {
      const { results } = await get("drafts?page_size=200");
      this.drawList(results);
      if (this.id === id && results.some((one) => one.id === id && one.version > version)) await this.compare();
    } catch { /* the next save tells */ }
  }

  typed() { return this.version === 0 && this.draft.content().text !== ""; }

  async open(id, wanted = () => true) {
    const found = await get(`drafts/${id}`);
    if (wanted()) this.adopt(found, "Saved.");
  }

  // What the server has becomes the draft of this tab.
  adopt({ id, version, text, options }, said) {
    const content = inOrder({ text, ...options });
    this.start({ id, version, print: printOf(content) });
    keep("draft", id);
    this.draft.show(content);
    this.tell(said);
    this.mark();
  }

  // The writer has changed the text or an option.
  changed() {
    this.dirty = true;
    clearTimeout(this.journalTimer);
    this.journalTimer = setTimeout(() => this.journal(), JOURNAL_MS);
    this.later(this.draft.length() > LONG ? LONG_PAUSE_MS : PAUSE_MS);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  journal() {
    clearTimeout(this.journalTimer);
    const { id, version, unconfirmed } = this;
    const entry = { id, version, unconfirmed, content: this.content(), at: Date.now() };
    if (this.dirty && !keep(JOURNAL + tabId(), entry)) this.tell("Not saved yet, and too long to keep in this browser.", true);
    if (!this.dirty) forget(JOURNAL + tabId());
  }

  // The entry of this tab, or of one that is gone. Others wait until a page is opened next.
  abandoned() {
    const own = JOURNAL + tabId();
    for (const name of keptNames(JOURNAL).sort((one) => (one === own ? -1 : 1))) {
      const entry = keptObject(name);
      if (!entry?.content || (name !== own && Date.now() - entry.at < ABANDONED_MS)) continue;
      forget(name);
      if (!this.typed()) return entry;
      keep(JOURNAL + newId(), entry);
    }
    return null;
  }

  content() { return inOrder(this.draft.content()); }

  // One save after the other: the next one looks again at what has changed.
  save(options = {}) {
    clearTimeout(this.timer);
    if (!this.isReady && !options.closing) return this.ready.then(() => this.save(options)); // its version may be an old one
    if (!this.saving && this.dirty && !this.lost) this.saving = this.send(options).finally(() => { this.saving = null; });
    return this.saving ?? Promise.resolve();
  }

  async send({ closing = false }) {
    const content = this.content();
    const print = printOf(content);
    if (this.isKnown(print, content)) { this.settle(); return; }
    const { id, version } = this;
    this.unconfirmed.push(print);
    this.journal();
    this.tell("Saving…");
    try {
      const keepalive = closing && content.text.length * 3 < KEEPALIVE_BYTES;
      const answer = await call("PUT", `drafts/${id}`, { ...content, version }, {}, { keepalive });
      if (this.id === id) this.stored(answer.version, print);
    } catch (error) { if (this.id === id) await this.refused(error); }
  }

  stored(version, print) {
    const isNew = this.version === 0;
    Object.assign(this, { version, print, unconfirmed: [] });
    keep("draft", this.id);
    this.settle();
    if (isNew) this.list();
  }

  // Whether the server has it. A new draft without a word is not worth keeping.
  isKnown(print, content) { return print === this.print || (this.version === 0 && !content.text); }

  settle() {
    const content = this.content();
    this.dirty = !this.isKnown(printOf(content), content);
    this.journal();
    if (this.dirty) this.later(PAUSE_MS);
    else this.tell(this.version ? "Saved." : "");
  }

  async refused(error) {
    if (error.problem?.code === "stale_version") { await this.compare(); return; }
    if (error.status === 404) { this.conflict("gone"); return; }
    this.journal();
    this.tell(`Not saved on the server yet, only in this browser. ${error.message}`, true);
    if ([0, 401, 403, 429].includes(error.status) || error.status >= 500) this.later(RETRY_MS);
  }

  // The other text may be this tab's own: the answer to its save was lost.
  async compare() {
    const { id } = this;
    try {
      const { text, options, version } = await get(`drafts/${id}`);
      if (this.id !== id) return;
      const print = printOf(inOrder({ text, ...options }));
      if (!this.unconfirmed.includes(print)) { this.conflict("changed"); return; }
      this.stored(version, print);
    } catch (error) { if (this.id === id) await this.refused(error); }
  }

  conflict(kind) {
    this.lost = kind;
    show($("conflict"), Boolean(kind));
    if (!kind) return;
    const gone = kind === "gone";
    $("conflict-text").textContent = gone
      ? "This draft was deleted in another tab or on another device. Your text is still here."
      : "This draft was changed in another tab or on another device. Both texts are still there.";
    $("keep-theirs").textContent = gone ? "Delete it here, too" : "Use the other text";
    this.tell("Not saved: choose what to do with your text.", true);
    this.journal();
  }

  keepMine() {
    this.start();
    this.changed();
    this.draft.focus();
    return this.save();
  }

  // The writer's own text stays one click away.
  async keepTheirs() {
    const mine = this.draft.content().text;
    try {
      if (this.lost === "gone") this.blank(); else await this.open(this.id);
    } catch (error) { this.tell(error.message, true); return; }
    this.draft.offer(mine);
    this.journal();
    this.list();
  }

  blank() {
    this.start();
    this.draft.show({ ...this.content(), text: "", protected: [] });
    this.tell("");
    this.mark();
  }

  async switchTo(id) {
    await this.saving;
    await this.save();
    this.mark();
    if (this.dirty) { say($("draft-said"), "This draft stays open, since it is not saved on the server yet.", true); return; }
    try {
      if (id) await this.open(id); else this.blank();
      say($("draft-said"), "");
      this.draft.offer("");
      if (!id) this.draft.focus();
    } catch (error) { say($("draft-said"), error.message, true); this.list(); }
  }

  async remove() {
    clearTimeout(this.timer);
    await this.saving;
    try {
      if (this.version) await del(`drafts/${this.id}`);
    } catch (error) { if (error.status !== 404) { say($("draft-said"), error.message, true); return; } }
    this.blank();
    this.journal();
    this.draft.offer("");
    this.list();
    this.draft.focus();
  }

  // A stale tab that closes sends its text like any other save: the server refuses it, and the browser keeps it.
  leaving(event) {
    if (event.type === "visibilitychange" && !document.hidden) { this.catchUp(); return; }
    this.journal();
    this.save({ closing: true });
  }

  // A tab that has nothing unsaved follows the others.
  async catchUp() {
    const { id, version } = this;
    if (this.dirty || !version || this.lost) return;
    try {
      const fresh = await get(`drafts/${id}`);
      if (this.id === id && !this.dirty && this.version === version && fresh.version !== version) this.adopt(fresh, "Updated from another tab.");
    } catch { /* the next save tells */ }
  }

  tell(text, error = false) {
    $("draft-state").textContent = text;
    $("draft-state").classList.toggle("over-limit", error);
  }

  async list() {
    try { this.drawList((await get("drafts?page_size=200")).results); } catch { /* the old list stays */ }
  }

  drawList(drafts) {
    const label = (one) => `${one.excerpt.slice(0, 40) || "Empty draft"} – ${date(one.updated_at)}`;
    $("drafts").replaceChildren(...drafts.map((one) => make("option", { value: one.id, textContent: label(one) })));
    this.mark();
  }

  mark() {
    const box = $("drafts");
    box.querySelector("[data-new]")?.remove();
    if (![...box.options].some((option) => option.value === this.id)) box.prepend(make("option", { value: this.id, textContent: "New draft", dataset: { new: "1" } }));
    box.value = this.id;
    show(box, box.options.length > 1);
  }
}

// Always the same fields in the same order, so that the same content has the same print.
function inOrder({ text, level, strategy, language, format, model, protected: phrases }) {
  return { text, level, strategy, language, format, model, protected: phrases };
}

const printOf = (content) => fingerprint(JSON.stringify(content));
