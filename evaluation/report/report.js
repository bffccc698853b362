// Shows the events that match every select; without a script all of them stay in view.
const form = document.querySelector("#filters");
const events = [...document.querySelectorAll("#events > details")];

function filter() {
  const wanted = [...form.querySelectorAll("select")].filter((select) => select.value);
  let shown = 0;
  for (const event of events) {
    event.hidden = !wanted.every((select) => event.dataset[select.name] === select.value);
    if (!event.hidden) shown += 1;
  }
  document.querySelector("#shown").textContent = shown.toLocaleString("en");
  document.querySelector("#nothing").hidden = shown > 0;
}

form.hidden = false;
form.addEventListener("change", filter);
form.addEventListener("reset", () => setTimeout(filter));
filter();
