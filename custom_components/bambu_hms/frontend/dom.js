/**
 * Builds elements. Whatever comes from a printer or from outside gets in as text or as the value of
 * an attribute, never as markup.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `on` is an object of listeners; null and false leave out
 * @param {...any} children nodes and texts; what is falsy is left out
 * @returns {any}
 */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for pictures. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.flat().filter(Boolean));
  return element;
}

/** @param {string} name an icon of Home Assistant's; a word beside it always says the same. */
export function icon(name) {
  return h("ha-icon", { icon: name, "aria-hidden": "true" });
}

/** Text that is read aloud, but not shown. */
export function spoken(text) {
  return h("span", { class: "spoken" }, text);
}

/**
 * An element that shows some data, and is drawn anew only when the data are others. It has no root of
 * its own: the card's style holds for all parts of it.
 */
export class Part extends HTMLElement {
  #drawn = "";

  /**
   * @param {import("./base.js").Context} context
   * @param {any} data plain data
   */
  update(context, data) {
    this.context = context;
    const next = JSON.stringify([context.texts.language, context.texts.version, data]);
    if (next === this.#drawn) return;
    this.#drawn = next;
    this.data = data;
    this.draw();
  }

  /** Draw; the button that has the focus keeps it. */
  draw() {
    const focused = /** @type {ShadowRoot} */ (this.getRootNode()).activeElement;
    const key = focused && this.contains(focused) ? focused.getAttribute("data-key") : null;
    this.replaceChildren(...[this.content()].flat().filter(Boolean));
    if (key) this.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  /** @returns {any} what it consists of now */
  content() {
    return [];
  }

  /** Say at the foot of the screen, as Home Assistant itself does, what did not work. */
  complain(err) {
    const message = this.context.texts.say("failed", { problem: err?.message ?? String(err) });
    const event = { detail: { message }, bubbles: true, composed: true };
    this.dispatchEvent(new CustomEvent("hass-notification", event));
  }
}
