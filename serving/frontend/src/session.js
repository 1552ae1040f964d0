// The countdown to the session's end. A dialog offers more time; at the end another covers the page and keeps what was
// typed, until the same person has signed in again in another window. Nothing typed is ever stored.
const form = document.querySelector("form[data-session]");
const warning = document.getElementById("session-warning");
const expired = document.getElementById("session-expired");
const others = "BroadcastChannel" in window ? new BroadcastChannel("sagak-session") : null;
let endsAt = 0;

const secondsLeft = () => Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
const say = (dialog, sentence) => (dialog.querySelector("[data-session-problem]").textContent = sentence);

function start(seconds, tellOthers = true) {
  endsAt = Date.now() + seconds * 1000;
  if (warning.open) warning.close();
  say(warning, "");
  if (tellOthers) others?.postMessage({ person: form.dataset.person, seconds });
  show();
}

function show() {
  const left = secondsLeft();
  for (const place of document.querySelectorAll("[data-time-left]")) place.textContent = clock(left);
  const isSoon = left <= Number(form.dataset.warning);
  form.classList.toggle("soon", isSoon);
  if (left === 0) cover();
  else if (isSoon && !warning.open && !expired.open) warning.showModal();
}

export function cover() {
  if (!expired || expired.open) return;
  endsAt = 0;
  warning.close();
  expired.showModal();
}

// What the server says of the session, or what it answered instead. `extend` is the form's own post.
async function ask(extend) {
  const answer = extend
    ? await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRF-Token": form.elements.csrf.value },
        body: new URLSearchParams(new FormData(form)),
      })
    : await fetch("/session", { headers: { Accept: "application/json" } });
  return { status: answer.status, ...(answer.ok ? await answer.json() : {}) };
}

async function extend() {
  try {
    const session = await ask(true);
    if (session.status === 200) start(session.seconds_left);
    else if (session.status < 500) cover();
    else throw new Error(`extending answered ${session.status}`);
  } catch {
    say(warning, expired.querySelector("[data-session-problem]").dataset.noAnswer);
  }
}

async function resume() {
  const words = expired.querySelector("[data-session-problem]").dataset;
  try {
    const session = await ask(false);
    if (session.status !== 200) return say(expired, words.notYet);
    if (session.person !== form.dataset.person) return say(expired, words.otherPerson);
    for (const field of document.querySelectorAll("input[name=csrf]")) field.value = session.csrf;
    say(expired, "");
    expired.close();
    start(session.seconds_left, false);
  } catch {
    say(expired, words.noAnswer);
  }
}

if (form) {
  const whole = Number(form.dataset.seconds);
  start(whole);
  setInterval(show, 1000);
  document.addEventListener("visibilitychange", show);
  form.addEventListener("submit", (event) => (event.preventDefault(), extend()));
  warning.querySelector("[data-extend]").addEventListener("click", extend);
  // Escape says "I am here" to the warning; the covering dialog stays until somebody is signed in.
  warning.addEventListener("cancel", (event) => (event.preventDefault(), extend()));
  expired.addEventListener("cancel", (event) => event.preventDefault());
  expired.addEventListener("close", () => secondsLeft() === 0 && !expired.open && expired.showModal());
  expired.querySelector("[data-resume]").addEventListener("click", resume);
  others?.addEventListener("message", ({ data }) => {
    if (data.person === form.dataset.person && !expired.open) start(data.seconds, false);
  });
  // Every answer to htmx renews the session too; the server notes it once a minute, so one may be missing.
  document.addEventListener("htmx:after:request", ({ detail }) => {
    if (detail.ctx.response.status < 400) start(Math.max(secondsLeft(), whole - 60));
  });
}
