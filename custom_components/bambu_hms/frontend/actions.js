/** What a user can do with a fault. */

/** The only places that a link may lead to. */
const HOSTS = new Set(["wiki.bambulab.com", "e.bambulab.com"]);

/** How long a mute lasts, by what the user chooses. */
const ENDS = {
  mute_hour: { duration: { hours: 1 } },
  mute_until_cleared: { until_cleared: true },
  mute_always: {},
};

export const MUTES = Object.keys(ENDS);

/** @returns {string|null} the link, if it is one to follow */
export function linkOf(fault) {
  const url = URL.parse(fault.wiki_url ?? "");
  return url?.protocol === "https:" && HOSTS.has(url.host) ? url.href : null;
}

/** The code as the printer's screen shows it: 0700-2000-0002-0001. */
export function codeOf(fault) {
  return fault.code.replace(/^HMS_/, "").replaceAll("_", "-");
}

export function mute(hass, fault, how) {
  const { printer_device_id: device_id, code } = fault;
  return act(hass, "mute", { device_id, codes: [code], ...ENDS[how] });
}

export function unmute(hass, printer, what) {
  return act(hass, "unmute", { device_id: printer.device_id, ...what });
}

/** Whoever asks for it says what went wrong; Home Assistant would say it a second time. */
function act(hass, action, data) {
  return hass.callService("bambu_hms", action, data, undefined, false);
}

/** @returns {Promise<{faults: Record<string, any>[]}>} the newest first */
export function history(hass, printer) {
  return hass.callWS({ type: "bambu_hms/history", device_id: printer.device_id, limit: 50 });
}

/** @returns {Promise<{image: string, url: string}>} */
export function qr(hass, fault) {
  return hass.callWS({
    type: "bambu_hms/qr",
    device_id: fault.printer_device_id,
    code: fault.code,
  });
}

/** Copy a text; Home Assistant is often opened without TLS, where browsers have no clipboard. */
export async function copy(text, beside) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "spoken";
  beside.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("no clipboard");
}
