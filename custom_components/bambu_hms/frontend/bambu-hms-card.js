/** Makes card and badge known to Home Assistant's dashboards; everything else is loaded from here. */

import { BambuHmsBadge } from "./badge.js";
import { BambuHmsCard } from "./card.js";
import { loadEditorTexts, suggestBadges, suggestCards } from "./form.js";

const CARD = "bambu-hms-card";
const BADGE = "bambu-hms-badge";
const DOCUMENTATION = "https://github.com/ha-bambu-hms/ha-bambu-hms#cards";

const card = {
  type: CARD,
  name: "Bambu Lab HMS",
  description: "",
  preview: true,
  documentationURL: DOCUMENTATION,
  getEntitySuggestion: suggestCards,
};
const badge = {
  type: BADGE,
  name: "Bambu Lab HMS",
  description: "",
  preview: true,
  documentationURL: DOCUMENTATION,
  getEntitySuggestion: suggestBadges,
};

// A page that was open during an update may load two versions; the first one stays.
if (!customElements.get(CARD)) {
  customElements.define(CARD, BambuHmsCard);
  customElements.define(BADGE, BambuHmsBadge);
  const home = /** @type {any} */ (window);
  (home.customCards ??= []).push(card);
  (home.customBadges ??= []).push(badge);
  home.hassConnection?.then(() => describe(20));
}

/** Describe card and badge in the user's language, which is known soon after the connection is there. */
async function describe(tries) {
  const texts = await loadEditorTexts().catch(() => null);
  if (texts) {
    card.description = texts.edit("card_description");
    badge.description = texts.edit("badge_description");
  } else if (tries) {
    setTimeout(() => describe(tries - 1), 500);
  }
}
