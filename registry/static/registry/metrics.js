/* Draw the metrics over the versions from the table below the chart, so that both always agree. */
"use strict";
(() => {
  const canvas = document.getElementById("metrics-chart");
  const table = document.getElementById("versions-table");
  if (!canvas || !table || typeof Chart === "undefined") return;
  const rows = [...table.tBodies[0].rows].reverse();
  const labels = rows.map((row) => row.dataset.number);
  const names = [...table.tHead.rows[0].cells].filter((cell) => cell.dataset.metric).map((cell) => cell.dataset.metric);
  const style = getComputedStyle(document.documentElement);
  const colours = ["#2f7d67", "#b45309", "#3d6fb6", "#9b4f96", "#6b7d1f", "#c0504d", "#4f6d7a", "#7a5c3e"];
  const datasets = names.map((name, place) => ({
    label: name,
    data: rows.map((row) => {
      const cell = row.querySelector(`[data-value-of="${CSS.escape(name)}"]`);
      return cell && cell.dataset.value !== "" ? Number(cell.dataset.value) : null;
    }),
    borderColor: colours[place % colours.length],
    backgroundColor: colours[place % colours.length],
    spanGaps: true,
    tension: 0.2,
  }));
  if (!datasets.length) return;
  const ink = style.getPropertyValue("--body-fg").trim() || "#333";
  new Chart(canvas, {
    type: "line",
    data: { labels, datasets },
    options: {
      animation: false,
      maintainAspectRatio: false,
      scales: {
        x: { title: { display: true, text: "version", color: ink }, ticks: { color: ink } },
        y: { ticks: { color: ink } },
      },
      plugins: { legend: { labels: { color: ink } } },
    },
  });
})();
