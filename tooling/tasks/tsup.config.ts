import { tsupConfig } from "@unroll/tsup-config";

export default { ...tsupConfig(["src/main.ts"]), platform: "node" as const };
