// Scores before and after: small charts, each with its figures in the table beside them.
import { $, make, number, show } from "./dom.js";

const MEASURES = [
  ["ai_likeness", "AI-likeness", 2, 1],
  ["markers_per_1000", "Markers per 1,000 words", 1, null],
  ["readability", "Reading ease", 0, 100],
  ["burstiness", "Sentence variation", 2, null],
  ["lexical_diversity", "Lexical diversity", 0, null],
];
let charts = [];

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function drawScores(data) {
  const { before, after } = data.scores ?? {};
  show($("scores"), Boolean(before));
  if (!before) return;
  const rows = MEASURES.map(([key, label, digits]) => row(label, before[key], after[key], digits));
  rows.push(row("Meaning kept", 1, data.similarity, 2), row("Share of words changed", 0, data.share_changed, 2));
  $("score-rows").replaceChildren(...rows);
  $("likeness").textContent = likeness(before, after);
  drawCharts(before, after);
  document.addEventListener("themechange", () => drawCharts(before, after), { once: true });
}

function row(label, before, after, digits) {
  return make("tr", {}, make("th", { scope: "row" }, label), make("td", {}, number(before, digits)), make("td", {}, number(after, digits)));
}

function likeness(before, after) {
  const box = $("scores");
  if (after.band === "none") return `No verdict on AI-likeness: the text has under ${box.dataset.minWords} words, or is not English.`;
  const rate = box.getAttribute(`data-fpr-${after.band}`);
  const share = after.band === "low" ? "" : ` About ${rate} in 100 texts written by people score this high.`;
  return `AI-likeness is ${after.band} (it was ${before.band}).${share}`;
}

function drawCharts(before, after) {
  charts.forEach((chart) => chart.destroy());
  const shown = MEASURES.filter(([key]) => before[key] !== null && after[key] !== null);
  const boxes = shown.map(([, label]) => make("div", { className: "chart" }, make("canvas", { role: "img", "aria-label": `${label}; the figures are in the table` })));
  $("charts").replaceChildren(...boxes);
  charts = shown.map(([key, label, , top], place) => chart(boxes[place].firstChild, label, [before[key], after[key]], top));
}

function chart(canvas, label, values, top) {
  const ink = colour("--quiet");
  return new window.Chart(canvas, {
    type: "bar",
    data: { labels: ["before", "after"], datasets: [{ data: values, backgroundColor: [colour("--line"), colour("--accent")], borderRadius: 4 }] },
    options: {
      animation: false, responsive: true, maintainAspectRatio: false,
      plugins: { legend: { display: false }, title: { display: true, text: label, color: ink, font: { weight: "normal", size: 12 } } },
      scales: { x: { grid: { display: false }, ticks: { color: ink } }, y: { beginAtZero: true, suggestedMax: top ?? undefined, grid: { color: colour("--soft") }, ticks: { color: ink, maxTicksLimit: 4 } } },
    },
  });
}
