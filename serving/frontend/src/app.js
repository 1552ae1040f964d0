// Everything a page does beyond links and forms. Without it the pages are read and their forms sent all the same.
import "./forms.js";
import "./keys.js";
import "./session.js";
import "./tables.js";

document.documentElement.classList.add("js");
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-print]")) window.print();
  const opener = target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
});

const focusFirst = () => document.querySelector("[data-focus-first]")?.focus();
focusFirst();
document.addEventListener("htmx:after:swap", focusFirst);
