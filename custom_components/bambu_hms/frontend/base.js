/** What card and badge have in common: where their data and words come from, and how they show. */

import "./full.js";
import "./nothing.js";

import { printersOf } from "./data.js";
import { h, icon } from "./dom.js";
import { wordOf } from "./head.js";
import { count, heard, sentenceOf, stateOf } from "./states.js";
import { STYLE } from "./style.js";
import { loadTexts, tick } from "./texts.js";

/**
 * What the parts of a card need besides their data.
 * @typedef {{hass: any, texts: import("./texts.js").Texts, show: (id: string) => void,
 *   announce: (text: string) => void}} Context
 */

/** How often "4 minutes ago" is brought up to date, in milliseconds. */
const TICK = 20000;

export class Base extends HTMLElement {
  /** Home Assistant takes hidden cards out of the page, unless they ask to stay to come back. */
  connectedWhileHidden = true;

  /** @type {Record<string, any>} */
  config = {};
  /** Where the parts go. */
  body = h("div", { class: "content" });
  #hass = /** @type {any} */ (null);
  #texts = /** @type {import("./texts.js").Texts|null} */ (null);
  #printers = /** @type {ReturnType<typeof printersOf>|null} */ (null);
  #stop = /** @type {(() => void)|null} */ (null);
  #timer = /** @type {ReturnType<typeof setInterval>|undefined} */ (undefined);
  #preview = false;
  #dangers = /** @type {Set<string>|null} */ (null);
  #shown = /** @type {string|null} */ (null);
  #opener = /** @type {string|null} */ (null);
  #status = h("div", { class: "spoken", role: "status" });
  #alert = h("div", { class: "spoken", role: "alert" });
  #dialog = h("dialog", { class: "dialog", on: { close: () => this.#closed() } });

  /** @param {string} event what Home Assistant is told when the element hides or comes back */
  constructor(event) {
    super();
    this.visibilityEvent = event;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [STYLE];
    root.append(this.frame(), this.#status, this.#alert, this.#dialog);
  }

  /** @returns {HTMLElement} what is around the body */
  frame() {
    return this.body;
  }

  /** Show the printers; called whenever there may be something else to show. */
  render(/** @type {import("./data.js").Printer[]} */ _printers) {}

  // What Home Assistant asks

  setConfig(config) {
    for (const name of ["hide_when_ok", "show_machine", "show_ams"]) {
      if (typeof (config[name] ?? true) !== "boolean") throw new Error(`${name}: true or false`);
    }
    for (const name of ["device_id", "name"]) {
      if (typeof (config[name] ?? "") !== "string") throw new Error(`${name}: a text`);
    }
    this.config = config;
    this.update();
  }

  set hass(hass) {
    const before = this.#hass;
    this.#hass = hass;
    // It is set with every change of any entity; ours come by another way.
    if (before?.connection !== hass.connection && this.isConnected) this.#listen();
    if (before?.language !== hass.language) this.#loadTexts();
    else if (before?.locale !== hass.locale || before?.localize !== hass.localize) this.update();
  }

  set preview(preview) {
    this.#preview = preview;
    this.update();
  }

  connectedCallback() {
    if (this.#hass) this.#listen();
    this.#timer = setInterval(() => this.#texts && tick(this.shadowRoot, this.#texts), TICK);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    this.#stop?.();
    this.#stop = null;
  }

  // Where data and words come from

  #listen() {
    this.#stop?.();
    this.#printers = printersOf(this.#hass);
    this.#stop = this.#printers.listen(() => this.update());
    this.update();
  }

  async #loadTexts() {
    try {
      const texts = await loadTexts(this.#hass);
      if (this.#hass.language === texts.language) this.#texts = texts;
    } catch {
      return; // The connection is gone; once it is back, `hass` is set anew.
    }
    this.update();
  }

  get texts() {
    return /** @type {import("./texts.js").Texts} */ (this.#texts);
  }

  get context() {
    return {
      hass: this.#hass,
      texts: this.texts,
      show: (id) => this.#open(id),
      announce: (text) => void (this.#status.textContent = text),
    };
  }

  /** The printer that the owner has chosen, by itself or by one of its AMS units. */
  chosen(printers) {
    const wanted = this.config.device_id;
    if (!wanted) return printers[0];
    const has = (printer) => printer.units?.some((unit) => unit.device_id === wanted);
    return printers.find((printer) => printer.device_id === wanted) ?? printers.find(has);
  }

  /** All printers; while Home Assistant itself is not reachable, nobody knows what they have. */
  get #all() {
    const all = this.#printers?.all ?? [];
    if (this.#printers?.status !== "lost") return all;
    return all.map((printer) => ({ ...printer, connected: false, reason: null }));
  }

  // Showing

  update() {
    if (!this.#texts || !this.#printers) return;
    this.#texts.hass = this.#hass;
    const { status } = this.#printers;
    const printers = this.#all;
    if (status === "not_loaded") this.say("not_loaded");
    else if (printers.length) this.render(printers);
    else this.say(status === "ready" ? "no_printer" : "loading");
    this.#showDialog();
  }

  /** The one part that is shown; it stays as long as the same one is asked for. */
  part(name) {
    const tag = `bambu-hms-${name}`;
    if (/** @type {any} */ (this.body.firstChild)?.localName !== tag) this.body.replaceChildren(h(tag));
    return /** @type {any} */ (this.body.firstChild);
  }

  /** Say why there is no printer to show. */
  say(state) {
    this.part("nothing").update(this.context, { state });
    this.settle(state, []);
  }

  /** Everything that goes with a state: what is read aloud, and whether anything is seen at all. */
  settle(state, printers) {
    if (this.dataset.state !== state) this.dataset.state = state;
    if (printers.length) this.#tell(printers);
    const hidden = this.config.hide_when_ok === true && state === "ok" && !this.#preview;
    if (hidden === this.hidden) return;
    this.hidden = hidden;
    const detail = { value: !hidden };
    this.dispatchEvent(new CustomEvent(this.visibilityEvent, { detail, bubbles: true, composed: true }));
  }

  /** Tell whoever listens instead of looking; only danger that is new interrupts. */
  #tell(printers) {
    const { texts } = this;
    const said = printers.map(
      (it) => `${it.name}: ${wordOf(texts, it)}, ${texts.say("faults", { count: count(it) })}`,
    );
    const text = said.join("; ");
    if (this.#status.textContent !== text) this.#status.textContent = text;
    this.#warn(printers);
  }

  /** What was there at first, and what is there while a printer or its fault comes and goes, is known. */
  #warn(printers) {
    const before = this.#dangers;
    const fresh = [];
    this.#dangers = new Set();
    for (const printer of printers) {
      for (const fault of heard(printer).filter((it) => it.safety)) {
        const key = `${printer.id} ${fault.code}`;
        this.#dangers.add(key);
        if (before && !before.has(key) && !fault.settling && printer.connected) {
          fresh.push(`${printer.name}: ${this.texts.say("danger")}. ${sentenceOf(fault)}`);
        }
      }
    }
    if (fresh.length) this.#alert.textContent = fresh.join(" ");
  }

  // Everything about one printer, for what has no room for it

  #open(id) {
    this.#shown = id;
    this.#opener = this.#focused?.getAttribute("data-key") ?? null;
    this.#showDialog();
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  /** The element of ours that has the focus. */
  get #focused() {
    return /** @type {ShadowRoot} */ (this.shadowRoot).activeElement;
  }

  #closed() {
    this.#shown = null;
    this.#dialog.replaceChildren();
    // The button that opened it may have been drawn anew meanwhile; the browser knows the old one.
    const opener = this.#opener && `[data-key="${CSS.escape(this.#opener)}"]`;
    if (opener && !this.#focused) this.body.querySelector(opener)?.focus();
  }

  #showDialog() {
    const printer = this.#shown && this.#all.find((it) => it.id === this.#shown);
    if (!printer) {
      if (this.#dialog.open) this.#dialog.close();
      return;
    }
    if (!this.#dialog.firstChild) this.#dialog.append(this.#closing(), h("bambu-hms-full"));
    this.#dialog.ariaLabel = printer.name;
    this.#dialog.lastChild.update(this.context, printer, {});
  }

  #closing() {
    const name = this.texts.say("close");
    const click = () => this.#dialog.close();
    const attributes = { class: "icon-button close", type: "button", title: name, "aria-label": name };
    return h("button", { ...attributes, on: { click } }, icon("mdi:close"));
  }
}
