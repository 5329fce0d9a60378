// Scores before and after: a small chart in each row of the table of figures.
import { $, make, number, show } from "./dom.js";

const MEASURES = [
  ["ai_likeness", "AI-likeness", "an estimate, 0 to 1", 2, 1],
  ["markers_per_1000", "Markers", "phrases typical of AI text, per 1,000 words", 1, null],
  ["readability", "Reading ease", "Flesch: higher means easier", 0, 100],
  ["burstiness", "Sentence variation", "higher means that sentence lengths differ more", 2, null],
  ["lexical_diversity", "Lexical diversity", "MTLD: higher means a richer vocabulary", 0, null],
];
let charts = [];
let drawn = null;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
document.addEventListener("themechange", () => { if (drawn) drawCharts(); });

// `final` holds the scores of the text with the decisions so far; one detector scores both before and after.
export function drawScores(data, final = null) {
  const before = final?.scores_before ?? data.scores?.before;
  const after = final?.scores ?? data.scores?.after;
  const similarity = final ? final.similarity : data.similarity;
  const english = data.language === "en";
  show($("scores"), Boolean(data.scores) && english);
  if (!data.scores || !english) { drawn = null; return; }
  drawn = { before, after };
  const rows = MEASURES.map(([key, label, hint, digits]) => row(label, hint, shown(drawn.before, key, digits), shown(after, key, digits), key));
  const judgement = final ? final.judgement : data.scores.judgement;
  if (judgement) rows.push(row("Reads", `as editors would say; judge ${judgement.version}`, "", reading(judgement)));
  rows.push(row("Meaning kept", "similarity to the draft", "", percent(similarity)));
  rows.push(row("Words changed", "if all edits are accepted", "", percent(data.share_changed)));
  $("score-rows").replaceChildren(...rows);
  $("likeness").textContent = likeness(before, after);
  $("detector").textContent = `Scored by the detector ${after.detector_version}. ${final?.scores_note ?? ""}`.trim();
  drawCharts();
}

function shown(scores, key, digits) {
  const value = number(scores[key], digits);
  return key === "ai_likeness" && scores.band !== "none" ? `${value} ${scores.band}` : value;
}

// How sure the judge is says nothing about two texts that read the same.
function reading({ verdict, probability }) {
  return verdict === "the same" ? verdict : `${verdict}, ${percent(Math.max(probability, 1 - probability))} sure`;
}

const percent = (share) => (share === null || share === undefined ? "–" : `${Math.round(share * 100)} %`);

function row(label, hint, before, after, key = null) {
  const box = key ? make("div", { className: "chart", dataset: { key } }) : null;
  return make("tr", {}, make("th", { scope: "row" }, label, make("small", {}, hint)), make("td", { className: "chart-cell" }, box), make("td", {}, before), make("td", {}, after));
}

function likeness(before, after) {
  if (after.band === "none") return after.likeness_note;
  const change = after.band === before.band ? ", the same as before" : before.band === "none" ? "" : `; it was ${before.band} before`;
  return `AI-likeness is ${after.band}${change}. ${after.likeness_note}`.trim();
}

function drawCharts() {
  charts.forEach((chart) => chart.destroy());
  charts = [];
  for (const [key, label, , , top] of MEASURES) {
    const values = [drawn.before[key], drawn.after[key]];
    const box = $("score-rows").querySelector(`[data-key="${key}"]`);
    if (values.includes(null)) { box.replaceChildren(); continue; }
    const canvas = make("canvas", { role: "img", "aria-label": `${label}: ${number(values[0], 2)} before, ${number(values[1], 2)} after` });
    box.replaceChildren(canvas);
    charts.push(bars(canvas, values, top ?? Math.max(...values, 0.001)));
  }
}

function bars(canvas, values, top) {
  return new window.Chart(canvas, {
    type: "bar",
    data: { labels: ["before", "after"], datasets: [{ data: values, backgroundColor: [colour("--before"), colour("--accent")], borderRadius: 3, barThickness: 11, minBarLength: 2 }] },
    options: {
      indexAxis: "y", animation: false, responsive: true, maintainAspectRatio: false, events: [],
      plugins: { legend: { display: false }, tooltip: { enabled: false } },
      scales: { x: { display: false, min: 0, max: top }, y: { display: false } },
    },
  });
}
