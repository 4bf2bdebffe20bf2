/** Fingerprint of everything that goes into the binaries. */
export declare function sourceHash(): string;
