// The phrases that no edit touches: selected in the draft or typed, listed below it, and sent with the text.
import { $, make, number, say, show } from "./dom.js";

const MOST = 200; // phrases, and characters of each, as the API takes them
const LONGEST = 2000;
const WORD = /[\p{L}\p{M}\p{N}_]/u;

export class ProtectedPhrases {
  constructor(box, onChange) {
    Object.assign(this, { box, onChange, phrases: [] });
    $("protect").addEventListener("click", () => this.add(selectedWords(this.box)));
    $("protect-add").addEventListener("click", () => this.addTyped());
    $("protect-phrase").addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // it would send the form
      this.addTyped();
    });
  }

  set(phrases) {
    this.phrases = [...phrases];
    this.draw();
  }

  addTyped() {
    if (this.add($("protect-phrase").value)) $("protect-phrase").value = "";
    $("protect-phrase").focus();
  }

  // A phrase is found whatever white space is between its words, so that it holds over the ends of lines.
  add(text) {
    const phrase = text.trim().split(/\s+/u).join(" ");
    const problem = this.problemWith(phrase);
    if (problem) { say($("draft-said"), problem, true); return false; }
    if (!this.phrases.some((one) => one.toLowerCase() === phrase.toLowerCase())) this.set([...this.phrases, phrase]);
    say($("draft-said"), `No edit will touch “${shortened(phrase)}”.`);
    this.onChange();
    return true;
  }

  problemWith(phrase) {
    if (!phrase) return "Select the words that must not change, then choose Protect.";
    if (phrase.length > LONGEST) return `A protected phrase has up to ${number(LONGEST)} characters; protect a longer passage in parts.`;
    return this.phrases.length >= MOST ? `A text has up to ${MOST} protected phrases; remove one first.` : "";
  }

  remove(place) {
    const [phrase] = this.phrases.splice(place, 1);
    this.draw();
    const buttons = $("protected").querySelectorAll("button");
    (buttons[Math.min(place, buttons.length - 1)] ?? $("protect")).focus();
    say($("draft-said"), `“${shortened(phrase)}” may change again.`);
    this.onChange();
  }

  draw() {
    $("protected").replaceChildren(...this.phrases.map((phrase, place) => make("li", {},
      make("span", { textContent: shortened(phrase), title: phrase }),
      make("button", { type: "button", className: "plain", textContent: "×", "aria-label": `Stop protecting “${shortened(phrase)}”`, onclick: () => this.remove(place) }))));
    show($("protected-phrases"), this.phrases.length > 0);
  }
}

// The selection, widened to whole words, since only whole words are protected.
function selectedWords({ value, selectionStart, selectionEnd }) {
  let [start, end] = [selectionStart, selectionEnd];
  if (!value.slice(start, end).trim()) return "";
  while (start > 0 && joined(value, start)) start -= 1;
  while (end < value.length && joined(value, end)) end += 1;
  return value.slice(start, end);
}

// Whether one word, or one character of two units, stands on both sides of a place.
function joined(value, place) {
  if (value.codePointAt(place - 1) > 0xffff) return true; // the two units of one character
  const left = /[\udc00-\udfff]/.test(value[place - 1]) ? value.slice(place - 2, place) : value[place - 1];
  return WORD.test(left) && WORD.test(String.fromCodePoint(value.codePointAt(place)));
}

const shortened = (phrase) => (phrase.length > 80 ? `${phrase.slice(0, 79)}…` : phrase);
