import { tsupConfig } from "@unroll/tsup-config";

export default tsupConfig(["src/index.ts", "src/csv.ts", "src/subwords.ts"]);
