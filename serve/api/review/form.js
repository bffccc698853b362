// The form: a row of radio buttons a question, and the note. It writes into `Answers`.

import { element } from "/review/card.js";
import { language, word } from "/review/words.js";

export const DIMENSIONS = ["consistency", "balance", "fun", "education"];
const POINTS = [0, 5, 10, 15, 20, 25];
const OPINIONS = [["approve", "A"], ["revise", "R"], ["reject", "X"]];

export class Form {
  constructor(node, questions) {
    this.node = node;
    this.questions = questions.map((question) => question.id);
    this.words = questions;
    node.addEventListener("input", (event) => this.#changed(event.target));
  }

  show(answers) {
    this.answers = answers;
    this.node.replaceChildren(
      part("scores", "0 – 5", DIMENSIONS.map((name) => row(name, word(name), word(`${name}Hint`), POINTS.map((points) => [points, points])))),
      part("checklist", "Y · N", this.words.map((question, index) =>
        row(question.id, `${index + 1}. ${question[language()]}`, "", [["yes", word("yes")], ["no", word("no")]]))),
      part("verdict", "A · R · X", [row("verdict", word("verdict"), "", OPINIONS.map(([name, key]) => [name, word(name), key]))]),
      part("note", "M", [element("textarea", { id: "note", name: "note", rows: 2, maxlength: 2000, "aria-label": word("note"), placeholder: word("notePlaceholder") })]),
      element("p", { id: "missing", role: "status" }),
      element("button", { class: "primary", id: "submit" }, word("submit"), " ", element("kbd", {}, "Enter")),
    );
    this.note.value = answers.note;
    for (const [name, value] of Object.entries(answers.chosen)) {
      const radio = this.#radio(name, value);
      if (radio) radio.checked = true;
    }
    this.focusNext();
  }

  get note() { return this.node.querySelector("#note"); }
  get names() { return [...DIMENSIONS, ...this.questions, "verdict"]; }
  get missing() { return this.names.filter((name) => !(name in this.answers.chosen)); }

  // Answers the focused row of that kind, else the first open one, and moves on.
  answer(kind, value) {
    const focused = document.activeElement?.name;
    const name = kind.includes(focused) ? focused : this.missing.find((open) => kind.includes(open)) ?? kind.at(-1);
    const radio = this.#radio(name, value);
    radio.checked = true;
    this.#changed(radio);
    this.focusNext(name);
  }

  // To the next open row after `name`, else the first open one, else the button that submits.
  focusNext(name) {
    const open = this.missing;
    const after = this.names.slice(this.names.indexOf(name) + 1).find((one) => open.includes(one));
    const next = after ?? open[0];
    const target = next ? this.node.querySelector(`input[name="${next}"]`) : this.node.querySelector("#submit");
    target.focus({ preventScroll: true });
    target.closest("fieldset, button").scrollIntoView({ block: "nearest" });
  }

  // The review as the platform takes it, or null; then the page says what is missing.
  get review() {
    const open = this.missing;
    const titles = open.map((name) => this.questions.includes(name) ? `${word("checklist")} ${this.questions.indexOf(name) + 1}` : word(name));
    this.node.querySelector("#missing").textContent = open.length ? word("missing", titles.join(", ")) : "";
    if (open.length) {
      this.focusNext();
      return null;
    }
    const { chosen, note, seconds } = this.answers;
    return {
      ...Object.fromEntries(DIMENSIONS.map((name) => [name, Number(chosen[name])])),
      checklist: Object.fromEntries(this.questions.map((name) => [name, chosen[name] === "yes"])),
      verdict: chosen.verdict,
      note,
      seconds: Math.min(86400, Math.round(seconds * 10) / 10),
    };
  }

  #radio(name, value) { return this.node.querySelector(`input[name="${name}"][value="${value}"]`); }

  #changed(field) {
    if (field.id === "note") this.answers.note = field.value;
    else this.answers.chosen[field.name] = field.value;
    this.answers.keep();
    if (!this.missing.length) this.node.querySelector("#missing").textContent = "";
  }
}

function part(name, keys, rows) {
  return element("section", { class: `part ${name}`, "aria-labelledby": `part-${name}` },
    element("h3", { id: `part-${name}` }, word(name), " ", element("kbd", {}, keys)), ...rows);
}

function row(name, title, hint, options) {
  const legend = element("legend", {}, element("span", {}, title), hint && element("small", {}, hint));
  const radios = options.map(([value, label, key]) =>
    element("label", { class: `option ${value}` },
      element("input", { type: "radio", name, value, autocomplete: "off" }),
      element("span", {}, String(label), key ? element("kbd", {}, key) : "")));
  return element("fieldset", {}, legend, element("div", { class: "options" }, ...radios));
}
