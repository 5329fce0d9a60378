// One's rewrites, newest first, searched by words.
import { del, get } from "./api.js";
import { $, make, number, show } from "./dom.js";

let next = null;

async function load(cursor) {
  const query = new URLSearchParams({ page_size: "30" });
  if ($("q").value.trim()) query.set("q", $("q").value.trim());
  if (cursor) query.set("cursor", cursor);
  try {
    const page = await get(`transformations?${query}`);
    if (!cursor) $("rows").replaceChildren();
    $("rows").append(...page.results.map(row));
    next = page.next;
    show($("more"), Boolean(next));
    $("said").textContent = $("rows").children.length ? "" : $("q").value.trim() ? "Nothing found." : "Nothing yet.";
  } catch (error) { $("said").textContent = error.message; }
}

function row(one) {
  const when = new Date(one.created_at).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
  const remove = make("button", { type: "button", className: "plain", textContent: "Delete", "aria-label": `Delete ${one.title}` });
  const item = make("li", {},
    make("a", { href: `/?open=${one.id}` }, one.title || one.excerpt),
    make("div", { className: "small" }, one.excerpt),
    make("div", { className: "bar quiet small" }, `${when} · ${number(one.words)} words · level ${one.level} · ${one.state} · ${number(one.edit_count)} edits`, remove));
  remove.addEventListener("click", async () => {
    if (!window.confirm("Delete this text and its rewrite?")) return;
    try { await del(`transformations/${one.id}`); item.remove(); } catch (error) { $("said").textContent = error.message; }
  });
  return item;
}

$("search").addEventListener("submit", (event) => { event.preventDefault(); load(null); });
$("more").addEventListener("click", () => load(next));
load(null);
