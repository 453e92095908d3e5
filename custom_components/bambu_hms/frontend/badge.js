/** The badge: how bad it is, and how many faults there are, of one printer or of all. */

import { Base } from "./base.js";
import { h, icon, Part } from "./dom.js";
import { badgeForm } from "./form.js";
import { wordOf } from "./head.js";
import { byUrgency, count, LOOKS, stateOf } from "./states.js";

class Pill extends Part {
  content() {
    const { printer, number, name } = this.data;
    const { texts, show } = this.context;
    const look = LOOKS[stateOf(printer)];
    const label = number > 1 ? `${wordOf(texts, printer)} · ${number}` : wordOf(texts, printer);
    return h(
      "button",
      {
        class: look.loud ? "pill loud" : "pill",
        type: "button",
        "data-tone": look.tone,
        "data-key": "pill",
        "aria-label": `${name}: ${wordOf(texts, printer)}, ${texts.say("faults", { count: number })}`,
        on: { click: () => show(printer.id) },
      },
      h("span", { class: "disc" }, icon(look.icon)),
      h(
        "span",
        { class: "titles" },
        h("span", { class: "name", dir: "auto" }, name),
        h("span", { class: "doing" }, label),
      ),
    );
  }
}

customElements.define("bambu-hms-pill", Pill);

export class BambuHmsBadge extends Base {
  constructor() {
    super("badge-visibility-changed");
  }

  static getConfigForm() {
    return badgeForm();
  }

  static getStubConfig() {
    return {};
  }

  render(printers) {
    const { device_id: wanted, name } = this.config;
    const shown = wanted ? [this.chosen(printers)].filter(Boolean) : printers;
    const [worst] = [...shown].sort(byUrgency);
    if (!worst) {
      this.say("removed");
      return;
    }
    const number = shown.filter((it) => it.connected).reduce((sum, it) => sum + count(it), 0);
    const called = name || (wanted || stateOf(worst) !== "ok" ? worst.name : this.texts.say("printers"));
    this.part("pill").update(this.context, { printer: worst, number, name: called });
    this.settle(stateOf(worst), shown);
  }
}
