/** All printers: the troubled ones first, the healthy ones as dots. */

import { tileOf } from "./compact.js";
import { h, Part } from "./dom.js";
import { byUrgency, stateOf } from "./states.js";

class Farm extends Part {
  content() {
    const { printers, name } = this.data;
    const { texts } = this.context;
    const troubled = printers.filter((printer) => stateOf(printer) !== "ok").sort(byUrgency);
    const healthy = printers.filter((printer) => stateOf(printer) === "ok");
    return [
      h(
        "div",
        { class: "farm-head" },
        h("h2", { class: "name", dir: "auto" }, name || texts.say("printers")),
        h(
          "span",
          { class: "aside" },
          texts.say("healthy_of", { count: healthy.length, all: printers.length }),
        ),
      ),
      troubled.length > 0 &&
        h("ul", { class: "troubled" }, troubled.map((printer) => h("li", {}, tileOf(this.context, printer)))),
      healthy.length > 0 &&
        h("ul", { class: "healthy" }, healthy.map((printer) => h("li", {}, this.#dot(printer)))),
    ];
  }

  #dot(printer) {
    const { texts, show } = this.context;
    return h(
      "button",
      {
        class: "dot",
        type: "button",
        title: `${printer.name}: ${texts.say("ok")}`,
        "aria-label": `${printer.name}: ${texts.say("ok")}`,
        "data-key": printer.id,
        on: { click: () => show(printer.id) },
      },
      h("span", { class: "point" }),
      h("span", { class: "dot-name", dir: "auto" }, printer.name),
    );
  }
}

customElements.define("bambu-hms-farm", Farm);
