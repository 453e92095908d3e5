/** The card: one printer in full or in the room of a tile, or all of them. */

import "./compact.js";
import "./farm.js";

import { Base } from "./base.js";
import { h } from "./dom.js";
import { cardForm, LAYOUTS, printerDevice } from "./form.js";
import { byUrgency, stateOf } from "./states.js";

const SIZES = { full: 8, compact: 1, farm: 4 };

export class BambuHmsCard extends Base {
  constructor() {
    super("card-visibility-changed");
  }

  static getConfigForm() {
    return cardForm();
  }

  static getStubConfig(hass) {
    const device = printerDevice(hass);
    return { layout: "full", ...(device ? { device_id: device } : {}) };
  }

  frame() {
    return h("ha-card", {}, this.body);
  }

  setConfig(config) {
    const layout = config.layout ?? "full";
    if (!LAYOUTS.includes(layout)) throw new Error(`layout: one of ${LAYOUTS.join(", ")}`);
    super.setConfig({ ...config, layout });
  }

  getCardSize() {
    return SIZES[this.config.layout] ?? SIZES.full;
  }

  getGridOptions() {
    if (this.config.layout === "compact") return { columns: 6, rows: 1, min_columns: 6, min_rows: 1 };
    return { columns: 12, rows: "auto", min_columns: 6 };
  }

  render(printers) {
    const { layout, name } = this.config;
    if (layout === "farm") {
      const sorted = [...printers].sort(byUrgency);
      this.part("farm").update(this.context, { printers: sorted, name });
      this.settle(stateOf(sorted[0]), printers);
      return;
    }
    const printer = this.chosen(printers);
    if (!printer) {
      this.say("removed");
      return;
    }
    if (layout === "full") this.part("full").update(this.context, printer, this.config);
    else this.part("compact").update(this.context, { printer, name });
    this.settle(stateOf(printer), [printer]);
  }
}
