/** Bundler options of every package: ESM, entries as given; declarations come from tsc. */
export const tsupConfig = (entry = ["src/index.ts"]) => ({
  entry,
  format: ["esm"],
  target: "es2022",
  platform: "neutral",
  dts: false,
  sourcemap: true,
  clean: true,
});
