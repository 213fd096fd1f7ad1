// The desk as a Streamlit component.
import { mountIn } from "../mounted.js";
import { mountDesk } from "./desk.js";

/** Streamlit's entry point: called at first and whenever data or theme change. */
export default function streamlit({ parentElement, data, setTriggerValue }) {
  const make = (root) => mountDesk(root, data.scene, { send: setTriggerValue });
  return mountIn(parentElement, data.scene.id, setTriggerValue, make, (desk) => desk.follow(data.scene.view));
}
