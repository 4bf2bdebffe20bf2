import { tsupConfig } from "@unroll/tsup-config";

export default { ...tsupConfig(), platform: "node" as const };
