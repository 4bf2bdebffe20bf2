import { vitestConfig } from "@unroll/vitest-config";
import { playwright } from "@vitest/browser-playwright";

import { chromium } from "../scripts/chromium.mjs";

if (chromium === undefined) console.log("Browser tests: no Chromium found, so none are run; install one to run them.");

const browser = {
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({ launchOptions: { executablePath: chromium, args: ["--no-sandbox"] } }),
  instances: [{ browser: "chromium" }],
};

export default {
  ...vitestConfig,
  test: {
    ...vitestConfig.test,
    ...(chromium === undefined ? { include: [], passWithNoTests: true } : { browser }),
  },
};
