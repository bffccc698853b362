// The event as the player would see it, with the state it was written for.

import { people, won, word } from "/review/words.js";

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export function showEvent(node, item) {
  const { event, gameState, locale } = item;
  node.dataset.severity = event.severity;
  node.replaceChildren(
    element("p", { class: "tags" },
      element("span", { class: "severity" }, word(event.severity)),
      element("span", {}, word(event.eventType))),
    element("h2", { id: "event-title", lang: locale }, event.title),
    element("p", { class: "description", lang: locale }, event.description),
    element("ol", { class: "choices" }, ...event.choices.map((choice) => showChoice(choice, locale))),
    showState(gameState),
  );
}

function showChoice(choice, locale) {
  return element("li", {},
    element("p", { class: "choice", lang: locale }, choice.text),
    element("p", { class: "effects" }, ...effects(choice.effects)),
    element("p", { class: "outcome", lang: locale },
      element("span", { class: "unseen" }, `${word("result")}: `), choice.resultText));
}

function effects(change) {
  const chips = [
    amount("cash", change.cashDelta, won),
    amount("users", change.usersDelta, people),
    amount("trust", change.trustDelta, (points) => `${points < 0 ? "−" : ""}${Math.abs(points)}`),
    ...change.addInfrastructure.map((name) => chip("gain", `+ ${name}`)),
    ...change.removeInfrastructure.map((name) => chip("loss", `− ${name}`)),
  ].filter(Boolean);
  return chips.length ? chips : [chip("none", word("noEffect"))];
}

function amount(name, value, write) {
  if (!value) return null;
  return chip(value > 0 ? "gain" : "loss", `${word(name)} ${value > 0 ? "+" : ""}${write(value)}`);
}

const chip = (kind, text) => element("span", { class: `chip ${kind}` }, text);

function showState(state) {
  const parts = [
    word("turn", state.currentTurn), word(state.difficulty), `${word("cash")} ${won(state.cash)}`,
    `${word("users")} ${people(state.users)}`, `${word("trust")} ${state.trust}`,
    state.infrastructure.join(", ") || word("nothing"),
  ];
  return element("p", { class: "state", "aria-label": word("state") },
    ...parts.map((part) => element("span", {}, part)));
}
