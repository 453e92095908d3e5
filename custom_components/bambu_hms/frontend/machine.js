/** A small picture of the machine with its faulty parts marked, by how the machine is built. */

import { Part, svg } from "./dom.js";
import { LOOKS, lookOf } from "./states.js";

/**
 * One thing that is drawn: an element of SVG, and the region that it belongs to. `mark` is where the
 * region's mark goes.
 * @typedef {{draw: [string, Record<string, any>], region?: string, mark?: [number, number]}} Stroke
 */

const line = (d, region, mark) => ({ draw: ["path", { d }], region, mark });
const box = (x, y, width, height, rx, region, mark) => ({
  draw: ["rect", { x, y, width, height, rx }],
  region,
  mark,
});
const dot = (cx, cy, r, region, mark) => ({ draw: ["circle", { cx, cy, r }], region, mark });

/** What all machines have in common, as far as it stands in the same place. */
const SPOOL = [
  line("M66 24C66 6 140 6 140 40", "external_spool"),
  dot(140, 56, 14, "external_spool", [154, 44]),
  dot(140, 56, 4, "external_spool"),
];
const ONE_NOZZLE = [line("M60 52h12l-3 8h-6z", "nozzle", [50, 62])];
const TWO_NOZZLES = [
  line("M56 52h8l-2 8h-4z", "nozzle_left", [46, 62]),
  line("M68 52h8l-2 8h-4z", "nozzle_right", [86, 62]),
];
const HEAD = [
  box(52, 32, 28, 20, 3, "toolhead", [84, 34]),
  box(59, 24, 14, 8, 2, "extruder", [52, 24]),
];
const PRINT = [line("M54 92v-12l6-5h12l6 5v12z", "print", [66, 80])];

const ENCLOSED = [
  box(10, 10, 112, 120, 9, "frame", [114, 18]),
  box(19, 18, 94, 88, 4, "chamber", [28, 74]),
  line("M27 40h78M27 40v58M105 40v58", "motors", [96, 50]),
  ...HEAD,
  dot(104, 27, 4, "cameras", [104, 27]),
  ...PRINT,
  box(34, 92, 64, 7, 2, "heatbed", [104, 94]),
  box(19, 112, 34, 11, 2, "mainboard", [30, 118]),
  line("M60 123v-11h9l4 4v7z", "storage", [66, 118]),
  line("M84 118a11 11 0 0 1 16 0M88 122a6 6 0 0 1 8 0", "network", [92, 117]),
];
const LIDAR = box(83, 44, 8, 9, 2, "micro_lidar", [92, 58]);

/** @type {Record<string, Stroke[]>} the shapes that the back end tells of */
const SHAPES = {
  enclosed: [...SPOOL, ...ENCLOSED, ...ONE_NOZZLE, LIDAR],
  two_nozzles: [...SPOOL, ...ENCLOSED, ...TWO_NOZZLES],
  bed_slinger: [
    ...SPOOL,
    line("M24 112V14h84v98", "frame", [30, 20]),
    line("M24 42h84", "motors", [98, 42]),
    ...HEAD,
    ...ONE_NOZZLE,
    dot(30, 34, 4, "cameras", [30, 34]),
    ...PRINT,
    box(28, 92, 76, 7, 2, "heatbed", [106, 90]),
    line("M38 104h56", "motors"),
    box(12, 110, 108, 17, 5, "mainboard", [24, 118]),
    line("M60 124v-11h9l4 4v7z", "storage", [66, 118]),
    line("M86 119a11 11 0 0 1 16 0M90 123a6 6 0 0 1 8 0", "network", [94, 118]),
  ],
};

/** Modules whose region is called otherwise; `frame` stands for what a machine has no region for. */
const REGIONS = { print_job: "print", print_inspection: "print" };

/** The outlines of marks: severity is told by their shape, too. */
const MARKS = {
  safety: "M0-9 2.6-5.6 6.7-6.7 5.6-2.6 9 0 5.6 2.6 6.7 6.7 2.6 5.6 0 9-2.6 5.6-6.7 6.7-5.6 2.6-9 0-5.6-2.6-6.7-6.7-2.6-5.6z",
  fatal: "M-3.5-8.5h7l5 5v7l-5 5h-7l-5-5v-7z",
  serious: "M0-8.5 9 7h-18z",
  common: "M-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0z",
  notice: "M-6-6h12v12h-12z",
  settling: "M-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0z",
};

class Machine extends Part {
  content() {
    const { shape, faults, dimmed } = this.data;
    const strokes = SHAPES[shape] ?? SHAPES.enclosed;
    const faulty = regionsOf(faults, strokes);
    const places = [...new Set(faults.map((fault) => fault.location))];
    const { texts } = this.context;
    const label = places.length
      ? texts.say("machine_faulty", { places: places.join(", ") })
      : texts.say("machine_ok");
    return svg(
      "svg",
      { viewBox: "0 0 164 140", role: "img", "aria-label": label, class: dimmed ? "dimmed" : null },
      strokes.map(({ draw: [tag, attributes], region }) =>
        svg(tag, { ...attributes, "data-region": region, ...toneOf(faulty.get(region)) }),
      ),
      strokes.map(({ region, mark }) => mark && faulty.has(region) && drawMark(mark, faulty.get(region))),
    );
  }
}

function toneOf(look) {
  return look ? { "data-tone": LOOKS[look].tone, class: "faulty" } : {};
}

function drawMark([x, y], look) {
  return svg(
    "g",
    { transform: `translate(${x} ${y}) scale(1.2)`, class: "mark", "data-tone": LOOKS[look].tone },
    svg("path", { d: MARKS[look] }),
    svg("path", { d: look === "settling" ? "M0-4v4l3 2" : "M0-4v4.5M0 4v.2", class: "sign" }),
  );
}

/** The look of each region that has a fault: that of the first one, which is the worst. */
function regionsOf(faults, strokes) {
  const drawn = new Set(strokes.map((stroke) => stroke.region));
  const looks = new Map();
  for (const fault of faults) {
    if (fault.module === "ams") continue; // the strip shows those
    const module = REGIONS[fault.module] ?? fault.module;
    const side = fault.part === "nozzle_left" ? "nozzle_left" : "nozzle_right";
    const region = [module, module === "nozzle" && side, "frame"].find((it) => drawn.has(it));
    if (!looks.has(region)) looks.set(region, lookOf(fault));
  }
  return looks;
}

customElements.define("bambu-hms-machine", Machine);
