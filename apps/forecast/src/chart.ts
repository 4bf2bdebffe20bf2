import { plot, type Markish, type PlotOptions } from "@observablehq/plot";
import { Resvg } from "@resvg/resvg-js";
import { DOMParser } from "linkedom";

/** Size and ground of a chart. */
export interface ChartOptions {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** `paper` is white with dark ink; `page` takes ground and ink from the page it stands on. */
  readonly ground: "paper" | "page";
  /** Read aloud in place of the chart. */
  readonly description: string;
}

/** What a chart shows: marks and scales of Observable Plot. */
export type ChartContent = Pick<PlotOptions, "x" | "y" | "marginLeft" | "marginRight" | "marginTop"> & {
  readonly marks: readonly Markish[];
};

/** Inks of lines, the first for the forecast itself, which readers who see no red or no green can tell apart (Okabe and Ito). */
export const inks = {
  history: "currentColor",
  cell: ["#0072b2", "#009e73", "#cc79a7", "#56b4e9"],
  baseline: ["#d55e00", "#e69f00"],
} as const;

/** Dashes that go with the inks. */
export const dashes = ["", "6,3", "2,3", "8,3,2,3"] as const;

/** The ink of a forecast. */
export function inkOf({ kind }: { readonly kind: "cell" | "baseline" }): string {
  return inks[kind][0];
}

/** A chart as SVG text. */
export function drawChart(content: ChartContent, { width, height, ground, description }: ChartOptions): string {
  // A document of XML: in one of HTML, attributes keep the < and & of a column's name.
  const document = new DOMParser().parseFromString("<svg/>", "image/svg+xml") as unknown as Document;
  const chart = plot({
    ...content,
    marks: [...content.marks],
    document,
    width,
    height,
    ariaDescription: description,
    style: ground === "paper" ? { background: "white", color: "#1f2933" } : { background: "none" },
  });
  chart.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  chart.setAttribute("role", "img");
  chart.setAttribute("aria-label", description);
  return chart.outerHTML;
}

/** The picture of an SVG as PNG, twice as wide in pixels. Its letters come from the fonts of the system. */
export function renderPng(svg: string, { width }: { readonly width: number }): Uint8Array {
  return new Resvg(svg, { background: "white", fitTo: { mode: "width", value: 2 * width } }).render().asPng();
}
