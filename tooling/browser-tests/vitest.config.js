import { existsSync } from "node:fs";

import { vitestConfig } from "@unroll/vitest-config";
import { playwright } from "@vitest/browser-playwright";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path),
);
if (executablePath === undefined) console.log("Browser tests: no Chromium found, so none are run; install one to run them.");

const browser = {
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({ launchOptions: { executablePath, args: ["--no-sandbox"] } }),
  instances: [{ browser: "chromium" }],
};

export default {
  ...vitestConfig,
  test: {
    ...vitestConfig.test,
    ...(executablePath === undefined ? { include: [], passWithNoTests: true } : { browser }),
  },
};
