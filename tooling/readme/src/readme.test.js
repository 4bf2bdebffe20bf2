import { testReadme } from "@unroll/vitest-config/readme";

testReadme(import.meta.url, { readme: "../../README.md" });
