// The writer's feedback on a rewrite: a rating, a comment, or both.
import { post } from "./api.js";
import { $, say } from "./dom.js";

export class Feedback {
  constructor() {
    this.form = $("feedback-form");
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
  }

  open(data) {
    if (this.id === data.id) return;
    this.id = data.id;
    this.form.reset();
    say($("feedback-said"), "");
  }

  async send() {
    const rating = Number(new FormData(this.form).get("rating")) || null;
    const comment = $("comment").value.trim();
    if (!rating && !comment) { say($("feedback-said"), "Choose a rating or write a comment.", true); return; }
    try {
      await post(`transformations/${this.id}/feedback`, { rating, comment });
      say($("feedback-said"), "Thank you. Your feedback is saved with this rewrite.");
    } catch (error) { say($("feedback-said"), error.message, true); }
  }
}
