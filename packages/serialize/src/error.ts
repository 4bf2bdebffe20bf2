/** Stable codes of every error this package throws. */
export type SerializeErrorCode =
  /** The bytes are not a whole, valid file of their format. */
  | "format"
  /** A size the format allows, but that is refused to protect memory. */
  | "limit"
  /** An element type no tensor here can hold. */
  | "dtype"
  /** A number outside the element type it is read into, or a value a file cannot hold. */
  | "value"
  /** A name the format reserves or cannot hold. */
  | "name"
  /** A file of a newer version of the format. */
  | "version"
  /** A well-formed checkpoint without the content the caller needs. */
  | "schema"
  /** The file system, the browser's storage or the server refused, or has no such file. */
  | "file"
  /** The disk, or what the browser gives the site, is full. */
  | "quota"
  /** The browser or runtime lacks what the operation needs. */
  | "unsupported";

/** An error that names the operation, the rule, what it got and a remedy; `code` is stable across versions. */
export class SerializeError extends Error {
  readonly code: SerializeErrorCode;

  constructor(code: SerializeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SerializeError";
    this.code = code;
  }
}

/** Throws a {@link SerializeError}. */
export function fail(code: SerializeErrorCode, message: string, options?: ErrorOptions): never {
  throw new SerializeError(code, message, options);
}
