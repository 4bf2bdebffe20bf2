declare global {
  interface ImportMeta {
    url: string;
  }
}

/** Runs every `ts` block of the README beside `src`, and compares what it logs with its trailing comments. */
export declare function testReadme(testUrl: string, options?: { readonly readme?: string }): void;
