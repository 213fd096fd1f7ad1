// The controls above the wall: sites as tabs, order, colours, what is hidden, words or tokens.
import { el } from "../dom.js";

/** The controls of a heads view, as they stand. */
export function controls(app) {
  const { words, view, site } = app;
  const select = (label, value, options, work) => el("label", {}, label, el("select", { onchange: (event) => work(event.target.value) },
    ...options.map(([name, text]) => el("option", { value: name, selected: name === value }, text))));
  const check = (name, label, possible = true) => (possible
    ? el("label", {}, el("input", { type: "checkbox", name, checked: view[name], onchange: (event) => app.change({ [name]: event.target.checked }) }), label) : null);
  const sides = [site.queries, site.keys];
  const special = sides.some((tokens) => tokens.special.length);
  const parted = sides.some((tokens) => tokens.words.at(-1) < tokens.labels.length - 1); // a word of several tokens
  return [tabs(app),
    select(words.sorted, view.sort, ["order", ...Object.keys(site.summary)].map((name) => [name, words[`sort_${name}`]]), (sort) => app.change({ sort })),
    select(words.colours, view.relative ? "row" : "absolute", [["absolute", words.absolute], ["row", words.row_max]], (value) => app.change({ relative: value === "row" })),
    check("hideSpecial", words.hide_special, special), check("hideFirst", words.hide_first), check("wholeWords", words.whole_words, parted), app.themeButton()].filter(Boolean);
}

function tabs(app) {
  if (app.sites.length < 2) return null;
  return el("div", { class: "vh-tabs", role: "tablist" }, ...app.sites.map((item, i) => el("button", { type: "button", role: "tab", "aria-selected": String(i === app.view.site), onclick: () => app.change({ site: i }) }, app.words[`site_${item.site}`] ?? item.site)));
}
