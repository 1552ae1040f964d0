// Choosing rows: one box chooses all of a name, and the page says how many are chosen.
const boxes = (name) => [...document.querySelectorAll(`input[type=checkbox][name="${name}"]`)];

function count(name) {
  const all = boxes(name);
  const chosen = all.filter((box) => box.checked).length;
  for (const box of all) box.closest("tr")?.classList.toggle("chosen", box.checked);
  for (const place of document.querySelectorAll(`[data-chosen="${name}"]`)) place.textContent = chosen;
  for (const button of document.querySelectorAll(`[data-needs-chosen="${name}"]`)) button.disabled = chosen === 0;
  for (const top of document.querySelectorAll(`[data-select-all="${name}"]`)) {
    top.checked = chosen > 0 && chosen === all.length;
    top.indeterminate = chosen > 0 && chosen < all.length;
  }
}

const countAll = () => document.querySelectorAll("[data-select-all]").forEach((top) => count(top.dataset.selectAll));

document.addEventListener("change", ({ target }) => {
  if (target.dataset.selectAll) for (const box of boxes(target.dataset.selectAll)) box.checked = target.checked;
  if (target.dataset.selectAll || target.type === "checkbox") count(target.dataset.selectAll ?? target.name);
});
document.addEventListener("htmx:after:swap", countAll);
window.addEventListener("pageshow", countAll);
