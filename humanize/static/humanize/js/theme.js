// Runs before the page is drawn, so that a dark page does not flash light. The browser keeps the choice.
(() => {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const kept = () => { try { return localStorage.getItem("youman.theme"); } catch { return null; } };
  const apply = () => { root.dataset.theme = kept() || (system.matches ? "dark" : "light"); };
  apply();
  system.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", () => {
    document.getElementById("theme")?.addEventListener("click", () => {
      const next = root.dataset.theme === "dark" ? "light" : "dark";
      try { localStorage.setItem("youman.theme", next); } catch { /* private window: the choice lasts for this page only */ }
      root.dataset.theme = next;
      document.dispatchEvent(new CustomEvent("themechange"));
    });
  });
})();
