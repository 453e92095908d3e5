/**
 * Shows cards outside of a dashboard: all of Home Assistant's front end is real, but for a connection
 * that says what a test wants said. The page's tests reach all of it as `window.bench`.
 */

/** What the card needs of a connection to the back end. */
class ScriptedConnection {
  asked = 0;
  ended = 0;
  #listeners = new Map();
  #callbacks = new Set();

  constructor(script) {
    this.script = script;
  }

  addEventListener(type, listener) {
    if (!this.#listeners.has(type)) this.#listeners.set(type, new Set());
    this.#listeners.get(type).add(listener);
  }

  removeEventListener(type, listener) {
    this.#listeners.get(type)?.delete(listener);
  }

  async subscribeMessage(callback, message) {
    if (message.type !== "bambu_hms/subscribe") throw new Error(`unexpected: ${message.type}`);
    this.asked += 1;
    if (this.script.refuses) throw { code: "unknown_command", message: "Unknown command." };
    this.#callbacks.add(callback);
    if (this.script.printers) queueMicrotask(() => this.tell({ printers: this.script.printers }));
    return () => {
      this.ended += 1;
      this.#callbacks.delete(callback);
    };
  }

  tell(event) {
    for (const callback of this.#callbacks) callback(structuredClone(event));
  }

  lose() {
    this.#callbacks.clear();
    this.#fire("disconnected");
  }

  comeBack() {
    this.#fire("ready");
  }

  #fire(type) {
    for (const listener of this.#listeners.get(type) ?? []) listener(this, type);
  }
}

const home = document.querySelector("home-assistant");
const box = document.createElement("div");
box.id = "bench";
document.body.append(box);

export const bench = {
  connections: [],
  cards: [],
  /** What was asked of the back end, and said to the user. */
  calls: [],
  toasts: [],
  visible: [],

  clear() {
    box.replaceChildren();
    for (const list of ["connections", "cards", "calls", "toasts", "visible"]) this[list] = [];
  },

  /** Only the bench is seen; a dialog of the card is over everything anyway. */
  open(direction = "ltr") {
    home.style.display = "none";
    // As Home Assistant does it: said of the page, done to its own element.
    document.dir = direction;
    for (const each of [document.documentElement, document.body]) {
      // One by one: the colours of the theme stand there, too.
      Object.assign(each.style, { margin: "0", height: "auto", overflow: "visible" });
    }
    box.style.cssText =
      "display: flex; flex-wrap: wrap; gap: 16px; padding: 16px; align-items: flex-start;" +
      `direction: ${direction}; background: var(--primary-background-color);` +
      "font-family: var(--ha-font-family-body);";
  },

  connect(script) {
    this.connections.push(new ScriptedConnection(script));
    return this.connections.length - 1;
  },

  hass(at) {
    const connection = this.connections[at];
    const { answers = {} } = connection.script;
    const answer = async (name, call) => {
      this.calls.push(call);
      if (answers[name] === undefined) throw new Error(`nobody answers ${name}`);
      if (answers[name]?.error) throw new Error(answers[name].error);
      return structuredClone(answers[name]);
    };
    return {
      ...home.hass,
      connection,
      callWS: (message) => answer(message.type, message),
      callService: (domain, service, data) =>
        answer(`${domain}.${service}`, { type: `${domain}.${service}`, ...data }),
    };
  },

  /** Show a card in a box of that width; `config` is what an owner writes. */
  mount({ config, at, width, height = null, label = null, preview = false }) {
    const { type, ...rest } = config;
    const card = document.createElement(type.replace("custom:", ""));
    card.setConfig(rest);
    if (preview) card.preview = true;
    card.hass = this.hass(at);
    const wrap = document.createElement("div");
    wrap.style.width = `${width}px`;
    if (height) wrap.style.height = `${height}px`;
    if (label) wrap.dataset.label = label;
    for (const event of ["card-visibility-changed", "badge-visibility-changed"]) {
      wrap.addEventListener(event, (it) => this.visible.push([event, it.detail.value]));
    }
    wrap.addEventListener("hass-notification", (it) => this.toasts.push(it.detail.message));
    wrap.append(card);
    box.append(wrap);
    this.cards.push(card);
    return this.cards.length - 1;
  },

  /** Wait until all that is shown is drawn: words, pictures, and what was told. */
  async drawn() {
    const until = performance.now() + 10000;
    const ready = () =>
      this.cards.every((card) => card.dataset.state) &&
      everything(box).every((it) => it.localName !== "ha-icon" || iconIsDrawn(it));
    while (!ready()) {
      if (performance.now() > until) throw new Error("the cards were not drawn");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  },

  /** Count what is changed in the page while something is done. */
  async changes(what) {
    let count = 0;
    const observer = new MutationObserver((records) => (count += records.length));
    const options = { subtree: true, childList: true, attributes: true, characterData: true };
    for (const card of this.cards) {
      observer.observe(card, options);
      observer.observe(card.shadowRoot, options);
    }
    await what();
    await new Promise((resolve) => setTimeout(resolve, 50));
    count += observer.takeRecords().length;
    observer.disconnect();
    return count;
  },

  /** What sticks out of its box or out of the page, or is too small for a finger. */
  flaws() {
    return this.cards.flatMap((card) => flawsOf(card));
  },
};

/** All elements below one, those in open roots too. */
function everything(root) {
  return [...root.querySelectorAll("*")].flatMap((it) =>
    it.shadowRoot ? [it, ...everything(it.shadowRoot)] : [it],
  );
}

function iconIsDrawn(icon) {
  return !icon.checkVisibility() || Boolean(icon.shadowRoot?.querySelector("ha-svg-icon"));
}

function flawsOf(card) {
  const label = card.parentElement.dataset.label;
  const flaws = [];
  const say = (element, flaw) =>
    flaws.push(`${label}: ${element.localName}.${element.className} ${flaw} (${element.textContent.trim().slice(0, 40)})`);
  for (const element of card.shadowRoot.querySelectorAll("*")) {
    if (!isSeen(element) || element.closest("svg")) continue;
    const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
    const outer = boxAround(element, card);
    if (left < outer.left - 1 || right > outer.right + 1) say(element, "sticks out");
    const scrolls = element.closest(".rows");
    if (!scrolls && (top < outer.top - 1 || bottom > outer.bottom + 1)) say(element, "is too high");
    const { overflowX, textOverflow } = getComputedStyle(element);
    const wider = element.scrollWidth > element.clientWidth + 1;
    if (wider && overflowX !== "visible" && textOverflow !== "ellipsis") say(element, "is cut");
    if (element.matches("button:not(.pill), a") && (width < 40 || height < 40)) {
      say(element, `is ${Math.round(width)}×${Math.round(height)}`);
    }
  }
  return [...flaws, ...overlapsOf(card, label)];
}

/** Whether an element is to be seen; what ends with an ellipsis is cut on purpose. */
function isSeen(element) {
  const cut = element.parentElement?.closest(".titles .doing, .titles .name");
  if (cut && getComputedStyle(cut).textOverflow === "ellipsis") return false;
  return element.checkVisibility() && !element.closest(".spoken, dialog");
}

/** What an element has to stay within: the frame around it, or what the card was given. */
function boxAround(element, card) {
  const frame = element.parentElement?.closest("bambu-hms-fault, ha-card, button");
  return (frame ?? card.parentElement).getBoundingClientRect();
}

/** Texts of which one covers another. */
function overlapsOf(card, label) {
  const texts = [];
  const walker = document.createTreeWalker(card.shadowRoot, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement || !isSeen(node.parentElement) || !node.data.trim()) continue;
    const cut = getComputedStyle(node.parentElement).textOverflow === "ellipsis";
    const range = document.createRange();
    range.selectNodeContents(node);
    const rects = cut ? [node.parentElement.getBoundingClientRect()] : range.getClientRects();
    for (const rect of rects) texts.push({ rect, data: node.data });
  }
  const flaws = [];
  texts.forEach((one, at) =>
    texts.slice(at + 1).forEach((other) => {
      const wide = Math.min(one.rect.right, other.rect.right) - Math.max(one.rect.left, other.rect.left);
      const high = Math.min(one.rect.bottom, other.rect.bottom) - Math.max(one.rect.top, other.rect.top);
      if (wide > 2 && high > 4) flaws.push(`${label}: "${one.data}" covers "${other.data}"`);
    }),
  );
  return flaws;
}
