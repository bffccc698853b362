// The review page: who reviews, then one event after the other.

import { Answers } from "/review/answers.js";
import { element, showEvent } from "/review/card.js";
import * as connection from "/review/connection.js";
import { Form } from "/review/form.js";
import { listen } from "/review/keys.js";
import { showResult } from "/review/result.js";
import { switchLanguage, translatePage, word } from "/review/words.js";

const REVIEWER = "eventsmith.review.reviewer";
const find = (id) => document.getElementById(id);

let reviewer = localStorage.getItem(REVIEWER) ?? "";
let item = null;
let outcome = null;
let busy = false;
let progress = null;
const form = new Form(find("form"), await connection.checklist());

function only(...shown) {
  for (const id of ["entry", "empty", "desk"]) find(id).hidden = !shown.includes(id);
  find("leave").hidden = shown.includes("entry");
  find("who").textContent = shown.includes("entry") ? "" : reviewer;
}

function say(text = "") {
  find("message").textContent = text;
  find("message").hidden = !text;
}

function draw() {
  translatePage();
  find("progress").textContent = progress ? word("progress", progress.done, progress.open) : "";
  find("help-keys").replaceChildren(...word("help").flatMap(([keys, meaning]) =>
    [element("dt", {}, element("kbd", {}, keys)), element("dd", {}, meaning)]));
  if (!item) return;
  showEvent(find("event"), item);
  find("form").hidden = Boolean(outcome);
  find("result").hidden = !outcome;
  if (outcome) {
    showResult(find("result"), outcome.review, outcome.quality, next);
    find("next").focus();
  } else form.show(form.answers);
}

async function next() {
  await alone(async () => {
    const answer = await connection.nextItem(reviewer);
    ({ item, progress } = answer);
    outcome = null;
    if (item) form.answers = new Answers(reviewer, item.itemId);
    only(item ? "desk" : "empty");
    draw();
    if (item) window.scrollTo(0, 0);
    else find("again").focus();
  });
}

async function submit() {
  const review = form.review;
  if (!review) return;
  await alone(async () => {
    form.answers.keep();
    const answer = await connection.submit(item.itemId, { reviewer, ...review });
    form.answers.forget();
    progress = answer.progress;
    outcome = { review, quality: answer.quality };
    draw();
  });
}

// One request at a time; what went wrong is said, and nothing typed is lost.
async function alone(work) {
  if (busy) return;
  busy = true;
  let gone = false;
  try {
    say();
    await work();
  } catch (error) {
    gone = error.status === 404;
    failed(error);
  } finally {
    busy = false;
  }
  if (gone) {
    await next();
    say(word("gone"));
  }
}

function failed(error) {
  if (error.status === 401) {
    find("token-label").hidden = false;
    enter(word("refused"));
  }
  else if (error.status === 403) enter(word("forbidden"));
  else if (error.status === 422) enter(word("badName"));
  else if (error.status !== 404) {
    say(word("offline"));
    if (!(error instanceof connection.Refused || error instanceof TypeError)) throw error;
  }
}

function enter(problem) {
  item = null;
  progress = null;
  only("entry");
  draw();
  say(problem);
  find("name").value = reviewer;
  (find("name").value && !find("token-label").hidden ? find("token") : find("name")).focus();
}

// The token is asked for only where the platform wants one.
async function start() {
  translatePage();
  try {
    await connection.progress(reviewer || "-");
  } catch (error) {
    if (error.status !== 401) {
      enter();
      return failed(error);
    }
    find("token-label").hidden = false;
    return enter();
  }
  return reviewer ? next() : enter();
}

find("entry").addEventListener("submit", (event) => {
  event.preventDefault();
  reviewer = find("name").value.trim().normalize("NFC");
  localStorage.setItem(REVIEWER, reviewer);
  if (find("token").value) connection.setToken(find("token").value);
  find("token").value = "";
  next();
});
find("form").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
find("again").addEventListener("click", next);
find("leave").addEventListener("click", () => enter());
find("language").addEventListener("click", language);
find("help-open").addEventListener("click", help);
find("help-close").addEventListener("click", () => find("help").close());

function help() { find("help").showModal(); }
function language() { switchLanguage(); draw(); }

listen({
  form, submit, next, help, language,
  reviewing: () => Boolean(item) && !outcome,
  done: () => Boolean(item) && Boolean(outcome),
});
start();
