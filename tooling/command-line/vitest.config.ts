export { vitestConfig as default } from "@unroll/vitest-config";
