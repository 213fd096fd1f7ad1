// Points in the plane, as large as their weights.
import { svg } from "./dom.js";
import { PlacesView } from "./places.js";

const SIDE = 360;

export class PointsView extends PlacesView {
  build() {
    const { geometry: { x, y }, title } = this.panel;
    const known = this.site.keys.map((_, i) => i).filter((i) => Number.isFinite(x[i]) && Number.isFinite(y[i]));
    const scale = (values) => {
      const [low, high] = [Math.min(...known.map((i) => values[i])), Math.max(...known.map((i) => values[i]))];
      return (i) => (SIDE * (values[i] - low)) / (high - low || 1);
    };
    const [across, up] = [scale(x), scale(y)];
    this.path = svg("polyline", { class: "vz-path" });
    this.marks = new Map(known.map((i) => [i, svg("circle", { cx: across(i), cy: SIDE - up(i), r: 5, class: "vz-point", ...this.listeners(i) })]));
    this.picture = svg("svg", { class: "vz-places", role: "img", "aria-label": title, viewBox: `-16 -16 ${SIDE + 32} ${SIDE + 32}` }, this.path, ...this.marks.values());
    return [this.picture];
  }
  placed(index) {
    return this.marks.has(index);
  }
  draw(values, pointed) {
    for (const [index, shape] of this.marks) {
      const alpha = values?.[index] || 0;
      shape.style.setProperty("--alpha", alpha.toFixed(3));
      shape.setAttribute("r", 4 + 12 * Math.sqrt(alpha));
      shape.classList.toggle("vz-chosen", index === pointed || (this.related && index === this.held));
    }
    this.trail();
  }
  /** The points with the largest weight so far, in order: the answer of a pointer network. */
  trail() {
    const { site, path } = this;
    if (!site.grows) return;
    const chosen = [];
    for (let row = 0; row < site.visible(this.app.step)[1]; row++) {
      const values = site.row(row);
      const shape = this.marks.get(values.reduce((top, value, i) => (value > (values[top] || 0) ? i : top), 0));
      if (shape) chosen.push(`${shape.getAttribute("cx")},${shape.getAttribute("cy")}`);
    }
    path.setAttribute("points", chosen.join(" "));
  }
}
