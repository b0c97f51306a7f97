// Keys for what the page has anyway: each is a link, a button or a field that can be reached without.
"use strict";

const KEYS_OFF = "qagen-review-keys-off";
const keysAreOn = () => window.localStorage.getItem(KEYS_OFF) === null;

function isWriting(element) {
  return element instanceof HTMLInputElement && element.type !== "checkbox"
    || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;
}

let isLeaving = false;

function press(key) {
  const found = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key.split(" ").includes(key));
  if (found) {
    if (!isLeaving) found.click();
    return true;
  }
  const field = document.querySelector(`[data-focus="${CSS.escape(key)}"]`);
  if (field) { field.focus(); field.select(); return true; }
  const summary = document.querySelector(`[data-open="${CSS.escape(key)}"]`);
  if (summary) {
    summary.parentElement.open = true;
    const first = summary.parentElement.querySelector("textarea");
    first.focus();
    first.setSelectionRange(first.value.length, first.value.length);
    return true;
  }
  if (key === "/" && document.getElementById("f-q")) { document.getElementById("f-q").focus(); return true; }
  return false;
}

document.addEventListener("keydown", (event) => {
  const target = event.target;
  if (event.key === "Escape" && isWriting(target)) {
    const details = target.closest("details");
    if (details) { details.open = false; details.querySelector("summary").focus(); } else { target.blur(); }
    return;
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && target.closest && target.closest("#edit")) {
    event.preventDefault();
    if (!isLeaving) document.getElementById("save").click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isWriting(target) || !keysAreOn()) return;
  const acts = target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement || target.tagName === "SUMMARY";
  if ((event.key === "Enter" || event.key === " ") && acts) return;
  if (target.classList && target.classList.contains("passage") && event.key.startsWith("Arrow")) return;
  if (press(event.key)) event.preventDefault();
});

// One decision a page: a second press while the first is under way would fall on a pair that nobody has seen.
document.addEventListener("submit", (event) => {
  if (isLeaving) { event.preventDefault(); return; }
  isLeaving = true;
});
window.addEventListener("pageshow", () => { isLeaving = false; });

// Enter in the field for a reason rejects, and is not the first button of the form.
const reason = document.getElementById("reason");
if (reason) {
  reason.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); document.getElementById("reject").click(); }
  });
}

// What happened is said after the page is there, so that a screen reader reads it.
const told = document.getElementById("told");
if (told && told.dataset.told) window.setTimeout(() => { told.textContent = told.dataset.told; }, 30);

const toggle = document.getElementById("keys");
if (toggle) {
  const show = () => {
    toggle.setAttribute("aria-pressed", String(keysAreOn()));
    toggle.textContent = keysAreOn() ? "Keys are on" : "Keys are off";
  };
  toggle.hidden = false;
  show();
  toggle.addEventListener("click", () => {
    if (keysAreOn()) window.localStorage.setItem(KEYS_OFF, "1"); else window.localStorage.removeItem(KEYS_OFF);
    show();
  });
}
