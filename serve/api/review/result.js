// The automatic score beside the reviewer's, once that is kept.

import { element } from "/review/card.js";
import { DIMENSIONS } from "/review/form.js";
import { word } from "/review/words.js";

export function showResult(node, review, quality, next) {
  const total = DIMENSIONS.reduce((sum, name) => sum + review[name], 0);
  const button = element("button", { type: "button", class: "primary", id: "next" }, word("next"), " ", element("kbd", {}, "Enter"));
  button.addEventListener("click", next);
  node.replaceChildren(
    element("h3", {}, word("saved")),
    element("p", { class: "apart" }, word("apart", Math.round((total - quality.total) * 10) / 10)),
    element("table", {},
      element("thead", {}, element("tr", {}, element("td"), head("col", word("yours")), head("col", word("automatic")))),
      element("tbody", {}, ...DIMENSIONS.map((name) => line(word(name), review[name], quality[name], 25))),
      element("tfoot", {}, line(word("total"), total, quality.total, 100))),
    button,
  );
}

const head = (scope, text) => element("th", { scope }, text);

const line = (title, mine, theirs, most) =>
  element("tr", {}, head("row", title), cell(mine, most, "mine"), cell(theirs, most, "theirs"));

const cell = (points, most, whose) =>
  element("td", {}, element("span", {}, String(Math.round(points * 10) / 10)),
    element("meter", { class: whose, min: 0, max: most, value: points, "aria-hidden": "true" }));
