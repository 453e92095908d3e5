/** One fault: what, where, how bad, since when, and what to do. */

import { codeOf, copy, hyphened, linkOf, mute, MUTES, qr } from "./actions.js";
import { h, icon, Part } from "./dom.js";
import { LOOKS, lookOf, sentenceOf } from "./states.js";

const COPIED_FOR = 2000;

class FaultRow extends Part {
  /** @type {"mute"|"qr"|null} what is open below the buttons */
  #open = null;
  /** @type {{image: string, url: string}|null} */
  #qr = null;
  #copied = false;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  content() {
    const { fault, dimmed, control } = this.data;
    const look = lookOf(fault);
    this.dataset.code = fault.code;
    this.dataset.severity = fault.severity;
    this.dataset.tone = LOOKS[look].tone;
    this.classList.toggle("dimmed", dimmed);
    this.classList.toggle("loud", Boolean(LOOKS[look].loud) && !dimmed);
    return [
      h("div", { class: "shape" }, icon(LOOKS[look].icon)),
      h(
        "div",
        { class: "body" },
        this.#head(fault, look),
        h("div", { class: "message", dir: "auto" }, fault.message),
        this.#facts(fault),
        this.#buttons(fault, control),
        this.#open === "mute" && this.#mutes(fault),
        this.#open === "qr" && this.#picture(fault),
      ),
    ];
  }

  #head(fault, look) {
    const { texts } = this.context;
    const chips = [
      look === "safety" && texts.say("danger"),
      texts.severity(fault.severity),
      look === "settling" && texts.say("settling"),
      fault.simulated && texts.say("simulated"),
      !fault.known && texts.say("unknown_code"),
      fault.muted && texts.say("muted"),
    ];
    return h(
      "div",
      { class: "line" },
      h("span", { class: "place", dir: "auto" }, fault.location),
      chips.filter(Boolean).map((chip) => h("span", { class: "chip" }, chip)),
    );
  }

  #facts(fault) {
    const { texts } = this.context;
    const ago = h(
      "time",
      { datetime: fault.first_seen, "data-ago": true },
      texts.ago(fault.first_seen),
    );
    const times = fault.occurrences > 1 && texts.say("occurrences", { count: fault.occurrences });
    return h(
      "div",
      { class: "facts" },
      // The point after it has to follow the direction of the page.
      h("span", {}, h("code", { dir: "ltr" }, codeOf(fault))),
      h("span", {}, texts.say("since", { time: texts.at(fault.first_seen) })),
      ago,
      times && h("span", {}, times),
      fault.related && h("span", {}, texts.say("related", { code: hyphened(fault.related) })),
    );
  }

  #buttons(fault, control) {
    const { texts } = this.context;
    const link = linkOf(fault);
    const copied = this.#copied;
    return h(
      "div",
      { class: "buttons" },
      link &&
        h(
          "a",
          { class: "button", href: link, target: "_blank", rel: "noopener noreferrer", "data-key": "fix" },
          icon("mdi:book-open-page-variant-outline"),
          texts.say("fix"),
        ),
      link && this.#toggle("qr", "mdi:qrcode", texts.say("qr"), () => this.#showQr(fault)),
      h(
        "button",
        { ...named(texts.say(copied ? "copied" : "copy")), "data-key": "copy", on: { click: () => this.#copy(fault) } },
        icon(copied ? "mdi:check" : "mdi:content-copy"),
      ),
      control &&
        !fault.muted &&
        this.#toggle("mute", "mdi:bell-off-outline", texts.say("mute"), () => undefined),
    );
  }

  /** A button that opens something below. */
  #toggle(what, image, name, opening) {
    const open = this.#open === what;
    const click = () => {
      this.#open = open ? null : what;
      if (!open) opening();
      this.draw();
    };
    return h(
      "button",
      { ...named(name), "aria-expanded": String(open), "data-key": what, on: { click } },
      icon(image),
    );
  }

  #mutes(fault) {
    const { texts } = this.context;
    return h(
      "div",
      { class: "choices", role: "group", "aria-label": texts.say("mute") },
      MUTES.map((how) =>
        h(
          "button",
          { class: "button", type: "button", "data-key": how, on: { click: () => this.#mute(fault, how) } },
          texts.say(how),
        ),
      ),
    );
  }

  #picture(fault) {
    const { texts } = this.context;
    if (!this.#qr) return h("div", { class: "qr" }, texts.say("loading"));
    return h(
      "div",
      { class: "qr" },
      h("img", { src: this.#qr.image, alt: texts.say("qr_of", { code: codeOf(fault) }) }),
      h("span", {}, texts.say("qr_hint")),
    );
  }

  async #showQr(fault) {
    try {
      this.#qr ??= await qr(this.context.hass, fault);
    } catch (err) {
      this.#open = null;
      this.complain(err);
    }
    this.draw();
  }

  async #mute(fault, how) {
    // The choices go; the focus stays with what offered them.
    this.querySelector('[data-key="mute"]')?.focus();
    this.#open = null;
    this.draw();
    try {
      await mute(this.context.hass, fault, how);
    } catch (err) {
      this.complain(err);
    }
  }

  async #copy(fault) {
    const { texts } = this.context;
    const text = [sentenceOf(fault), codeOf(fault), linkOf(fault)];
    try {
      await copy(text.filter(Boolean).join("\n"), this);
    } catch (err) {
      this.complain(err);
      return;
    }
    this.#copied = true;
    this.draw();
    this.context.announce(texts.say("copied"));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#copied = false;
      this.draw();
    }, COPIED_FOR);
  }
}

/** What a button is called that shows only an icon. */
function named(name) {
  return { class: "icon-button", type: "button", title: name, "aria-label": name };
}

customElements.define("bambu-hms-fault", FaultRow);
