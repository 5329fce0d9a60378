// Follow a long rewrite through its event stream, and poll when the stream breaks.
import { ROOT, get } from "./api.js";

const OVER = ["completed", "failed", "cancelled", "deleted"];
const POLL_MS = 1500;

// Call `onStep({state, progress})` until the rewrite has ended. Returns a function that stops following.
export function follow(id, onStep, onOver) {
  let stopped = false;
  let timer = 0;
  const source = new EventSource(`${ROOT}api/v1/transformations/${id}/stream`);
  const over = () => { if (!stopped) { stop(); onOver(); } };
  const stop = () => { stopped = true; source.close(); clearTimeout(timer); };
  source.addEventListener("progress", (event) => onStep(JSON.parse(event.data)));
  source.addEventListener("done", over);
  source.onerror = () => { source.close(); poll(); };

  async function poll() {
    if (stopped) return;
    try {
      const data = await get(`transformations/${id}`);
      onStep(data);
      if (OVER.includes(data.state)) { over(); return; }
    } catch (error) {
      if (error.status === 404) { over(); return; }
    }
    timer = setTimeout(poll, POLL_MS);
  }
  return stop;
}

export function describe(progress) {
  const eta = progress.eta_s === null || progress.eta_s === undefined ? "" : `, about ${wait(progress.eta_s)} left`;
  return progress.total_chunks ? `${progress.percent} % – part ${progress.done_chunks} of ${progress.total_chunks}${eta}` : "Waiting in the queue…";
}

const wait = (seconds) => (seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`);
