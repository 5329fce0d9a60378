// Usage, consent, dictionary, keys, leaving.
import { del, get, post, put } from "./api.js";
import { $, make, number, say, show } from "./dom.js";

let consents = false;
const lines = (id) => $(id).value.split("\n").map((line) => line.trim()).filter(Boolean);

async function attempt(work, said) {
  try { await work(); if (said) say($("said"), said); } catch (error) { say($("said"), error.message, true); }
}

function showAccount(account) {
  $("who").textContent = `${account.username}${account.email ? `, ${account.email}` : ""} – ${account.tier.toLowerCase()}`;
  consents = Boolean(account.consent);
  $("consent-state").textContent = consents ? `You agreed on ${new Date(account.consent.at).toLocaleDateString("en", { dateStyle: "long" })}.` : "You have not agreed. Nothing of yours is used.";
  $("consent").textContent = consents ? "Withdraw my consent" : "Yes, use my edits";
}

async function showUsage() {
  const month = await get("usage");
  const left = month.words_left === null ? "no monthly limit" : `${number(month.words_left)} of ${number(month.words_per_month)} left`;
  $("usage").textContent = `${number(month.words)} words in ${number(month.requests)} requests; ${left}. At most ${number(month.words_per_request)} words a request.`;
}

async function showDictionary() {
  const words = await get("dictionary");
  $("prefer").value = words.prefer.map(([from, to]) => `${from} → ${to}`).join("\n");
  $("avoid").value = words.avoid.join("\n");
  $("never").value = words.never_touch.join("\n");
}

async function saveDictionary() {
  const pairs = lines("prefer").map((line) => line.split(/\s*(?:→|->|=>)\s*/));
  const wrong = pairs.find((pair) => pair.length !== 2 || !pair[0]);
  if (wrong) throw new Error(`Write “this → that”, not “${wrong.join(" ")}”`);
  await put("dictionary", { prefer: pairs, avoid: lines("avoid"), never_touch: lines("never") });
}

async function showKeys() {
  const keys = await get("api-keys");
  $("keys").replaceChildren(...keys.map((key) => {
    const revoke = make("button", { type: "button", className: "plain", textContent: "Revoke", "aria-label": `Revoke ${key.name}` });
    revoke.addEventListener("click", () => attempt(async () => { await del(`api-keys/${key.id}`); await showKeys(); }, "Revoked."));
    const used = key.last_used_at ? `last used ${new Date(key.last_used_at).toLocaleDateString("en")}` : "never used";
    return make("li", {}, make("span", { className: "bar" }, `${key.name} (${key.prefix}…), ${used}`, revoke));
  }));
}

async function makeKey() {
  const { key } = await post("api-keys", { name: $("key-name").value });
  say($("made-key"), `Your key, shown this once: ${key}`);
  $("key-name").value = "";
  await showKeys();
}

async function leave() {
  await del("account", { password: $("leave-password").value });
  try { localStorage.clear(); } catch { /* nothing kept */ }
  location.assign("/login");
}

const onSubmit = (id, work, said) => $(id).addEventListener("submit", (event) => { event.preventDefault(); attempt(work, said); });
onSubmit("dictionary", saveDictionary, "The dictionary is saved.");
onSubmit("new-key", makeKey);
onSubmit("leave", leave);
$("consent").addEventListener("click", () => attempt(async () => showAccount(await post("account/consent", { consent: !consents }))));
show($("said"), false);
attempt(async () => { showAccount(await get("account")); await Promise.all([showUsage(), showDictionary(), showKeys()]); });
