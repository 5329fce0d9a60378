// The draft and the options: kept as they are typed, filled from a file, the sample or the browser's memory.
import { call } from "./api.js";
import { $, countWords, number, say } from "./dom.js";
import { keep, kept, keptObject } from "./store.js";

const CHOICES = ["level", "strategy", "model", "language", "format", "protected"];
const LEVELS = ["", "1 – a light touch", "2 – gentle", "3 – balanced", "4 – thorough", "5 – all it can sign for"];

export function options() {
  return {
    level: Number($("level").value),
    strategy: $("strategy").value,
    model: $("model").value || "auto",
    language: $("language").value,
    format: $("format").value,
    protected: $("protected").value.split("\n").map((line) => line.trim()).filter(Boolean),
  };
}

export class Draft {
  constructor() {
    this.box = $("draft");
    this.box.value = kept("draft") ?? "";
    this.restoreOptions();
    this.box.addEventListener("input", () => this.changed());
    $("options").addEventListener("change", () => this.keepOptions());
    $("level").addEventListener("input", () => this.nameLevel());
    $("sample").addEventListener("click", () => this.fill($("sample-text").content.textContent));
    $("clear").addEventListener("click", () => { this.fill(""); this.focus(); });
    $("file").addEventListener("change", (event) => { this.read(event.target.files[0]); event.target.value = ""; });
    this.watchDrops($("drop"));
    this.changed();
  }

  text() { return this.box.value; }
  focus() { this.box.focus(); }
  fill(text) { this.box.value = text.trim(); this.changed(); }

  changed() {
    const safe = keep("draft", this.box.value);
    const words = countWords(this.box.value);
    $("draft-count").textContent = `${number(words)} ${words === 1 ? "word" : "words"}${safe ? "" : " – too long to be kept by this browser"}`;
  }

  keepOptions() {
    keep("options", Object.fromEntries(CHOICES.map((id) => [id, $(id).value])));
    this.nameLevel();
  }

  restoreOptions() {
    for (const [id, value] of Object.entries(keptObject("options") ?? {})) {
      if (CHOICES.includes(id)) $(id).value = value;
    }
    if (!$("model").value) $("model").value = "auto";
    this.nameLevel();
  }

  nameLevel() { $("level-name").textContent = LEVELS[Number($("level").value)]; $("level").setAttribute("aria-valuetext", LEVELS[Number($("level").value)]); }

  watchDrops(zone) {
    const over = (on) => (event) => { event.preventDefault(); zone.classList.toggle("over", on); };
    zone.addEventListener("dragover", over(true));
    zone.addEventListener("dragleave", over(false));
    zone.addEventListener("drop", (event) => {
      over(false)(event);
      const [file] = event.dataTransfer.files;
      if (file) this.read(file); else this.fill(event.dataTransfer.getData("text/plain") || this.text());
    });
  }

  async read(file) {
    if (!file) return;
    const form = new FormData();
    form.append("file", file);
    try {
      const { text, format } = await call("POST", "documents/extract", form);
      this.fill(text);
      $("format").value = format;
      this.keepOptions();
      say($("failure"), "");
    } catch (error) { say($("failure"), error.message, true); }
  }
}
