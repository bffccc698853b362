// The keyboard. Keys are told by place (`code`), so that they work with Korean input switched on.

import { DIMENSIONS } from "/review/form.js";

const OPINIONS = { KeyA: "approve", KeyR: "revise", KeyX: "reject" };
const ANSWERS = { KeyY: "yes", KeyN: "no" };

// `page` does what a key means: form, reviewing, done, submit, next, help, language.
export function listen(page) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const act = typing(event.target) ? inText(event, page) : action(event, page);
    if (!act) return;
    event.preventDefault();
    if (!event.repeat) act();
  });
}

const typing = (target) => target.matches("textarea, input:not([type=radio])");

function inText(event, page) {
  if (event.target.id !== "note" || event.isComposing || event.keyCode === 229) return null;
  if (event.code === "Escape") return () => page.form.focusNext();
  if (isEnter(event) && !event.shiftKey) return page.submit;
  return null;
}

function action(event, page) {
  const { code } = event;
  if (event.key === "?" || (code === "Slash" && event.shiftKey)) return page.help;
  if (code === "KeyL") return page.language;
  if (isEnter(event) && !event.target.matches("nav button, #again")) {
    return page.done() ? page.next : page.reviewing() ? page.submit : null;
  }
  if (!page.reviewing()) return null;
  const digit = /^(?:Digit|Numpad)([0-5])$/.exec(code)?.[1];
  if (digit && !event.shiftKey) return () => page.form.answer(DIMENSIONS, String(Number(digit) * 5));
  if (code in ANSWERS) return () => page.form.answer(page.form.questions, ANSWERS[code]);
  if (code in OPINIONS) return () => page.form.answer(["verdict"], OPINIONS[code]);
  if (code === "KeyM") return () => page.form.note.focus();
  return null;
}

const isEnter = (event) => event.code === "Enter" || event.code === "NumpadEnter";
