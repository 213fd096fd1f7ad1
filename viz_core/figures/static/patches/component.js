// The patches view inside Streamlit.
import { el } from "../dom.js";
import { mountPatches } from "./patches.js";

/** Streamlit's entry point: called at first and whenever data or theme change. */
export default function streamlit({ parentElement, data, setTriggerValue }) {
  const host = parentElement;
  const send = (name, value) => setTriggerValue(name, value);
  const old = host.vizPatches;
  if (old && old.id === data.scene.id) {
    old.ready.then((view) => {
      view.options.send = send;
      view.readTheme();
      view.update(data);
    });
  } else {
    old?.ready.then((view) => view.destroy());
    let root = host.querySelector(":scope > .vz-root");
    if (!root) host.append((root = el("div", { class: "vz-root" })));
    const payload = { ...data.scene, blobs: data.blobs, methods: data.methods };
    const ready = (old?.ready ?? Promise.resolve()).then(() => mountPatches(root, payload, { send, view: data.view }));
    host.vizPatches = { id: data.scene.id, ready };
  }
  return () => {
    host.vizPatches?.ready.then((view) => view.destroy());
    host.vizPatches = null;
  };
}
