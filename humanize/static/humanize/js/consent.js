// Ask once, after the first rewrite, whether edits may train models. No answer means no; the account page asks too.
import { get, post } from "./api.js";
import { $, say, show } from "./dom.js";
import { keep, kept } from "./store.js";

const ASKED = "asked-for-consent";

export async function askForConsent() {
  if (kept(ASKED)) return;
  try { show($("ask"), (await get("account")).consent === null); } catch { /* ask another time */ }
}

async function answer(consent) {
  try {
    await post("account/consent", { consent });
    keep(ASKED, "1");
    show($("ask-buttons"), false);
    say($("ask-said"), consent ? "Thank you. You can withdraw this with one click, under Account." : "None of your edits are used. You can change this under Account.");
  } catch (error) { say($("ask-said"), error.message, true); }
}

$("ask-yes").addEventListener("click", () => answer(true));
$("ask-no").addEventListener("click", () => answer(false));
