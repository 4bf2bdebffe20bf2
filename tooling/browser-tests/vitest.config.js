import { vitestConfig } from "@unroll/vitest-config";
import { inChromium } from "@unroll/vitest-config/browser";

export default {
  ...vitestConfig,
  test: { ...vitestConfig.test, ...(inChromium ?? { include: [], passWithNoTests: true }) },
};
