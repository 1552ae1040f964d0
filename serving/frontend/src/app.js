// Everything a page does beyond links and forms. Without it the pages are read and their forms sent all the same.
import "./forms.js";
import "./keys.js";
import "./session.js";
import "./tables.js";

document.documentElement.classList.add("js");
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-print]")) window.print();
});

// What a form came to, and before that why it was not saved, is where reading goes on; each is gone to once.
const focusFirst = () => {
  const places = [...document.querySelectorAll("[data-focus-first]")];
  for (const place of places) place.removeAttribute("data-focus-first");
  places.at(-1)?.focus();
};
focusFirst();
document.addEventListener("htmx:after:swap", focusFirst);
