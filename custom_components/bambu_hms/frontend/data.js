/**
 * What the back end tells of all printers: one subscription for all cards of a page.
 *
 * @typedef {Record<string, any>} Fault the data of its event, with `settling` and `unit`
 * @typedef {{id: number, device_id: string, name: string, type: string, letter: string,
 *   slots: number[], present: boolean, slot_in_use: number|null}} Unit
 * @typedef {{id: string, device_id: string|null, name: string, shape: string, loaded: boolean,
 *   starting: boolean, can_control: boolean, model?: string, connected?: boolean,
 *   reason?: string|null, last_heard?: string|null, print_state?: string|null,
 *   slot_in_use?: string|null, units?: Unit[], faults?: Fault[], mutes?: Record<string, any>[],
 *   last_fault?: Record<string, any>|null}} Printer
 */

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;

/** @type {WeakMap<object, Printers>} */
const known = new WeakMap();

/** @returns {Printers} the one of this connection */
export function printersOf(hass) {
  const connection = hass.connection;
  if (!known.has(connection)) known.set(connection, new Printers(connection));
  return /** @type {Printers} */ (known.get(connection));
}

class Printers {
  /** @type {"loading"|"ready"|"not_loaded"|"lost"} */
  status = "loading";
  /** @type {Map<string, Printer>} by their entries */
  #printers = new Map();
  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** @type {Promise<() => void>|null} */
  #subscription = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #retry;
  #wait = FIRST_WAIT;
  #connection;

  constructor(connection) {
    this.#connection = connection;
  }

  /** @returns {Printer[]} in the order of their names */
  get all() {
    return [...this.#printers.values()].sort((one, other) => one.name.localeCompare(other.name));
  }

  /** Call a listener for every change; returns what ends it. */
  listen(listener) {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (!this.#listeners.size) this.#close();
    };
  }

  #open() {
    this.#connection.addEventListener("ready", this.#onReady);
    this.#connection.addEventListener("disconnected", this.#onLost);
    this.#subscribe();
  }

  #close() {
    this.#connection.removeEventListener("ready", this.#onReady);
    this.#connection.removeEventListener("disconnected", this.#onLost);
    clearTimeout(this.#retry);
    this.#subscription?.then((end) => end()).catch(() => undefined);
    this.#subscription = null;
    this.status = "loading";
  }

  /** The connection is back; the back end may still be starting, so its own way would not do. */
  #onReady = () => {
    this.#wait = FIRST_WAIT;
    this.#subscribe();
  };

  #onLost = () => {
    this.#subscription = null;
    this.#become("lost");
  };

  async #subscribe() {
    clearTimeout(this.#retry);
    const subscription = this.#connection.subscribeMessage(
      (event) => this.#take(event),
      { type: "bambu_hms/subscribe" },
      { resubscribe: false },
    );
    this.#subscription = subscription;
    try {
      await subscription;
      this.#wait = FIRST_WAIT;
    } catch {
      if (this.#subscription !== subscription) return;
      this.#subscription = null;
      if (!this.#listeners.size) return;
      this.#become("not_loaded");
      this.#retry = setTimeout(() => this.#subscribe(), this.#wait);
      this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
    }
  }

  #take(event) {
    if (event.printers) this.#printers = new Map(event.printers.map((each) => [each.id, each]));
    if (event.printer) this.#printers.set(event.printer.id, event.printer);
    if (event.removed) this.#printers.delete(event.removed);
    this.#become("ready");
  }

  #become(status) {
    this.status = status;
    for (const listener of this.#listeners) listener();
  }
}
