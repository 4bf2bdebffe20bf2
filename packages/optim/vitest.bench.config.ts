import { vitestConfig } from "@unroll/vitest-config";

export default { ...vitestConfig, test: { ...vitestConfig.test, include: ["src/**/*.bench.ts"], reporters: ["default"] } };
