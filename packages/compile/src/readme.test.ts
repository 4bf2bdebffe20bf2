import { testReadme } from "@unroll/vitest-config/readme";

testReadme(import.meta.url);
