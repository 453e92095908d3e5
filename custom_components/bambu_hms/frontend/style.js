/** How all of it looks: Home Assistant's own colours, sizes and shapes, so that themes hold here, too. */

export const STYLE = new CSSStyleSheet();

STYLE.replaceSync(`
:host { display: block; height: 100%; overflow-wrap: anywhere; }
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; }
ha-card { height: 100%; overflow: hidden; }
.content { container-type: inline-size; color: var(--primary-text-color); font-size: var(--ha-font-size-m, 14px); line-height: 1.45; height: 100%; }
h2, p, ul, ol { margin: 0; padding: 0; font-weight: inherit; }
ul, ol { list-style: none; }
[dir] { text-align: -webkit-match-parent; text-align: match-parent; }
ha-icon { --mdc-icon-size: 20px; display: inline-flex; width: 20px; height: 20px; flex: none; }
code { font-family: var(--ha-font-family-code, monospace); font-size: 0.93em; white-space: nowrap; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

/* One pair of colours for each tone: text on a fill, both of the theme. */
[data-tone] { --on: var(--ha-color-on-neutral-normal, #5e5e5e); --fill: var(--ha-color-fill-neutral-normal-resting, #e6e6e6); --loud: var(--ha-color-fill-neutral-loud-resting, #5e5e5e); }
[data-tone="danger"] { --on: var(--ha-color-on-danger-normal, #b30532); --fill: var(--ha-color-fill-danger-normal-resting, #ffdedc); --loud: var(--ha-color-red-40, #b30532); }
[data-tone="warning"] { --on: var(--ha-color-on-warning-normal, #9d3800); --fill: var(--ha-color-fill-warning-normal-resting, #ffe0c8); --loud: var(--ha-color-orange-40, #9d3800); }
[data-tone="success"] { --on: var(--ha-color-on-success-normal, #036730); --fill: var(--ha-color-fill-success-normal-resting, #c2f2c1); --loud: var(--ha-color-green-40, #036730); }

/* Head */
bambu-hms-full { display: flex; flex-direction: column; gap: var(--ha-space-3, 12px); padding: var(--ha-space-4, 16px); }
bambu-hms-head, .nothing, .tile { display: flex; align-items: center; gap: var(--ha-space-3, 12px); min-width: 0; }
.disc { display: inline-flex; align-items: center; justify-content: center; width: 40px; height: 40px; flex: none; border-radius: 50%; background: var(--fill); color: var(--on); }
.disc ha-icon { --mdc-icon-size: 24px; width: 24px; height: 24px; }
.titles { display: flex; flex-direction: column; flex: 1; min-width: 0; text-align: start; }
.name { font-size: var(--ha-font-size-l, 16px); font-weight: var(--ha-font-weight-medium, 500); line-height: 1.3; }
.aside, .button { overflow-wrap: break-word; }
.doing, .aside, .facts, .empty { color: var(--secondary-text-color); font-size: var(--ha-font-size-s, 12px); }
.doing > *:not(:last-child)::after { content: " · "; }
.facts > *:not(:last-child)::after { content: "·"; margin-inline: 0.4em; }
.chip { display: inline-flex; align-items: center; gap: 4px; padding: 2px 8px; border-radius: 999px; background: var(--fill); color: var(--on); font-size: var(--ha-font-size-s, 12px); font-weight: var(--ha-font-weight-medium, 500); line-height: 1.5; white-space: nowrap; }
.chip.state { padding-block: 5px; padding-inline: 8px 10px; flex: none; max-width: 55%; border-radius: 16px; line-height: 1.3; white-space: normal; overflow-wrap: break-word; }
.chip ha-icon { --mdc-icon-size: 18px; width: 18px; height: 18px; }
.chip .count { min-width: 18px; padding-inline: 4px; border-radius: 9px; background: var(--on); color: var(--fill); text-align: center; line-height: 18px; }
.chip.loud, .loud > .disc { background: var(--loud); color: #fff; }
.chip.loud .count { background: #fff; color: var(--loud); }

/* What there is to say */
bambu-hms-word { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; color: var(--secondary-text-color); }
bambu-hms-word:empty { display: none; }
bambu-hms-word[data-state="safety"] { flex-wrap: nowrap; padding: 10px 12px; border-radius: var(--ha-border-radius-md, 8px); background: var(--ha-color-red-40, #b30532); color: #fff; font-weight: var(--ha-font-weight-medium, 500); }

/* Machine and AMS units */
.middle { display: flex; gap: var(--ha-space-4, 16px); align-items: center; }
bambu-hms-machine { display: block; flex: 0 0 132px; }
bambu-hms-machine svg { display: block; width: 100%; height: auto; overflow: visible; fill: none; stroke: var(--secondary-text-color); stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round; }
bambu-hms-machine [data-region="frame"] { stroke-width: 3.5; }
bambu-hms-machine [data-region="chamber"], bambu-hms-machine [data-region="print"] { stroke-width: 1.6; }
bambu-hms-machine .faulty { stroke: var(--on); fill: var(--fill); stroke-width: 3; }
bambu-hms-machine path.faulty[d^="M27"], bambu-hms-machine path.faulty[d^="M24"], bambu-hms-machine path.faulty[d^="M66"] { fill: none; }
bambu-hms-machine .mark { fill: var(--on); stroke: var(--card-background-color, #fff); stroke-width: 1.5; }
bambu-hms-machine .sign { fill: none; stroke: var(--card-background-color, #fff); stroke-width: 2.2; }
bambu-hms-machine .dimmed { opacity: 0.55; filter: grayscale(1); }
bambu-hms-strip { flex: 1; min-width: 0; }
.units { display: flex; flex-wrap: wrap; gap: 10px 16px; }
.unit-name { display: flex; align-items: center; gap: 4px; margin-block-end: 4px; font-size: var(--ha-font-size-s, 12px); font-weight: var(--ha-font-weight-medium, 500); }
.unit-name[data-tone] { color: var(--on); }
.unit-name ha-icon { --mdc-icon-size: 16px; width: 16px; height: 16px; }
.unit-name .aside { font-weight: 400; }
.slots { display: flex; flex-wrap: wrap; gap: 6px; }
.slot { position: relative; display: flex; flex-direction: column; align-items: center; justify-content: center; width: 34px; height: 40px; border: 1.5px solid var(--divider-color, #e0e0e0); border-radius: 10px; color: var(--secondary-text-color); font-size: var(--ha-font-size-s, 12px); line-height: 1.1; }
.slot[data-tone] { border: 2px solid var(--on); background: var(--fill); color: var(--on); font-weight: var(--ha-font-weight-medium, 500); }
.slot[data-look="settling"] { border-style: dashed; }
.slot ha-icon { --mdc-icon-size: 18px; width: 18px; height: 18px; }
.slot .bar { position: absolute; inset-inline: 8px; bottom: -5px; height: 3px; border-radius: 2px; background: var(--primary-color); }
.absent .slot { border-style: dashed; }
.units.dimmed .slot, .units.dimmed .unit-name { filter: grayscale(1); }

/* Faults */
.faults { display: flex; flex-direction: column; gap: var(--ha-space-2, 8px); }
bambu-hms-fault { display: flex; gap: 10px; padding: 12px; border: 1px solid var(--divider-color, #e0e0e0); border-inline-start: 4px solid var(--on); border-radius: var(--ha-border-radius-md, 8px); }
bambu-hms-fault.loud { border-color: var(--on); }
bambu-hms-fault .shape { color: var(--on); flex: none; }
bambu-hms-fault .shape ha-icon { --mdc-icon-size: 24px; width: 24px; height: 24px; }
bambu-hms-fault .body { flex: 1; min-width: 0; display: flex; flex-direction: column; gap: 4px; }
.line { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; }
.place { flex: 1 1 auto; font-weight: var(--ha-font-weight-medium, 500); }
.facts { display: flex; flex-wrap: wrap; }
bambu-hms-fault.dimmed { border-inline-start-color: var(--divider-color, #e0e0e0); color: var(--secondary-text-color); }
bambu-hms-fault.dimmed .shape, bambu-hms-fault.dimmed .chip { filter: grayscale(1); }

/* Buttons: as large as a finger wants them */
.buttons, .choices, .switches { display: flex; flex-wrap: wrap; gap: 4px; align-items: center; }
.buttons { flex-wrap: nowrap; margin-block-start: 4px; margin-inline-start: -8px; }
button { font: inherit; color: inherit; background: none; border: 0; cursor: pointer; text-align: inherit; }
.button { display: inline-flex; align-items: center; gap: 8px; min-height: 40px; padding: 0 12px; border-radius: 20px; color: var(--primary-text-color); background: var(--ha-color-fill-neutral-quiet-resting, #f3f3f3); font-weight: var(--ha-font-weight-medium, 500); text-decoration: none; }
.buttons .button { line-height: 1.25; }
.button.quiet { background: none; color: var(--secondary-text-color); padding-inline: 8px; }
.icon-button { display: inline-flex; flex: none; align-items: center; justify-content: center; width: 40px; height: 40px; border-radius: 50%; color: var(--secondary-text-color); padding: 0; }
.button:hover, .icon-button:hover, .tile:hover, .dot:hover, .pill:hover { background: var(--ha-color-fill-neutral-normal-resting, #e6e6e6); }
.icon-button[aria-expanded="true"] { background: var(--ha-color-fill-neutral-normal-resting, #e6e6e6); color: var(--primary-text-color); }
:focus-visible { outline: 2px solid var(--primary-color); outline-offset: 2px; }
.tile:focus-visible { outline-offset: -2px; }
.qr { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; color: var(--secondary-text-color); }
.qr img { width: 164px; height: 164px; background: #fff; border-radius: var(--ha-border-radius-md, 8px); image-rendering: pixelated; }

/* Muted, history */
bambu-hms-footer { display: block; border-block-start: 1px solid var(--divider-color, #e0e0e0); padding-block-start: 4px; margin-block-end: -8px; }
.rows { max-height: 360px; overflow-y: auto; padding-block-end: 8px; }
.row { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; min-height: 48px; padding-block: 6px; border-block-end: 1px solid var(--divider-color, #e0e0e0); }
.row:last-child { border: 0; }
.row > ha-icon { color: var(--on, var(--secondary-text-color)); }
.row .what { flex: 1 1 140px; min-width: 0; }
.row .what code { display: block; color: var(--secondary-text-color); }
.row .aside { display: flex; flex-direction: column; align-items: end; text-align: end; }
.empty { padding: 8px; }

/* Tile, farm, badge */
.tile { width: 100%; min-height: 56px; padding: 8px 12px; border-radius: var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px)); }
bambu-hms-compact, bambu-hms-compact .tile { display: flex; width: 100%; height: 100%; }
.tile .name, .tile .doing { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tile .doing:has(> .sentence) { display: flex; gap: 0.25em; }
.tile .doing:has(> .sentence) > * { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
.tile .sentence { flex: 1; }
.tile .name { font-size: var(--ha-font-size-m, 14px); }
.nothing { padding: 12px 16px; min-height: 56px; height: 100%; }
.nothing .name { font-size: var(--ha-font-size-m, 14px); }
:host([data-layout="compact"]) .nothing :is(.name, .doing) { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.chip-word { display: none; }
bambu-hms-farm { display: flex; flex-direction: column; gap: 8px; padding: 12px 4px; }
.farm-head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 12px; padding-inline: 12px; }
.farm-head .name { flex: 1 1 auto; }
.healthy { display: flex; flex-wrap: wrap; gap: 0 4px; padding-inline: 4px; }
.dot { display: inline-flex; align-items: center; gap: 8px; min-width: 40px; min-height: 40px; padding: 0 10px; border-radius: 20px; font-size: var(--ha-font-size-s, 12px); }
.dot .point { width: 12px; height: 12px; border-radius: 50%; background: var(--ha-color-on-success-normal, #036730); }
.pill { display: inline-flex; max-width: 100%; align-items: center; gap: 8px; height: var(--ha-badge-size, 36px); padding: 0 12px 0 4px; padding-inline: 4px 12px; border: 1px solid var(--ha-card-border-color, var(--divider-color, #e0e0e0)); border-radius: 999px; background: var(--ha-card-background, var(--card-background-color, #fff)); color: var(--primary-text-color); }
.pill :is(.name, .doing) { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.pill .disc { width: 28px; height: 28px; }
.pill .disc ha-icon { --mdc-icon-size: 18px; width: 18px; height: 18px; }
.pill .name { font-size: 10px; font-weight: 400; line-height: 12px; color: var(--secondary-text-color); }
.pill .doing { font-size: var(--ha-font-size-s, 12px); line-height: 14px; font-weight: var(--ha-font-weight-medium, 500); color: var(--primary-text-color); }

/* Everything about one printer, over the page */
.dialog { max-width: none; width: min(600px, calc(100vw - 16px)); max-height: calc(100vh - 32px); padding: 0; border: 0; border-radius: var(--ha-border-radius-2xl, 20px); background: var(--card-background-color, #fff); color: var(--primary-text-color); font-size: var(--ha-font-size-m, 14px); line-height: 1.45; }
.dialog::backdrop { background: rgb(0 0 0 / 0.45); }
.dialog bambu-hms-full { container-type: inline-size; padding-block-start: 0; }
.close { float: inline-end; margin: 8px; }
.dialog .close + bambu-hms-full { clear: both; }

@container (max-width: 420px) {
  .middle { align-items: start; gap: 12px; }
  bambu-hms-machine { flex-basis: 104px; }
  .slots { gap: 4px; }
  .slot { width: 32px; }
  bambu-hms-fault .buttons, bambu-hms-fault .choices { margin-inline-start: -38px; }
  .choices .button { padding-inline: 10px; }
}
@container (min-width: 720px) {
  bambu-hms-full { display: grid; grid-template-columns: minmax(200px, 1fr) 2fr; align-items: start; }
  bambu-hms-head, bambu-hms-word, bambu-hms-footer { grid-column: 1 / -1; }
  .middle { flex-direction: column; align-items: start; }
  bambu-hms-machine { flex: none; width: 180px; }
}
@container (max-width: 300px) {
  .middle, .buttons, bambu-hms-head { flex-wrap: wrap; }
  bambu-hms-head .titles { flex-basis: 100px; }
  bambu-hms-strip { flex-basis: 150px; }
  .tile .chip.state { display: none; }
  .chip-word { display: inline; }
}
@media (prefers-reduced-motion: no-preference) {
  .button, .icon-button, .tile, .dot, .pill { transition: background-color 0.15s; }
  bambu-hms-fault.loud .shape { animation: bambu-hms-attention 1.6s ease-in-out 3; }
  @keyframes bambu-hms-attention { 50% { opacity: 0.35; } }
}
`);
