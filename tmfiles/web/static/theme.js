// Which of the two looks was chosen; runs before anything is drawn, so that nothing flashes.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("tm-theme");
  } catch {
    // A browser that keeps nothing shows what the system says.
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
