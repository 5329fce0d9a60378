// The writer's rewrites, newest first, with a search.
import { ROOT, del, get, patch } from "./api.js";
import { $, askTwice, count, date, make, show, toast } from "./dom.js";
import { editsOf } from "./edits.js";

const PAUSE_MS = 300;
let next = null;
let latest = 0; // a late answer must not overwrite a newer one
let timer = 0;

async function load(cursor = null) {
  const words = $("q").value.trim();
  const query = new URLSearchParams({ page_size: "30", ...(words ? { q: words } : {}), ...(cursor ? { cursor } : {}) });
  const turn = ++latest;
  try {
    const page = await get(`transformations?${query}`);
    if (turn !== latest) return;
    if (!cursor) $("rows").replaceChildren();
    $("rows").append(...page.results.map(row));
    next = page.next;
    toast("");
    tell(words);
  } catch (error) { toast(error.message, true); }
}

function tell(words) {
  const shown = $("rows").children.length;
  show($("more"), Boolean(next));
  show($("nothing"), !shown && !words);
  $("said").textContent = !words ? "" : shown ? `${count(shown, "text")}${next ? " so far" : ""} with “${words}”.` : `No texts contain “${words}”. The search covers titles and drafts.`;
}

function row(one) {
  const facts = [date(one.created_at), count(one.words, "word"), `level ${one.level}`, one.strategy, outcome(one)];
  const remove = make("button", { type: "button", className: "plain danger", textContent: "Delete", "aria-label": `Delete ${one.title}` });
  const rename = make("button", { type: "button", className: "plain", textContent: "Rename", "aria-label": `Rename ${one.title}` });
  const title = make("a", { href: `${ROOT}?open=${one.id}` }, one.title || one.excerpt);
  const item = make("li", {},
    make("div", { className: "entry" }, title, make("span", { className: "acts" }, rename, remove)),
    make("div", { className: "excerpt" }, excerptOf(one)),
    make("div", { className: "quiet small" }, facts.join(" · ")));
  rename.addEventListener("click", () => edit(one, title, rename));
  askTwice(remove, "Delete this text?", async () => {
    try { await del(`transformations/${one.id}`); item.remove(); toast("Deleted."); tell($("q").value.trim()); } catch (error) { toast(error.message, true); }
  });
  return item;
}

// Turn the title into a field: Enter saves it, Escape restores the old title.
function edit(one, title, rename) {
  const field = make("input", { value: one.title, maxLength: 200, "aria-label": "New title" });
  let open = true; // removing the field blurs it, which would remove it again
  const done = () => {
    if (!open) return;
    open = false;
    field.replaceWith(title);
    show(rename, true);
    rename.focus();
  };
  field.addEventListener("keydown", async (event) => {
    if (event.key === "Escape") return done();
    if (event.key !== "Enter" || !field.value.trim()) return;
    try {
      one.title = (await patch(`documents/${one.document}`, { title: field.value.trim() })).title;
      title.textContent = one.title;
      done();
      toast("Renamed. Every version of this text has the new title.");
    } catch (error) { toast(error.message, true); }
  });
  field.addEventListener("blur", done);
  title.replaceWith(field);
  show(rename, false);
  field.select();
}

// The beginning of the draft, without the heading that serves as its title.
function excerptOf(one) {
  const text = one.excerpt.replace(/^[#>*\s-]+/, "");
  const rest = text.startsWith(one.title) ? text.slice(one.title.length).trim() : text;
  return rest.length > 150 ? `${rest}…` : rest || text;
}

const outcome = (one) => (one.state === "completed" ? (one.edit_count ? editsOf(one) : "nothing to change") : one.state);

function search() {
  clearTimeout(timer);
  const words = $("q").value.trim();
  history.replaceState(null, "", words ? `?q=${encodeURIComponent(words)}` : location.pathname);
  load();
}

$("search").addEventListener("submit", (event) => { event.preventDefault(); search(); });
$("q").addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, PAUSE_MS); });
$("more").addEventListener("click", () => load(next));
$("q").value = (new URLSearchParams(location.search).get("q") ?? "").slice(0, $("q").maxLength);
load();
