// The part of papaparse that is used here; its published types bring those of Node along.
declare module "papaparse" {
  interface StepResult {
    readonly data: readonly string[];
    readonly errors: readonly { readonly code: string; readonly message: string }[];
    readonly meta: { readonly delimiter: string };
  }
  interface ParseOptions {
    readonly skipEmptyLines: "greedy";
    readonly delimiter: string;
    readonly step: (result: StepResult) => void;
  }
  const papaparse: { parse(text: string, options: ParseOptions): void };
  export { papaparse as default };
}
