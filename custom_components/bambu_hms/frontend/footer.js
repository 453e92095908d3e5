/** What is muted, and what was: both shown only when they are asked for. */

import { codeOf, history, unmute } from "./actions.js";
import { h, icon, Part } from "./dom.js";
import { LOOKS, lookOf, sentenceOf } from "./states.js";

class Footer extends Part {
  /** @type {"muted"|"history"|null} */
  #open = null;
  /** @type {Record<string, any>[]|null} */
  #history = null;

  /** History is another one when anything of the printer is. */
  update(context, data) {
    const before = this.data;
    super.update(context, data);
    if (before && before !== this.data && this.#open === "history") this.#load();
  }

  content() {
    const { texts } = this.context;
    const { muted, mutes } = this.data;
    const some = muted.length || mutes.length;
    if (this.#open === "muted" && !some) this.#open = null;
    return [
      h(
        "div",
        { class: "switches" },
        some &&
          this.#switch(
            "muted",
            "mdi:bell-off-outline",
            texts.say("muted_count", { count: Math.max(muted.length, mutes.length) }),
          ),
        this.#switch("history", "mdi:history", texts.say("history")),
      ),
      this.#open === "muted" && this.#muted(),
      this.#open === "history" && this.#rows(),
    ];
  }

  #switch(what, image, name) {
    const open = this.#open === what;
    const click = () => {
      this.#open = open ? null : what;
      if (this.#open === "history") this.#load();
      this.draw();
    };
    return h(
      "button",
      { class: "button quiet", type: "button", "aria-expanded": String(open), "data-key": what, on: { click } },
      icon(image),
      name,
      icon(open ? "mdi:chevron-up" : "mdi:chevron-down"),
    );
  }

  #muted() {
    const { texts } = this.context;
    const { muted, mutes, control } = this.data;
    return h(
      "ul",
      this.#scrolling(texts.say("muted")),
      muted.map((fault) =>
        h(
          "li",
          { class: "row", "data-code": fault.code },
          icon(LOOKS[lookOf(fault)].icon),
          h("span", { class: "what", dir: "auto" }, sentenceOf(fault)),
          h("span", { class: "aside" }, texts.severity(fault.severity)),
        ),
      ),
      mutes.map((mute) =>
        h(
          "li",
          { class: "row", "data-mute": mute.label },
          icon("mdi:bell-off-outline"),
          h("span", { class: "what", dir: "auto" }, mute.label),
          h("span", { class: "aside" }, this.#end(mute)),
          control &&
            h(
              "button",
              {
                class: "button",
                type: "button",
                "data-key": `unmute ${mute.label}`,
                "aria-label": `${texts.say("unmute")}: ${mute.label}`,
                on: { click: () => this.#unmute(mute) },
              },
              texts.say("unmute"),
            ),
        ),
      ),
    );
  }

  #end(mute) {
    const { texts } = this.context;
    if (mute.until) return texts.say("until", { time: texts.at(mute.until) });
    return texts.say(mute.until_cleared ? "until_cleared" : "for_good");
  }

  #rows() {
    const { texts } = this.context;
    if (!this.#history) return h("p", { class: "empty" }, texts.say("loading"));
    if (!this.#history.length) return h("p", { class: "empty" }, texts.say("history_empty"));
    return h("ul", this.#scrolling(texts.say("history")), this.#history.map((fault) => this.#row(fault)));
  }

  /** A list that may be longer than what is seen of it has to be reached to be scrolled. */
  #scrolling(name) {
    return { class: "rows", tabindex: "0", "aria-label": name };
  }

  #row(fault) {
    const { texts } = this.context;
    const look = LOOKS[lookOf(fault)];
    return h(
      "li",
      { class: "row", "data-code": fault.code, "data-tone": look.tone },
      icon(look.icon),
      h(
        "span",
        { class: "what", dir: "auto" },
        sentenceOf(fault),
        h("code", { dir: "ltr" }, codeOf(fault)),
      ),
      h(
        "span",
        { class: "aside" },
        h("span", {}, texts.severity(fault.severity)),
        h("time", { datetime: fault.raised }, texts.at(fault.raised)),
        h("span", {}, fault.cleared ? texts.duration(fault.duration) : texts.say("history_there")),
      ),
    );
  }

  async #load() {
    try {
      this.#history = (await history(this.context.hass, this.data)).faults;
    } catch (err) {
      this.#open = null;
      this.complain(err);
    }
    this.draw();
  }

  async #unmute(mute) {
    try {
      await unmute(this.context.hass, this.data, mute.what);
    } catch (err) {
      this.complain(err);
    }
  }
}

customElements.define("bambu-hms-footer", Footer);
