// The account page: usage, consent, dictionary, API keys, deletion.
import { ROOT, del, get, post, put } from "./api.js";
import { $, askTwice, copyText, count, date, make, number, say, show, toast } from "./dom.js";
import { forgetAll } from "./store.js";

let consents = false;
const lines = (id) => $(id).value.split("\n").map((line) => line.trim()).filter(Boolean);

async function attempt(work, said) {
  try { await work(); if (said) toast(said); } catch (error) { toast(error.message, true); }
}

function showAccount(account) {
  const tier = account.tier.charAt(0) + account.tier.slice(1).toLowerCase();
  $("who").textContent = [account.username, account.email, `${tier} tier`].filter(Boolean).join(" · ");
  consents = Boolean(account.consent);
  $("consent-state").textContent = consents ? `You agreed on ${date(account.consent.at, false)}.` : "You have not agreed. None of your edits are used.";
  $("consent").disabled = false;
  $("consent").textContent = consents ? "Withdraw my consent" : "Yes, use my edits";
}

async function showUsage() {
  const month = await get("usage");
  const of = month.words_per_month === null ? "no monthly limit" : `${count(month.words_left, "word")} of ${number(month.words_per_month)} left`;
  $("usage").textContent = `${count(month.words, "word")} in ${count(month.requests, "rewrite")}; ${of}. A text may have up to ${number(month.words_per_request)} words.`;
  const meter = $("usage-meter");
  show(meter, month.words_per_month !== null);
  if (month.words_per_month !== null) Object.assign(meter, { max: Math.max(1, month.words_per_month), value: month.words });
}

async function showDictionary() {
  const words = await get("dictionary");
  $("prefer").value = words.prefer.map(([from, to]) => `${from} → ${to}`).join("\n");
  $("avoid").value = words.avoid.join("\n");
  $("never").value = words.never_touch.join("\n");
  $("dictionary-fields").disabled = false; // earlier, loading would overwrite what the writer types
}

async function saveDictionary() {
  const pairs = lines("prefer").map((line) => line.split(/\s*(?:→|->|=>)\s*/));
  const wrong = pairs.find((pair) => pair.length !== 2 || !pair[0]);
  if (wrong) throw new Error(`Write “this → that”, not “${wrong.join(" ")}”.`);
  await put("dictionary", { prefer: pairs, avoid: lines("avoid"), never_touch: lines("never") });
}

async function showKeys() {
  const keys = await get("api-keys");
  show($("no-keys"), keys.length === 0);
  $("keys").replaceChildren(...keys.map((key) => {
    const revoke = make("button", { type: "button", className: "plain danger", textContent: "Revoke", "aria-label": `Revoke ${key.name}` });
    askTwice(revoke, "Revoke this key?", () => attempt(async () => { await del(`api-keys/${key.id}`); await showKeys(); }, "Revoked."));
    const used = key.last_used_at ? `last used ${date(key.last_used_at)}` : "never used";
    return make("li", { className: "entry" }, make("span", {}, `${key.name} `, make("span", { className: "quiet small" }, `${key.prefix}… · ${used}`)), revoke);
  }));
}

async function makeKey() {
  const { key } = await post("api-keys", { name: $("key-name").value });
  $("made-key").value = key;
  show($("made"), true);
  $("made-key").select();
  $("key-name").value = "";
  await showKeys();
}

// Delete all texts and drafts but not the account, one at a time, so that it can continue after a lost connection.
async function deleteTexts() {
  const gone = [];
  for (const [kind, noun] of [["documents", "text"], ["drafts", "draft"]]) {
    let done = 0;
    for (let page = await get(`${kind}?page_size=100`); page.results.length; page = await get(`${kind}?page_size=100`)) {
      for (const one of page.results) { await del(`${kind}/${one.id}`); toast(`${count(++done, noun)} deleted…`); }
    }
    if (done) gone.push(count(done, noun));
  }
  forgetAll();
  say($("deleted"), gone.length ? `${gone.join(" and ")} deleted.` : "There was nothing to delete.");
  toast("");
}

async function leave() {
  await del("account", { password: $("leave-password").value });
  forgetAll();
  location.assign(`${ROOT}login`);
}

const onSubmit = (id, work, said) => $(id).addEventListener("submit", (event) => { event.preventDefault(); attempt(work, said); });
onSubmit("dictionary", saveDictionary, "The dictionary is saved.");
onSubmit("new-key", makeKey);
onSubmit("leave", leave);
$("copy-key").addEventListener("click", async () => { const done = await copyText($("made-key").value); toast(done ? "Copied." : "The browser did not allow copying. Select the key and copy it.", !done); });
askTwice($("delete-texts"), "Delete all of them?", () => attempt(deleteTexts));
$("consent").addEventListener("click", () => attempt(async () => showAccount(await post("account/consent", { consent: !consents }))));
// If pressed before this script ran, these buttons would leave the page.
document.querySelectorAll("[data-waits]").forEach((button) => { button.disabled = false; });
attempt(async () => { showAccount(await get("account")); await Promise.all([showUsage(), showDictionary(), showKeys()]); });
