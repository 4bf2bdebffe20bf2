/** Fingerprint of everything that goes into the binaries. */
export declare function sourceHash(): string;
/** Fingerprint of the program of the workers. */
export declare function workerHash(): string;
