// The part of papaparse that is used here; its published types bring those of Node along.
declare module "papaparse" {
  interface StepResult<T> {
    readonly data: T;
    readonly errors: readonly { readonly code: string; readonly message: string }[];
  }
  interface ParseOptions<T> {
    readonly header: boolean;
    readonly skipEmptyLines: "greedy";
    readonly delimiter: string;
    readonly step: (result: StepResult<T>) => void;
  }
  const papaparse: { parse<T>(text: string, options: ParseOptions<T>): void };
  export { papaparse as default };
}
