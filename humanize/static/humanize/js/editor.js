// The editor page. Each part has a module of its own; this one joins them.
import { ROOT, get, post } from "./api.js";
import { askForConsent } from "./consent.js";
import { Decisions, soFar } from "./decisions.js";
import { Draft } from "./draft.js";
import { $, count, make, number, say, show } from "./dom.js";
import { editsOf, isApplied } from "./edits.js";
import { Feedback } from "./feedback.js";
import { copyFinal, saveFinal } from "./final.js";
import { describe, follow } from "./progress.js";
import { Result } from "./result.js";
import { drawScores } from "./scores.js";
import { DecidedSelection } from "./selection.js";
import { fingerprint, keep, kept, keptObject, newId } from "./store.js";
import { sameText, showVersions, titleOf } from "./versions.js";

const RESCORED_WORDS = 5000; // longer texts keep the scores of the whole rewrite
const RUNNING = ["queued", "running", "waiting"];
let open = null; // the transformation on the page
let stopFollowing = () => {};
let rescoring = 0;
const decisions = new Decisions(rescore);
const result = new Result($("result"), $("more"), (edit, element, how) => decisions.point(edit, element, how), () => decisions.popover.leave());
new DecidedSelection($("result"), result);
const draft = new Draft(() => compare());
const feedback = new Feedback();

function fail(error) {
  say($("failure"), error.message, true);
  say($("summary"), "");
}

// Use the same key for the same request, so that a retry after a lost answer neither rewrites nor charges twice.
function requestKey(body) {
  const print = fingerprint(JSON.stringify(body));
  const last = keptObject("request");
  if (last?.print === print) return last.key;
  const key = newId();
  keep("request", { print, key });
  return key;
}

async function rewrite(event) {
  event.preventDefault();
  const text = draft.text();
  if (!text.trim()) { fail(new Error("Paste a draft first.")); draft.focus(); return; }
  draft.save();
  const body = { ...draft.content(), title: titleOf(text) };
  if (open && sameText(open.text, text)) body.document = open.document;
  busy(true);
  say($("failure"), "");
  say($("summary"), "Rewriting…");
  try {
    display(await ask(body));
    $("result-title").focus({ preventScroll: window.innerWidth >= 992 });
  } catch (error) {
    fail(error);
  } finally {
    busy(false);
    usage();
  }
}

async function ask(body) {
  try {
    const data = await post("transformations", body, { "Idempotency-Key": requestKey(body) });
    keep("request", null);
    return data;
  } catch (error) {
    if (error.status) keep("request", null);
    if (error.status === 404 && body.document) return ask({ ...body, document: null }); // somebody deleted the document
    throw error;
  }
}

function busy(on) {
  $("rewrite").disabled = on;
  $("rewrite").textContent = on ? "Rewriting…" : "Rewrite";
  $("result-pane").setAttribute("aria-busy", String(on));
}

function display(data) {
  stopFollowing();
  open = data;
  keep("open", data.id);
  const done = data.state === "completed";
  show($("start"), false);
  show($("progress"), RUNNING.includes(data.state));
  show($("resume"), data.state === "cancelled" || data.state === "failed");
  for (const id of ["work", "feedback"]) show($(id), done);
  for (const id of ["scores", "kinds"]) show($(id), false);
  $("result-count").textContent = done ? `${count(data.words, "word")}, ${count(data.edit_count, "edit")}` : count(data.words, "word");
  compare();
  showVersions(data, load);
  if (done) displayResult(data);
  else if (RUNNING.includes(data.state)) wait(data);
  else ended(data);
}

function displayResult(data) {
  say($("failure"), "");
  say($("summary"), headline(data));
  say($("route"), data.route_sentence ?? "");
  $("warnings").replaceChildren(...data.warnings.map((text) => make("li", { textContent: sentence(text) })));
  for (const id of ["edit-tools", "keys"]) show($(id), data.edits.length > 0);
  result.open(data.text, data.edits, !data.edits_next);
  decisions.open(data, result);
  drawScores(data);
  feedback.open(data);
  askForConsent();
  if (data.edits.some((edit) => isApplied(edit) === Boolean(edit.look))) rescore(); // the text is no longer the rewrite
  if (data.edits_next) loadMoreEdits(data);
}

function headline(data) {
  if (data.edit_count) return soFar(data.edits) || `${editsOf(data)}. Choose one to see why it was made.`;
  return sentence(data.summary);
}

const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? "" : "."}`;

function ended(data) {
  say($("summary"), data.state === "cancelled" ? "Cancelled. The finished parts are kept, and your draft is still here." : "");
  say($("failure"), data.state === "failed" ? `${data.error?.detail ?? "The rewrite failed."} Your draft is still here.` : "", true);
}

// A book has more edits than one response holds.
async function loadMoreEdits(data) {
  let cursor = data.edits_next;
  try {
    while (cursor && open === data) {
      const page = await get(`transformations/${data.id}/edits?page_size=200&cursor=${encodeURIComponent(cursor)}`);
      data.edits.push(...page.results);
      cursor = page.next;
    }
  } catch (error) { fail(new Error(`Only the first ${number(data.edits.length)} edits could be loaded. ${error.message}`)); }
  if (open !== data) return;
  result.extend(data.edits);
  decisions.extended();
}

// Score the text again with the decisions so far.
function rescore() {
  clearTimeout(rescoring);
  const data = open;
  if (data.words > RESCORED_WORDS) return;
  rescoring = setTimeout(async () => {
    try {
      const final = await get(`transformations/${data.id}/final`);
      if (final.scores && open === data) drawScores(data, final);
    } catch { /* the scores of the whole rewrite stay */ }
  }, 400);
}

function wait(data) {
  say($("failure"), "");
  say($("summary"), "This is a long text. You can close this page; the rewrite continues.");
  let told = 0;
  const step = ({ progress }) => {
    $("progress-bar").value = progress.percent;
    $("progress-text").textContent = describe(progress);
    if (progress.percent >= told + 25) { told = progress.percent; $("announce").textContent = describe(progress); }
  };
  step(data);
  stopFollowing = follow(data.id, step, () => load(data.id));
}

async function load(id) {
  try {
    display(await get(`transformations/${id}`));
    await draft.saver.ready;
    if (!draft.text().trim()) draft.restore(open);
  } catch (error) {
    if (error.status !== 404 && error.status !== 400) { fail(error); return; }
    keep("open", null);
    fail(new Error("This text does not exist, or it belongs to somebody else."));
  }
}

// When the rewrite belongs to another text, offer to restore the draft that was rewritten.
function compare() {
  const other = open !== null && draft.text() !== open.text;
  show($("stale"), other);
  if (other) $("stale-text").textContent = sameText(open.text, draft.text()) ? "The draft has changed since this rewrite." : "This rewrite belongs to a different text from the draft.";
}

async function usage() {
  try {
    const month = await get("usage");
    draft.limit(month.words_per_request);
    $("usage").textContent = month.words_left === null ? `${count(month.words, "word")} this month` : `${count(month.words_left, "word")} left this month`;
  } catch { $("usage").textContent = ""; }
}

async function models() {
  try {
    const { results } = await get("models");
    $("model").replaceChildren(...results.filter((one) => one.available).map((one) => make("option", { value: one.id, textContent: one.name, title: one.description })));
    draft.restoreOptions();
  } catch { /* "Automatic" stays */ }
}

async function change(verb) {
  try { await post(`transformations/${open.id}/${verb}`); } catch (error) { if (error.status !== 409) { fail(error); return; } }
  load(open.id);
}

$("options").addEventListener("submit", rewrite);
$("rewrite").disabled = false; // if pressed before this script ran, it would leave the page and lose the text
$("cancel").addEventListener("click", () => change("cancel"));
$("go-on").addEventListener("click", () => change("resume"));
$("restore").addEventListener("click", () => draft.restore(open));
$("copy").addEventListener("click", () => copyFinal(open, $("summary")));
$("download").addEventListener("click", () => saveFinal(open, $("summary")));
$("view-final").addEventListener("click", (event) => {
  const clean = $("result").classList.toggle("clean");
  event.currentTarget.setAttribute("aria-pressed", String(clean));
});

const asked = new URLSearchParams(location.search).get("open");
models();
usage();
if (asked) history.replaceState(null, "", ROOT);
if (asked || kept("open")) load(asked || kept("open"));
