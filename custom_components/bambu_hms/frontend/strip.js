/** The AMS units and their slots, coloured and shaped by what is wrong with them. */

import { h, icon, Part, spoken } from "./dom.js";
import { LOOKS, lookOf } from "./states.js";

class Strip extends Part {
  content() {
    const { units, faults, dimmed } = this.data;
    return h(
      "ul",
      { class: dimmed ? "units dimmed" : "units" },
      units.map((unit) => this.#unit(unit, faults.filter((fault) => fault.unit === unit.id))),
    );
  }

  #unit(unit, faults) {
    const { texts } = this.context;
    const own = faults.find((fault) => !fault.slot);
    const look = own && LOOKS[lookOf(own)];
    return h(
      "li",
      { class: unit.present ? "unit" : "unit absent", "data-unit": unit.id },
      h(
        "div",
        { class: "unit-name", "data-tone": look?.tone },
        look && icon(look.icon),
        h("span", {}, unit.name),
        look && spoken(`${texts.severity(own.severity)}: ${own.message}`),
        !unit.present && h("span", { class: "aside" }, texts.say("unit_absent")),
      ),
      h(
        "ol",
        { class: "slots" },
        unit.slots.map((slot) =>
          this.#slot(unit, slot, faults.find((fault) => fault.slot === slot)),
        ),
      ),
    );
  }

  #slot(unit, slot, fault) {
    const { texts } = this.context;
    const look = fault && LOOKS[lookOf(fault)];
    const used = unit.slot_in_use === slot;
    const said = [
      fault ? `${texts.severity(fault.severity)}: ${fault.message}` : texts.say("slot_ok"),
      used && texts.say("slot_in_use"),
    ];
    return h(
      "li",
      {
        class: used ? "slot used" : "slot",
        "data-slot": slot,
        "data-tone": look?.tone,
        "data-look": fault ? lookOf(fault) : null,
        title: `${texts.say("slot", { slot })}: ${said.filter(Boolean).join(", ")}`,
      },
      spoken(`${texts.say("slot", { slot })}: ${said.filter(Boolean).join(", ")}`),
      h("span", { class: "number", "aria-hidden": "true" }, String(slot)),
      look && icon(look.icon),
    );
  }
}

customElements.define("bambu-hms-strip", Strip);
