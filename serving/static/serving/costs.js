// Draw the table of costs as bars. The chart shows only figures that are in the table.
document.addEventListener("DOMContentLoaded", () => {
  const canvas = document.getElementById("costs-chart");
  const rows = [...document.querySelectorAll("#costs-table tr[data-key]")];
  if (!canvas || !rows.length || !window.Chart) {
    canvas?.parentElement.remove();
    return;
  }
  const style = getComputedStyle(document.body);
  const colour = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const series = (label, key, background) => ({
    label, backgroundColor: background, data: rows.map((row) => Number(row.dataset[key])),
  });
  new window.Chart(canvas, {
    type: "bar",
    data: {
      labels: rows.map((row) => row.dataset.key),
      datasets: [
        series("Cost", "cost", colour("--link-fg", "#1f5c4d")),
        series("Baseline", "baseline", colour("--border-color", "#bbbbbb")),
      ],
    },
    options: {
      animation: false, maintainAspectRatio: false,
      scales: { y: { beginAtZero: true, title: { display: true, text: "US dollars" } } },
    },
  });
});
