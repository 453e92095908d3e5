/** What there is to show where there is no printer: why. */

import { h, icon, Part } from "./dom.js";
import { LOOKS } from "./states.js";

class Nothing extends Part {
  content() {
    const { state } = this.data;
    const { texts } = this.context;
    const look = LOOKS[state];
    const hint = state === "loading" ? "" : texts.say(`${state}_hint`);
    return h(
      "div",
      { class: "nothing", title: hint || null },
      h("span", { class: "disc", "data-tone": look.tone }, icon(look.icon)),
      h(
        "span",
        { class: "titles" },
        h("span", { class: "name" }, texts.say(state)),
        h("span", { class: "doing" }, hint),
      ),
    );
  }
}

customElements.define("bambu-hms-nothing", Nothing);
