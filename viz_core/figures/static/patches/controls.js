// The controls above the maps: prefix tokens, layer, how maps are drawn.
import { el } from "../dom.js";

/** The bar; the parts that follow the view are kept on `app`. */
export function controlBar(app) {
  const { words, payload, view } = app;
  const check = (name, label) => el("label", {}, el("input", { type: "checkbox", checked: view[name], "data-name": name, onchange: (event) => app.change({ [name]: event.target.checked }) }), label);
  app.slider = el("input", { type: "range", min: 0, max: payload.layers - 1, value: view.layer, "aria-label": words.layer, oninput: (event) => app.change({ layer: +event.target.value }) });
  [app.layerName, app.timesName] = [el("output", {}), el("output", {})];
  const times = el("input", { type: "range", min: 1.1, max: 6, step: 0.1, value: view.times, class: "vp-times", "aria-label": words.hide, oninput: (event) => app.change({ times: +event.target.value }) });
  return el("div", { class: "vp-bar" }, el("span", { class: "vp-chips" }, ...app.chips), el("label", { class: "vp-layer" }, words.layer, app.slider, app.layerName),
    check("smooth", words.smooth), check("relative", words.relative), el("span", { class: "vp-hide" }, check("hide", words.hide), el("label", {}, times, app.timesName)));
}
