/** One printer in the room of a tile; a tap shows everything about it. */

import { h, icon, Part } from "./dom.js";
import { doingOf, stateChip, wordOf } from "./head.js";
import { headline, LOOKS, sentenceOf, stateOf } from "./states.js";

/**
 * The line below the name: the fault to name first, else what the printer is doing. Where there is no
 * room for the chip, its word stands before that.
 */
function lineOf(texts, printer) {
  const word = wordOf(texts, printer);
  const fault = printer.connected && headline(printer);
  const parts = doingOf(texts, printer).filter((part) => part && part !== word);
  const others = fault
    ? [h("bdi", { class: "sentence" }, sentenceOf(fault))]
    : parts.map((part) => h("span", {}, part));
  return others.length ? [h("span", { class: "chip-word" }, word), ...others] : h("span", {}, word);
}

/** A printer in one line, which opens everything about it. */
export function tileOf({ texts, show }, printer, name) {
  const look = LOOKS[stateOf(printer)];
  return h(
    "button",
    { class: "tile", type: "button", "data-key": printer.id, on: { click: () => show(printer.id) } },
    h("span", { class: "disc", "data-tone": look.tone }, icon(look.icon)),
    h(
      "span",
      { class: "titles" },
      h("span", { class: "name", dir: "auto" }, name || printer.name),
      h("span", { class: "doing" }, lineOf(texts, printer)),
    ),
    stateChip(texts, printer),
  );
}

class Compact extends Part {
  content() {
    return tileOf(this.context, this.data.printer, this.data.name);
  }
}

customElements.define("bambu-hms-compact", Compact);
