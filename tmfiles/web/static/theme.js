// Which of the two looks was chosen, and that scripts run; runs before anything is drawn, so that nothing flashes.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("tm-theme");
  } catch {
    // A browser that keeps nothing shows what the system says.
  }
  document.documentElement.classList.add("scripted");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
