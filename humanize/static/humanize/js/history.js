// One's rewrites, newest first, searched by words.
import { del, get } from "./api.js";
import { $, askTwice, count, date, make, show, toast } from "./dom.js";

const PAUSE_MS = 300;
let next = null;
let latest = 0; // answers that come late must not overwrite newer ones
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
  $("said").textContent = !words ? "" : shown ? `${count(shown, "text")}${next ? " so far" : ""} with “${words}”.` : `Nothing with “${words}”. The search reads titles and drafts.`;
}

function row(one) {
  const facts = [date(one.created_at), count(one.words, "word"), `level ${one.level}`, one.strategy, outcome(one)];
  const remove = make("button", { type: "button", className: "plain danger", textContent: "Delete", "aria-label": `Delete ${one.title}` });
  const item = make("li", {},
    make("div", { className: "entry" }, make("a", { href: `/?open=${one.id}` }, one.title || one.excerpt), remove),
    make("div", { className: "excerpt" }, excerptOf(one)),
    make("div", { className: "quiet small" }, facts.join(" · ")));
  askTwice(remove, "Really delete?", async () => {
    try { await del(`transformations/${one.id}`); item.remove(); toast("Deleted."); tell($("q").value.trim()); } catch (error) { toast(error.message, true); }
  });
  return item;
}

// The beginning of the draft, without the heading that already is the title.
function excerptOf(one) {
  const text = one.excerpt.replace(/^[#>*\s-]+/, "");
  const rest = text.startsWith(one.title) ? text.slice(one.title.length).trim() : text;
  return rest.length > 150 ? `${rest}…` : rest || text;
}

const outcome = (one) => (one.state === "completed" ? (one.edit_count ? count(one.edit_count, "edit") : "nothing to change") : one.state);

function search() {
  clearTimeout(timer);
  const words = $("q").value.trim();
  history.replaceState(null, "", words ? `?q=${encodeURIComponent(words)}` : location.pathname);
  load();
}

$("search").addEventListener("submit", (event) => { event.preventDefault(); search(); });
$("q").addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, PAUSE_MS); });
$("more").addEventListener("click", () => load(next));
$("q").value = new URLSearchParams(location.search).get("q") ?? "";
load();
