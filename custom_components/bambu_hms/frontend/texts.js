/** The card's words in the user's language, and times as the user writes them. */

const CARD = "component.bambu_hms.config_panel";
const ENTITY = "component.bambu_hms.entity";
const LENGTHS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** @type {Map<string, Promise<Texts>>} one for each language */
const loading = new Map();

/** @returns {Promise<Texts>} */
export function loadTexts(hass) {
  if (!loading.has(hass.language)) {
    // Home Assistant loads the words of entities by itself, but perhaps not yet.
    const parts = ["entity", "config_panel"].map((part) => hass.loadBackendTranslation(part, "bambu_hms"));
    const texts = Promise.all(parts).then((localize) => new Texts(hass, localize.at(-1)));
    // What could not be loaded is asked for again by the next card.
    texts.catch(() => loading.delete(hass.language));
    loading.set(hass.language, texts);
  }
  return /** @type {Promise<Texts>} */ (loading.get(hass.language));
}

export class Texts {
  #localize;
  #hass;
  /** Grows whenever there are other words. */
  version = 0;

  constructor(hass, localize) {
    this.#hass = hass;
    this.#localize = localize;
    this.language = hass.language;
  }

  /** Times are written as the user has chosen, who may choose otherwise; more words may have come. */
  set hass(hass) {
    this.#hass = hass;
    const { localize } = hass;
    // One that is older than ours knows none of the card's words.
    if (!localize || localize === this.#localize || !localize(`${CARD}.card.ok`)) return;
    this.#localize = localize;
    this.version += 1;
  }

  /** A text of the card. */
  say(key, values = {}) {
    return this.#localize(`${CARD}.card.${key}`, values) || key;
  }

  /** A text of the editor. */
  edit(key) {
    return this.#localize(`${CARD}.editor.${key}`) || key;
  }

  severity(severity) {
    return this.#localize(`${ENTITY}.sensor.severity.state.${severity}`) || severity;
  }

  /** Why a printer is not heard. */
  reason(reason) {
    const path = "binary_sensor.connection.state_attributes.reason.state";
    return this.#localize(`${ENTITY}.${path}.${reason}`) || reason;
  }

  /** What a printer is doing; one that does what nobody has heard of says so itself. */
  doing(state) {
    if (!state) return "";
    return this.#localize(`${CARD}.card.doing_${state}`) || state;
  }

  /** "4 minutes ago" */
  ago(time) {
    const seconds = Math.max(0, (Date.now() - Date.parse(time)) / 1000);
    const [unit, length] = LENGTHS.find(([, length]) => seconds >= length) ?? ["second", 1];
    const format = new Intl.RelativeTimeFormat(this.language, { numeric: "auto" });
    return format.format(-Math.floor(seconds / length), /** @type {any} */ (unit));
  }

  /** The time of day; the date, too, where that is another one. */
  at(time) {
    const when = new Date(time);
    const zone = this.#zone();
    const day = { timeZone: zone, dateStyle: "short" };
    const today = when.toLocaleDateString("en", day) === new Date().toLocaleDateString("en", day);
    const date = today ? {} : { day: "numeric", month: "short" };
    return new Intl.DateTimeFormat(this.language, {
      ...date,
      hour: "numeric",
      minute: "2-digit",
      timeZone: zone,
      ...this.#clock(),
    }).format(when);
  }

  /** "4 min", "3 h 20 min" */
  duration(seconds) {
    const parts = [];
    let left = Math.max(0, Math.round(seconds));
    for (const [unit, length] of LENGTHS) {
      const number = Math.floor(left / length);
      left -= number * length;
      if (number) parts.push(this.#unit(number, unit));
    }
    // More than two of them say no more.
    return parts.slice(0, 2).join(" ") || this.#unit(0, "second");
  }

  #unit(number, unit) {
    const style = { style: "unit", unit, unitDisplay: "short" };
    return new Intl.NumberFormat(this.language, /** @type {any} */ (style)).format(number);
  }

  #zone() {
    const server = this.#hass.locale?.time_zone === "server";
    return server ? this.#hass.config.time_zone : undefined;
  }

  #clock() {
    const chosen = this.#hass.locale?.time_format;
    if (chosen === "12") return { hour12: true };
    return chosen === "24" ? { hourCycle: /** @type {any} */ ("h23") } : {};
  }
}

/** Bring all relative times below an element up to date. */
export function tick(root, texts) {
  for (const element of root.querySelectorAll("time[data-ago]")) {
    const ago = texts.ago(element.getAttribute("datetime"));
    if (element.textContent !== ago) element.textContent = ago;
  }
}
