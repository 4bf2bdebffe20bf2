import { vitestConfig } from "@unroll/vitest-config";
import { inChromium } from "@unroll/vitest-config/browser";

// Without these a page may not share memory between threads.
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default {
  ...vitestConfig,
  server: { headers },
  test: { ...vitestConfig.test, ...(inChromium ?? { include: [], passWithNoTests: true }) },
};
