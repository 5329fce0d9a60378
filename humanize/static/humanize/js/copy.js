// A button with `data-copy="ID"` copies the field with that id.
import { $, copyText } from "./dom.js";

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const field = $(button.dataset.copy);
    field.select();
    button.textContent = (await copyText(field.value)) ? "Copied" : "Press Ctrl-C";
  });
}
