import { existsSync } from "node:fs";

/** Path of the system's Chromium; undefined where there is none. `CHROMIUM_PATH` goes before the usual places. */
export const chromium = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path !== undefined && existsSync(path));
