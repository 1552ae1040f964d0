// Forms: no sending while a syllable is being typed, none sent twice, no typed text lost, days in one way of writing.
import { cover } from "./session.js";

const changed = new Set();
const DAY = /^\s*(\d{4})(?:\s*[-./]\s*(\d{1,2})\s*[-./]\s*(\d{1,2})\s*\.?|(\d{2})(\d{2}))\s*$/;

document.addEventListener("keydown", (event) => {
  // Enter that ends a syllable is not Enter that sends.
  if (event.key === "Enter" && (event.isComposing || event.keyCode === 229) && event.target.form) event.preventDefault();
});

// Ctrl+Enter sends from any field, also from a text of many lines.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || !event.target.form) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

document.addEventListener("input", ({ target }) => {
  if (target.form?.matches("[data-keep]")) changed.add(target.form);
});

document.addEventListener("change", ({ target }) => {
  const day = target.matches("[data-date]") && DAY.exec(target.value);
  if (day) target.value = `${Number(day[1])}. ${Number(day[2] ?? day[4])}. ${Number(day[3] ?? day[5])}.`;
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  changed.delete(form);
  // A download answers without a new page, so the form is free again soon.
  setTimeout(() => delete form.dataset.sent, 2000);
});

window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
window.addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});

document.addEventListener("htmx:after:request", ({ detail }) => {
  if (detail.ctx.response.status < 400) changed.delete(detail.ctx.sourceElement.closest("form"));
});

// An answer that is an error: without a session the page is covered; 422 and 409 bring the form again, in its place;
// any other is said on top of the page, in the server's words where they came.
const flash = () => document.getElementById("flash");
const sayNoAnswer = () => flash().replaceChildren(document.getElementById("no-answer").content.cloneNode(true));

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (ctx.response.status === 401) return cover();
  if (ctx.response.status === 422 || ctx.response.status === 409) return;
  ctx.target = flash();
  ctx.swap = "innerHTML";
  if (!ctx.text.trimStart().startsWith('<div class="alert')) {
    ctx.swap = "none";
    sayNoAnswer();
  }
  flash().scrollIntoView();
});
document.addEventListener("htmx:error", () => {
  sayNoAnswer();
  flash().scrollIntoView();
});
