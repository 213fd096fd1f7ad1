// The patches view inside Streamlit.
import { mountIn } from "../mounted.js";
import { mountPatches } from "./patches.js";

/** Streamlit's entry point: called at first and whenever data or theme change. */
export default function streamlit({ parentElement, data, setTriggerValue }) {
  const make = (root) => mountPatches(root, { ...data.scene, blobs: data.blobs, methods: data.methods }, { send: setTriggerValue, view: data.view });
  return mountIn(parentElement, data.scene.id, setTriggerValue, make, (view) => view.update(data));
}
