import { playwright } from "@vitest/browser-playwright";

import { chromium } from "../scripts/chromium.mjs";

if (chromium === undefined) console.log("Browser tests: no Chromium found, so none are run; install one to run them.");

/** What a vitest configuration adds to `test` to run in Chromium; undefined where there is none. */
export const inChromium = chromium && {
  browser: {
    enabled: true,
    headless: true,
    screenshotFailures: false,
    provider: playwright({ launchOptions: { executablePath: chromium, args: ["--no-sandbox"] } }),
    instances: [{ browser: "chromium" }],
  },
};
