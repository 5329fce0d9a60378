// The editor: draft in, rewrite out, edit by edit. Each part has its module; this one joins them.
import { get, post } from "./api.js";
import { Decisions } from "./decisions.js";
import { Draft, options } from "./draft.js";
import { $, number, say, show } from "./dom.js";
import { saveFinal, copyFinal } from "./final.js";
import { describe, follow } from "./progress.js";
import { Result } from "./result.js";
import { drawScores } from "./scores.js";
import { keep, kept, keptObject } from "./store.js";

let open = null; // the transformation on the page
let stopFollowing = () => {};
const decisions = new Decisions();
const result = new Result($("result"), $("more"), (edit, element, hovered) => decisions.point(edit, element, hovered));
const draft = new Draft();

function fail(error) {
  say($("failure"), error.message, true);
  say($("summary"), "");
}

// The same key for the same request, so that a retry after a lost answer does not rewrite, or charge, twice.
function requestKey(body) {
  const text = JSON.stringify(body);
  const last = keptObject("request");
  if (last?.text === text) return last.key;
  const key = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
  keep("request", { text, key });
  return key;
}

async function rewrite(event) {
  event.preventDefault();
  const text = draft.text();
  if (!text.trim()) { fail(new Error("Paste a draft first.")); draft.focus(); return; }
  const body = { text, ...options() };
  busy(true);
  say($("failure"), "");
  say($("summary"), "Rewriting…");
  try {
    const data = await post("transformations", body, { "Idempotency-Key": requestKey(body) });
    keep("request", null);
    display(data);
    $("result-title").focus({ preventScroll: window.innerWidth >= 960 });
  } catch (error) {
    if (error.status) keep("request", null);
    fail(error);
  } finally {
    busy(false);
    usage();
  }
}

function busy(on) {
  $("rewrite").disabled = on;
  $("rewrite").textContent = on ? "Rewriting…" : "Rewrite";
}

function display(data) {
  stopFollowing();
  open = data;
  keep("open", data.id);
  const running = data.state === "queued" || data.state === "running";
  show($("progress"), running);
  for (const id of ["work", "feedback"]) show($(id), data.state === "completed");
  if (running) { say($("summary"), "This is a long text: you may close the page, it goes on."); wait(data); return; }
  if (data.state !== "completed") { ended(data); return; }
  say($("failure"), "");
  say($("summary"), data.edits.length ? data.summary : "Nothing worth changing: this already reads well.");
  $("result-count").textContent = `${number(data.words)} words, ${number(data.edit_count ?? data.edits.length)} edits`;
  $("route").textContent = data.edits.length ? "" : data.summary;
  $("warnings").replaceChildren(...data.warnings.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  result.open(data.text, data.edits);
  decisions.open(data, result);
  drawScores(data);
  if (data.edits_next) loadMoreEdits(data);
}

function ended(data) {
  const words = data.state === "cancelled" ? "Cancelled. Your draft is still here." : data.error?.detail ?? "It failed. Your draft is still here.";
  fail(new Error(words));
  show($("scores"), false);
  show($("kinds"), false);
}

// A book has more edits than one answer holds.
async function loadMoreEdits(data) {
  let cursor = data.edits_next;
  while (cursor && open?.id === data.id) {
    const page = await get(`transformations/${data.id}/edits?cursor=${encodeURIComponent(cursor)}`);
    data.edits.push(...page.results);
    cursor = page.next;
  }
  if (open?.id === data.id) { result.open(data.text, data.edits); decisions.open(data, result); }
}

function wait(data) {
  const step = ({ progress }) => {
    $("progress-bar").value = progress.percent;
    $("progress-text").textContent = describe(progress);
  };
  step(data);
  stopFollowing = follow(data.id, step, () => load(data.id));
}

async function load(id) {
  try {
    display(await get(`transformations/${id}`));
  } catch (error) {
    if (error.status === 404) keep("open", null); else fail(error);
  }
}

async function usage() {
  try {
    const month = await get("usage");
    $("usage").textContent = month.words_left === null ? `${number(month.words)} words this month` : `${number(month.words_left)} words left this month`;
  } catch { $("usage").textContent = ""; }
}

async function models() {
  try {
    const { results } = await get("models");
    const items = results.filter((one) => one.available).map((one) => Object.assign(document.createElement("option"), { value: one.id, textContent: one.name, title: one.description }));
    $("model").replaceChildren(...items);
    draft.restoreOptions();
  } catch { /* "Auto" stays */ }
}

async function cancel() {
  try { await post(`transformations/${open.id}/cancel`); } catch (error) { if (error.status !== 409) fail(error); }
  load(open.id);
}

async function feedback(event) {
  event.preventDefault();
  const rating = $("rating").value;
  try {
    await post(`transformations/${open.id}/feedback`, { rating: rating ? Number(rating) : null, comment: $("comment").value });
    $("feedback-said").textContent = "Thank you.";
  } catch (error) { $("feedback-said").textContent = error.message; }
}

$("options").addEventListener("submit", rewrite);
$("cancel").addEventListener("click", cancel);
$("copy").addEventListener("click", () => copyFinal(open, $("summary")));
$("download").addEventListener("click", () => saveFinal(open, $("summary")));
$("feedback-form").addEventListener("submit", feedback);
$("view-final").addEventListener("click", (event) => {
  const clean = $("result").classList.toggle("clean");
  event.currentTarget.setAttribute("aria-pressed", String(clean));
});

const asked = new URLSearchParams(location.search).get("open");
models();
usage();
if (asked) history.replaceState(null, "", "/");
if (asked || kept("open")) load(asked || kept("open"));
