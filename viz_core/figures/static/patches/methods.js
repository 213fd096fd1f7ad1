// Maps of one token by several methods beside each other.
import { el, say } from "../dom.js";
import { saveMenu } from "../save.js";
import { Board } from "./board.js";
import { unpackFloats } from "./weights.js";

/** Fills `host` with a panel of the maps that the server sent, or empties it; gives the pictures, each with its `row`. */
export function methodPanel(app, host, events) {
  const { methods, words } = app;
  if (!methods) return host.replaceChildren(), [];
  const boards = methods.maps.map(({ name, note, row }) => {
    const board = new Board(app, name, events, "vp-method");
    board.row = unpackFloats(row);
    board.largest = Math.max(...board.row.subarray(app.first), 1e-30);
    board.caption.replaceChildren(el("b", {}, name), el("span", {}, note));
    return board;
  });
  const grid = el("div", { class: "vp-methods" }, ...boards.map((board) => board.body));
  const lines = () => [["token", ...methods.maps.map((map) => map.name)], ...Array.from({ length: app.tokens }, (_, j) => [app.nameOf(j), ...boards.map((board) => +board.row[j].toPrecision(6))])];
  const said = say(words.methods_note, { token: app.nameOf(methods.query), explained: methods.explained });
  host.replaceChildren(el("section", { class: "vz-panel" },
    el("header", {}, el("h4", {}, words.methods), el("div", { class: "vz-tools" }, saveMenu({ title: words.methods }, { body: grid, csv: lines }, app))), el("p", { class: "vz-note" }, said), grid));
  return boards;
}
