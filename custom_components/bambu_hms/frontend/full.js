/** Everything about one printer. */

import "./fault.js";
import "./footer.js";
import "./head.js";
import "./machine.js";
import "./strip.js";

import { h, icon, Part } from "./dom.js";
import { heard, LOOKS, muted, sentenceOf, stateOf } from "./states.js";

/** What there is to say where there is no fault to show. */
class Word extends Part {
  content() {
    const { printer, state } = this.data;
    const { texts } = this.context;
    if (state === "ok") return this.#well(printer);
    if (state === "offline" && !printer.faults?.length) return texts.say("offline_hint");
    if (state === "offline") return texts.say("offline_faults");
    if (state === "not_loaded") return texts.say("not_loaded_hint");
    if (state === "safety") return [icon(LOOKS.safety.icon), h("span", {}, texts.say("danger_hint"))];
    return [];
  }

  #well(printer) {
    const { texts } = this.context;
    const last = printer.last_fault;
    if (!last) return texts.say("history_empty");
    const time = h("time", { datetime: last.cleared, "data-ago": true }, texts.ago(last.cleared));
    return h("span", {}, `${texts.say("last_fault")} `, time, " · ", h("bdi", {}, sentenceOf(last)));
  }
}

customElements.define("bambu-hms-word", Word);

class FullView extends HTMLElement {
  /** @type {Map<string, any>} the rows by their codes */
  #rows = new Map();
  #head = part("head");
  #word = part("word");
  #machine = part("machine");
  #strip = part("strip");
  #list = h("div", { class: "faults", role: "list" });
  #footer = part("footer");
  #middle = h("div", { class: "middle" }, this.#machine, this.#strip);

  connectedCallback() {
    if (this.firstChild) return;
    this.append(this.#head, this.#word, this.#middle, this.#list, this.#footer);
  }

  /**
   * @param {import("./base.js").Context} context
   * @param {import("./data.js").Printer} printer
   * @param {Record<string, any>} config
   */
  update(context, printer, config) {
    const state = stateOf(printer);
    const dimmed = state === "offline";
    const faults = heard(printer);
    const { units = [], mutes = [] } = printer;
    this.#head.update(context, { printer, name: config.name });
    this.#word.dataset.state = state;
    this.#word.update(context, { printer, state });
    this.#machine.hidden = config.show_machine === false;
    this.#strip.hidden = config.show_ams === false || !units.length;
    this.#middle.hidden = !printer.loaded || (this.#machine.hidden && this.#strip.hidden);
    const there = { faults, dimmed };
    if (!this.#machine.hidden) this.#machine.update(context, { ...there, shape: printer.shape });
    if (!this.#strip.hidden) this.#strip.update(context, { ...there, units });
    this.#show(context, faults, dimmed, printer.can_control);
    this.#footer.hidden = !printer.loaded;
    if (printer.loaded) {
      this.#footer.update(context, {
        device_id: printer.device_id,
        control: printer.can_control,
        muted: muted(printer),
        mutes,
        faults: faults.map((fault) => [fault.code, fault.settling]),
      });
    }
  }

  /** Show the faults, each in the row that it has had. */
  #show(context, faults, dimmed, control) {
    const rows = new Map();
    for (const fault of faults) {
      const key = `${fault.code} ${fault.simulated}`;
      const row = this.#rows.get(key) ?? part("fault", { role: "listitem" });
      rows.set(key, row);
    }
    // A row that stays where it is keeps the focus of its buttons.
    const wanted = [...rows.values()];
    for (const row of this.#rows.values()) if (!wanted.includes(row)) row.remove();
    wanted.forEach((row, at) => {
      if (this.#list.children[at] !== row) this.#list.insertBefore(row, this.#list.children[at] ?? null);
    });
    this.#rows = rows;
    faults.forEach((fault, at) => wanted[at].update(context, { fault, dimmed, control }));
    this.#list.hidden = !faults.length;
  }
}

function part(name, attributes = {}) {
  return h(`bambu-hms-${name}`, attributes);
}

customElements.define("bambu-hms-full", FullView);
