/** The editor's forms, and what card and badge are when they are new. */

import { loadTexts } from "./texts.js";

export const LAYOUTS = ["full", "compact", "farm"];

/** Only printers have an entity that says whether they are heard; AMS units have none. */
const DEVICE = {
  name: "device_id",
  selector: { device: { entity: [{ integration: "bambu_hms", device_class: "connectivity" }] } },
};
const NAME = { name: "name", selector: { text: {} } };
const flag = (name, usual) => ({ name, default: usual, selector: { boolean: {} } });

/** Home Assistant asks for a form at once, without saying in which language. */
let texts = /** @type {import("./texts.js").Texts|null} */ (null);

/** Load the editor's words; the page that loads the card has a `hass` or gets one soon. */
export async function loadEditorTexts() {
  const home = /** @type {any} */ (document.querySelector("home-assistant"));
  if (!home?.hass?.loadBackendTranslation) return null;
  texts = await loadTexts(home.hass);
  return texts;
}

const word = (name) => texts?.edit(name) ?? name;

export function cardForm() {
  const options = LAYOUTS.map((value) => ({ value, label: word(`layout_${value}`) }));
  return form([
    { name: "layout", default: "full", selector: { select: { mode: "dropdown", options } } },
    DEVICE,
    NAME,
    flag("hide_when_ok", false),
    flag("show_machine", true),
    flag("show_ams", true),
  ]);
}

export function badgeForm() {
  return form([DEVICE, NAME, flag("hide_when_ok", false)]);
}

function form(schema) {
  return { schema, computeLabel: ({ name }) => word(name), computeHelper: ({ name }) => help(name) };
}

function help(name) {
  const text = word(`${name}_help`);
  return text === `${name}_help` ? undefined : text;
}

/** The device of the first printer there is; AMS units hang on one. */
export function printerDevice(hass) {
  const entity = Object.values(hass.entities).find((it) => it.platform === "bambu_hms" && it.device_id);
  return entity && deviceOf(hass, entity);
}

function deviceOf(hass, entity) {
  return hass.devices[entity.device_id]?.via_device_id ?? entity.device_id;
}

/** What to suggest for an entity of ours; null for any other. */
export function suggestCards(hass, entityId) {
  const entity = hass.entities[entityId];
  if (entity?.platform !== "bambu_hms" || !entity.device_id) return null;
  const device_id = deviceOf(hass, entity);
  return ["full", "compact"].map((layout) => ({
    label: word(`layout_${layout}`),
    config: { type: "custom:bambu-hms-card", layout, device_id },
  }));
}

export function suggestBadges(hass, entityId) {
  const entity = hass.entities[entityId];
  if (entity?.platform !== "bambu_hms" || !entity.device_id) return null;
  return { config: { type: "custom:bambu-hms-badge", device_id: deviceOf(hass, entity) } };
}
