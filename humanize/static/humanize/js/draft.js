// The draft and the options: saved as the writer types, filled from a file, the sample or an earlier draft.
import { call } from "./api.js";
import { Autosave } from "./autosave.js";
import { $, count, countWords, number, say, show } from "./dom.js";
import { oneLineEnd, withLineEnds } from "./lines.js";
import { ProtectedPhrases } from "./protected.js";
import { keep, keptObject } from "./store.js";

const CHOICES = ["level", "strategy", "model", "language", "format"];
const LEVELS = ["", "1 – a light touch", "2 – gentle", "3 – balanced", "4 – thorough", "5 – everything it can justify"];
const SENTENCES = "Works sentence by sentence: changes words, cuts what says nothing, joins sentences.";
const PARAGRAPHS = "Works paragraph by paragraph: a language model also recasts, merges, cuts and reorders inside a paragraph, and turns labels and lists that hold no list into prose.";
const LONG_PASTE = 50_000; // characters; browsers take half a minute to type a book into a text box
const PAUSE_MS = 250; // a book has megabytes, too many to count at every keystroke

function options() {
  return {
    level: Number($("level").value),
    strategy: $("strategy").value,
    model: $("model").value || "auto",
    language: $("language").value,
    format: $("format").value,
  };
}

export class Draft {
  constructor(onChange) {
    Object.assign(this, { box: $("draft"), onChange, most: null, timer: 0 });
    this.whole = ""; // with the line ends that the text came with
    this.phrases = new ProtectedPhrases(this.box, () => { this.keepOptions(); this.changed(); });
    this.restoreOptions();
    this.box.addEventListener("input", () => { show($("undo"), false); this.changed(); });
    this.box.addEventListener("paste", (event) => this.paste(event));
    $("options").addEventListener("change", () => { this.keepOptions(); this.changed(); });
    $("level").addEventListener("input", () => this.nameLevel());
    for (const id of ["sample", "sample-too"]) $(id).addEventListener("click", () => this.fill($("sample-text").content.textContent));
    $("clear").addEventListener("click", () => { this.fill(""); this.focus(); });
    $("undo").addEventListener("click", () => { this.fill(this.before); show($("undo"), false); this.focus(); });
    $("file").addEventListener("change", (event) => { this.read(event.target.files[0]); event.target.value = ""; });
    this.watchDrops($("drop"));
    this.showCount();
    this.saver = new Autosave(this);
    this.box.setAttribute("aria-busy", "true"); // what is typed now begins a new draft
    this.saver.ready.then(() => this.box.removeAttribute("aria-busy"));
  }

  text() {
    this.whole = withLineEnds(this.box.value, this.whole);
    return this.whole;
  }

  length() { return this.box.value.length; }
  focus() { this.box.focus(); }

  content() { return { text: this.text(), ...options(), protected: this.phrases.phrases }; }

  // Show a stored draft. Unlike `fill`, this is not a change. The caret stays at its place: browsers would move it to the
  // end, and the next words would go there.
  show({ text, ...chosen }) {
    const { selectionStart, selectionEnd, scrollTop } = this.box;
    this.box.value = this.whole = text;
    if (document.activeElement === this.box) this.box.setSelectionRange(selectionStart, selectionEnd);
    this.box.scrollTop = document.activeElement === this.box ? scrollTop : 0;
    this.offer("");
    this.setOptions(chosen);
    this.showCount();
    this.onChange();
  }

  // Offer a text that has left the box: a click brings it back.
  offer(text) {
    this.before = text;
    show($("undo"), Boolean(text.trim()) && text !== this.text());
  }

  // A rewritten text becomes the draft again, with the phrases that were protected in it.
  restore({ text, options: asked }) {
    this.fill(text);
    this.phrases.set(asked.protected);
    this.keepOptions();
  }

  // Replace the whole draft; the writer can undo it.
  fill(text) {
    this.before = this.text();
    this.box.value = this.whole = text;
    this.box.scrollTop = 0;
    show($("undo"), Boolean(this.before.trim()) && this.before !== text);
    this.changed();
  }

  // Insert a long text at once instead of letting the browser type it; the undo button restores the old draft.
  paste(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (text.length < LONG_PASTE) return;
    event.preventDefault();
    const { value, selectionStart, selectionEnd } = this.box;
    this.fill(withLineEnds(value.slice(0, selectionStart) + oneLineEnd(text) + value.slice(selectionEnd), this.text()));
  }

  limit(words) { this.most = words; this.showCount(); }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.showCount(), PAUSE_MS);
    this.onChange();
    this.saver.changed();
  }

  save() {
    this.showCount();
    this.saver.save();
  }

  showCount() {
    const words = countWords(this.box.value);
    const over = this.most !== null && words > this.most;
    $("draft-count").textContent = over ? `${count(words, "word")} – your limit is ${number(this.most)} words per text` : count(words, "word");
    $("draft-count").classList.toggle("over-limit", over);
  }

  keepOptions() {
    keep("options", { ...Object.fromEntries(CHOICES.map((id) => [id, $(id).value])), protected: this.phrases.phrases });
    this.nameLevel();
  }

  // Kept first: the list of models may still be on its way.
  setOptions(chosen) {
    keep("options", chosen);
    this.restoreOptions();
  }

  restoreOptions() {
    const options = keptObject("options") ?? {};
    for (const id of CHOICES) if (id in options) $(id).value = options[id];
    this.phrases.set(options.protected ?? []);
    if (!$("model").value) $("model").value = "auto";
    this.nameLevel();
  }

  nameLevel() {
    const name = LEVELS[Number($("level").value)];
    $("level-name").textContent = name;
    $("level-help").textContent = Number($("level").value) < 4 ? SENTENCES : PARAGRAPHS;
    $("level").setAttribute("aria-valuetext", name);
  }

  // Handle files only; the text box handles a dropped selection itself. A file dropped outside must not replace the page.
  watchDrops(zone) {
    const holdsFile = (event) => event.dataTransfer?.types.includes("Files");
    for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => { if (holdsFile(event)) event.preventDefault(); });
    zone.addEventListener("dragover", (event) => zone.classList.toggle("over", holdsFile(event)));
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => { zone.classList.remove("over"); if (holdsFile(event)) this.read(event.dataTransfer.files[0]); });
  }

  async read(file) {
    if (!file) return;
    const form = new FormData();
    form.append("file", file);
    say($("draft-said"), `Reading ${file.name}…`);
    try {
      const { text, format, words, not_read: notRead } = await call("POST", "documents/extract", form);
      this.fill(text);
      $("format").value = format;
      this.keepOptions();
      say($("draft-said"), `${file.name}: ${count(words, "word")}.${notRead && ` ${notRead}.`}`);
    } catch (error) { say($("draft-said"), error.message, true); }
  }
}
