/** What a printer's data mean: its state, what comes first, and how each severity looks. */

/**
 * @typedef {"ok"|"notice"|"common"|"serious"|"fatal"|"safety"|"settling"|"offline"|"loading"|
 *   "not_loaded"|"no_printer"|"removed"} State
 * @typedef {"danger"|"warning"|"neutral"|"success"} Tone
 */

/**
 * Severity is told by shape and word as well as by colour: an octagon, a triangle, a circle, an "i".
 * @type {Record<State, {icon: string, tone: Tone, loud?: boolean}>}
 */
export const LOOKS = {
  safety: { icon: "mdi:alert-octagram", tone: "danger", loud: true },
  fatal: { icon: "mdi:alert-octagon", tone: "danger" },
  serious: { icon: "mdi:alert", tone: "warning" },
  common: { icon: "mdi:alert-circle-outline", tone: "warning" },
  notice: { icon: "mdi:information-outline", tone: "neutral" },
  settling: { icon: "mdi:timer-sand", tone: "neutral" },
  ok: { icon: "mdi:check-circle-outline", tone: "success" },
  offline: { icon: "mdi:lan-disconnect", tone: "neutral" },
  loading: { icon: "mdi:dots-horizontal", tone: "neutral" },
  not_loaded: { icon: "mdi:puzzle-remove-outline", tone: "neutral" },
  no_printer: { icon: "mdi:printer-3d-nozzle-outline", tone: "neutral" },
  removed: { icon: "mdi:printer-3d-off", tone: "neutral" },
};

const RANKS = { info: 1, common: 2, serious: 3, fatal: 4 };

/** The most urgent first: how farms are ordered. */
const ORDER = Object.keys(LOOKS);

/** @returns {State} the state whose look a fault has */
export function lookOf(fault) {
  if (fault.settling) return "settling";
  if (fault.safety) return "safety";
  return fault.severity === "info" ? "notice" : fault.severity in RANKS ? fault.severity : "common";
}

/** @returns {number} a number that grows with severity */
export function rank(fault) {
  return RANKS[fault.severity] ?? 0;
}

/** The faults that the owner wants to hear of: danger first, what is settling last. */
export function heard(printer) {
  const faults = (printer.faults ?? []).filter((fault) => !fault.muted);
  const place = (fault) => (fault.settling ? 2 : fault.safety ? 0 : 1);
  return faults.toSorted((one, other) => place(one) - place(other));
}

/** The faults that the owner has muted. */
export function muted(printer) {
  return (printer.faults ?? []).filter((fault) => fault.muted);
}

/** @returns {State} */
export function stateOf(printer) {
  if (!printer.loaded) return printer.starting ? "loading" : "not_loaded";
  if (!printer.connected) return "offline";
  const [first] = heard(printer);
  return first ? lookOf(first) : "ok";
}

/** The fault to name where there is room for one: never one that only repeats another. */
export function headline(printer) {
  const faults = heard(printer);
  return faults.find((fault) => !fault.related) ?? faults[0];
}

/** Place and message in one line; many messages begin with the place. */
export function sentenceOf({ location, message }) {
  return message.startsWith(location) ? message : `${location}: ${message}`;
}

/** How many faults there are; the same trouble on both channels counts once. */
export function count(printer) {
  return heard(printer).filter((fault) => !fault.related).length;
}

/** Order printers: troubled first, then those of which nobody knows, then by name. */
export function byUrgency(one, other) {
  return (
    urgency(one) - urgency(other) ||
    rankOfFirst(other) - rankOfFirst(one) ||
    one.name.localeCompare(other.name)
  );
}

function urgency(printer) {
  const state = stateOf(printer);
  // A printer that is merely switched off is less urgent than one that has a fault.
  if (state === "offline") return ORDER.indexOf("settling") + 0.5;
  return state === "ok" ? ORDER.length : ORDER.indexOf(state);
}

function rankOfFirst(printer) {
  const first = headline(printer);
  return first ? rank(first) : 0;
}
