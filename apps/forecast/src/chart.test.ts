import { axisY, lineY } from "@observablehq/plot";
import { expect, it } from "vitest";

import { drawChart, renderPng } from "./chart.js";

it("draws a chart whose words may hold the marks of XML", () => {
  const words = `<script>alert("1")</script> & 'more'`;
  const marks = [axisY({ label: words }), lineY([1, 3, 2])];
  const svg = drawChart({ marks }, { width: 300, height: 200, ground: "paper", description: words });
  expect(svg).toMatch(/^<svg[^>]* xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(svg).toContain(`aria-label="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; 'more'"`);
  expect(svg).not.toContain("<script");
  // Its parser takes well-formed XML alone.
  expect(
    Buffer.from(renderPng(svg, { width: 300 }))
      .subarray(1, 4)
      .toString(),
  ).toBe("PNG");
});
