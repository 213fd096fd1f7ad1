// The desk as a Streamlit component.
import { el } from "../dom.js";
import { mountDesk } from "./desk.js";

/** Streamlit's entry point: called at first and whenever data or theme change. */
export default function streamlit({ parentElement, data, setTriggerValue }) {
  const host = parentElement;
  const send = (name, value) => setTriggerValue(name, value);
  const { desk } = host;
  if (desk && host.deskId === data.scene.id) {
    desk.options.send = send;
    desk.setTheme();
    desk.follow(data.scene.view);
  } else {
    desk?.destroy();
    let root = host.querySelector(":scope > .vz-root");
    if (!root) host.append((root = el("div", { class: "vz-root" })));
    host.desk = mountDesk(root, data.scene, { send });
    host.deskId = data.scene.id;
  }
  return () => {
    host.desk?.destroy();
    host.desk = null;
  };
}
