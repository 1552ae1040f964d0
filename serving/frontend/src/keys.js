// Keys for whoever works through a list: n p Enter c. They can be switched off (WCAG 2.1.4), are silent while
// something is typed, and go by the key's place, so they work with the Korean input on.
const SETTING = "sagak-shortcuts";
const isOn = () => localStorage.getItem(SETTING) !== "off";

// On a household's page, n and p follow its links to the next and the former one of the list.
const step = (by) => {
  const link = document.querySelector(`a[data-step="${by}"]`);
  if (link) return link.click();
  const rows = [...document.querySelectorAll("[data-row]")];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  row?.querySelector("[data-row-link], a")?.focus();
};
const contact = () => {
  const place = document.querySelector("[data-contact]");
  if (place?.matches("a")) place.click();
  else place?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
};
const ACTS = { KeyN: () => step(1), KeyP: () => step(-1), KeyC: contact };

document.addEventListener("keydown", (event) => {
  const act = ACTS[event.code];
  if (!act || !isOn() || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea, dialog, [contenteditable]")) return;
  event.preventDefault();
  act();
});

// Only keys that do something here are told of.
const WORKS = {
  n: "[data-row], [data-step='1']",
  p: "[data-row], [data-step='-1']",
  Enter: "[data-row]",
  c: "[data-contact]",
};
for (const line of document.querySelectorAll("[data-key]")) line.hidden = !document.querySelector(WORKS[line.dataset.key]);
for (const list of document.querySelectorAll(".keys")) list.hidden = !list.querySelector("[data-key]:not([hidden])");

const box = document.querySelector("[data-shortcuts]");
if (box) {
  box.checked = isOn();
  box.addEventListener("change", () => localStorage.setItem(SETTING, box.checked ? "on" : "off"));
}
