/** Fixtures, bundled. */
export interface Fixtures {
  /** A folder that is theirs, and whatever the test puts beside them. */
  readonly folder: string;
  /** The path of the bundled script of a fixture. */
  scriptOf(name: string): string;
  /** Runs one in a process of its own, under `flags` of Node, and gives what it printed; one that stays alive for a minute is killed and fails. */
  run(name: string, args?: readonly string[], options?: { readonly flags?: readonly string[] }): Promise<string>;
  /** Deletes the folder. */
  remove(): void;
}

/** Bundles fixtures of a package, the files of those names in its folder `fixtures`; `testUrl` is `import.meta.url` of a test in `src`. */
export declare function buildFixtures(testUrl: string, names: readonly string[]): Promise<Fixtures>;
