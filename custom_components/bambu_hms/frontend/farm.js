/** All printers: the troubled ones first, the healthy ones as dots. */

import { lineOf } from "./compact.js";
import { h, icon, Part } from "./dom.js";
import { stateChip } from "./head.js";
import { byUrgency, LOOKS, stateOf } from "./states.js";

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
        h("ul", { class: "troubled" }, troubled.map((printer) => h("li", {}, this.#row(printer)))),
      healthy.length > 0 &&
        h("ul", { class: "healthy" }, healthy.map((printer) => h("li", {}, this.#dot(printer)))),
    ];
  }

  #row(printer) {
    const { texts, show } = this.context;
    const look = LOOKS[stateOf(printer)];
    return h(
      "button",
      { class: "tile", type: "button", "data-key": printer.id, on: { click: () => show(printer.id) } },
      h("span", { class: "disc", "data-tone": look.tone }, icon(look.icon)),
      h(
        "span",
        { class: "titles" },
        h("span", { class: "name", dir: "auto" }, printer.name),
        h("span", { class: "doing" }, lineOf(texts, printer)),
      ),
      stateChip(texts, printer),
    );
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
