// The live page of a job: one event stream for progress, events and log; curves are fetched again while it runs.
document.addEventListener("DOMContentLoaded", () => {
  const page = document.querySelector(".job[data-stream]");
  if (!page) return;
  const byId = (id) => document.getElementById(id);
  const number = (value) => Number(value || 0).toLocaleString("en");
  const LOG_LINES = 400;
  let over = page.dataset.over === "1";
  let chart = null;

  const span = (seconds) => {
    if (seconds < 90) return `${seconds} s`;
    return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
  };

  const showProgress = (now) => {
    const far = now.progress;
    const state = byId("job-state");
    state.textContent = now.state[0].toUpperCase() + now.state.slice(1);
    state.parentElement.dataset.state = now.state;
    byId("job-summary").textContent = now.summary;
    byId("job-bar").value = far.percent;
    byId("job-step").textContent = number(far.step);
    byId("job-steps").textContent = number(far.steps);
    byId("job-epoch").textContent = far.epoch;
    byId("job-epochs").textContent = far.epochs;
    byId("job-attempt").textContent = now.attempt;
    byId("job-speed").textContent = far.throughput ? `${number(Math.round(far.throughput))} ${far.unit}` : "";
    const known = now.state === "running" && far.eta_low_s !== null;
    byId("job-eta").textContent = known ? `${span(far.eta_low_s)} to ${span(far.eta_high_s)} left` : "";
    const warning = byId("job-warning");
    warning.hidden = !now.warning;
    warning.textContent = now.warning || "";
  };

  const addEvent = (one) => {
    const list = byId("job-events");
    if (list.querySelector(`[data-id="${one.id}"]`)) return;
    const item = document.createElement("li");
    item.dataset.id = one.id;
    const time = document.createElement("time");
    time.dateTime = one.at;
    time.textContent = one.at.slice(11, 19);
    const kind = document.createElement("b");
    kind.textContent = one.kind;
    item.append(time, " ", kind, ` ${one.message}`);
    list.append(item);
  };

  let fresh = true;
  const addLines = (lines) => {
    const log = byId("job-log");
    const below = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    const all = (fresh ? [] : log.textContent.split("\n").filter(Boolean)).concat(lines);
    fresh = false;  // the stream starts with the last lines, which the page already shows
    log.textContent = `${all.slice(-LOG_LINES).join("\n")}\n`;
    if (below) log.scrollTop = log.scrollHeight;
  };

  const colours = () => {
    const style = getComputedStyle(document.body);
    const found = ["--accent", "--focus", "--bad"].map((name) => style.getPropertyValue(name).trim());
    return [...found.slice(0, 3).map((one) => one || "#1f5c4d"), "#3b6fb6", "#8a5fb0", "#b08a2e", "#2f8f9d", "#7d8882"];
  };

  const draw = (curves) => {
    const rows = curves.map((curve) => {
      const row = document.createElement("tr");
      const last = curve.step.length - 1;
      const cells = [curve.key, number(curve.step[last]), curve.value[last] === null ? "–" : curve.value[last].toPrecision(4)];
      cells.forEach((text, place) => {
        const cell = document.createElement(place ? "td" : "th");
        if (!place) cell.scope = "row";
        cell.textContent = text;
        row.append(cell);
      });
      return row;
    });
    byId("job-curves").querySelector("tbody").replaceChildren(...rows);
    if (!window.Chart || !curves.length) return;
    const palette = colours();
    const datasets = curves.map((curve, place) => ({
      label: curve.key, borderColor: palette[place % palette.length], backgroundColor: palette[place % palette.length],
      borderWidth: 1.5, pointRadius: curve.step.length > 1 ? 0 : 3, spanGaps: false,
      data: curve.step.map((step, at) => ({ x: step, y: curve.value[at] })),
    }));
    if (chart) {
      chart.data.datasets = datasets;
      chart.update("none");
      return;
    }
    chart = new window.Chart(byId("job-chart"), {
      type: "line",
      data: { datasets },
      options: {
        animation: false, maintainAspectRatio: false, parsing: false,
        scales: { x: { type: "linear", title: { display: true, text: "Step" } } },
      },
    });
  };

  const readCurves = async () => {
    try {
      const answer = await fetch(`${page.dataset.metrics}?points=300`, { credentials: "same-origin" });
      if (answer.ok) draw((await answer.json()).curves);
    } catch {
      // The next fetch tries again.
    }
  };

  const data = (event) => JSON.parse(event.data);
  readCurves();
  if (over) return;
  const stream = new EventSource(page.dataset.stream);
  const timer = setInterval(readCurves, 2000);
  stream.addEventListener("progress", (event) => showProgress(data(event)));
  stream.addEventListener("event", (event) => addEvent(data(event)));
  stream.addEventListener("log", (event) => addLines(data(event).lines));
  stream.addEventListener("done", () => {
    over = true;
    stream.close();
    clearInterval(timer);
    // The server draws the gate's table and the buttons: reload the page once.
    readCurves().then(() => location.reload());
  });
  stream.addEventListener("open", () => { fresh = true; });
});
