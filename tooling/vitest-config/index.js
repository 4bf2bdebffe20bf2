/** Test runner options of every package: sources are resolved without a build. */
export const vitestConfig = {
  resolve: { conditions: ["@unroll/source"] },
  ssr: { resolve: { conditions: ["@unroll/source"] } },
  test: {
    include: ["src/**/*.test.ts"],
    reporters: ["default", ["json", { outputFile: "test-results.json" }]],
    testTimeout: 60_000,
  },
};
