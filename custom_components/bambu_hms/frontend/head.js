/** The head of a printer: its name, what it is doing, and how bad it is. */

import { h, icon, Part } from "./dom.js";
import { count, LOOKS, stateOf } from "./states.js";

/** The word for a state. */
export function wordOf(texts, printer) {
  const state = stateOf(printer);
  if (state === "safety") return texts.say("danger");
  if (["common", "serious", "fatal"].includes(state)) return texts.severity(state);
  if (state === "offline" && !printer.reason) return texts.say("connecting");
  return texts.say(state);
}

/** What a printer is doing, or why and since when it is not heard: words, and a time. */
export function doingOf(texts, printer) {
  if (!printer.loaded) return [printer.starting ? texts.say("starting") : texts.say("not_loaded")];
  if (!printer.connected) {
    return [printer.reason && texts.reason(printer.reason), ...lastHeard(texts, printer)];
  }
  const used = printer.slot_in_use && texts.say("in_use", { place: printer.slot_in_use });
  return [texts.doing(printer.print_state), used];
}

function lastHeard(texts, printer) {
  const time = printer.last_heard;
  if (!time) return [];
  return [
    h(
      "span",
      {},
      `${texts.say("last_heard")} `,
      h("time", { datetime: time, "data-ago": true }, texts.ago(time)),
    ),
  ];
}

/** A shape and a word in the colours of a state, with the number of faults. */
export function stateChip(texts, printer) {
  const look = LOOKS[stateOf(printer)];
  const number = count(printer);
  return h(
    "div",
    { class: look.loud ? "chip state loud" : "chip state", "data-tone": look.tone },
    icon(look.icon),
    wordOf(texts, printer),
    printer.connected &&
      number > 1 &&
      h("span", { class: "count", "aria-label": texts.say("faults", { count: number }) }, String(number)),
  );
}

class Head extends Part {
  content() {
    const { printer, name } = this.data;
    const { texts } = this.context;
    const look = LOOKS[stateOf(printer)];
    return [
      h("div", { class: "disc", "data-tone": look.tone }, icon("mdi:printer-3d")),
      h(
        "div",
        { class: "titles" },
        h("h2", { class: "name", dir: "auto" }, name || printer.name),
        h("div", { class: "doing" }, doingOf(texts, printer).map((part) => part && h("span", {}, part))),
      ),
      stateChip(texts, printer),
    ];
  }
}

customElements.define("bambu-hms-head", Head);
