"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const filter = document.getElementById("filter");
const rows = [...document.querySelectorAll("tr.rule")];

function applyFilter() {
  const typed = filter.querySelector("[type=search]").value.toLowerCase();
  const words = typed.split(/\s+/).filter(Boolean);
  const chosen = [...filter.querySelectorAll(":checked")].map((box) => box.value);
  let shown = 0;
  for (const row of rows) {
    const title = row.querySelector("th").textContent;
    const text = `${title} ${row.parentNode.dataset.area}`.toLowerCase();
    const verdicts = row.dataset.words.split(" ");
    row.hidden = !words.every((word) => text.includes(word)) ||
      (chosen.length > 0 && !chosen.some((word) => verdicts.includes(word)));
    shown += !row.hidden;
  }
  for (const area of document.querySelectorAll("tbody[data-area]"))
    area.hidden = !area.querySelector("tr.rule:not([hidden])");
  filter.querySelector("output").textContent =
    shown === rows.length ? "" : shown + " of " + rows.length + " rules";
}
filter.addEventListener("input", applyFilter);
filter.addEventListener("submit", (event) => event.preventDefault());

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function describe(result) {
  const part = element("div", undefined, "check");
  const title = element("h3");
  title.append(element("span", result.verdict, "verdict"), element("code", result.check));
  if (result.ms !== null) title.append(element("span", result.ms.toFixed(0) + " ms", "meta"));
  part.append(title);
  const table = element("table");
  for (const [name, value] of result.lines) {
    const row = table.insertRow();
    row.append(element("th", name));
    const cell = row.insertCell();
    const code = ["again", "debug", "at", "stdout", "stderr"].includes(name);
    cell.append(code ? element("code", value) : value);
  }
  part.append(table);
  return part;
}

const dialog = document.getElementById("details");
document.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
  const cell = event.target.closest("button[data-at]");
  if (!cell) return;
  const rule = cell.closest("tr").querySelector("th");
  dialog.querySelector("h2").textContent = rule.querySelector(".title").textContent;
  dialog.querySelector(".meta").textContent =
    data.columns[cell.dataset.column] + " · " + rule.querySelector(".meta").textContent;
  const results = cell.dataset.at.split(" ").map((at) => describe(data.results[at]));
  dialog.querySelector(".body").replaceChildren(...results);
  dialog.showModal();
});
