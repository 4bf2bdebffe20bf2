import { fail } from "../error.js";

/** What a schema says about a value: the value with its type, or what is wrong with it. */
export type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

/** A schema of any library that follows Standard Schema 1 (standardschema.dev). */
export interface Schema<T> {
  readonly "~standard": {
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>;
  };
}

/**
 * The value as the schema has it.
 *
 * @throws SerializeError `schema` with everything that does not fit and where
 */
export function checkSchema<T>(value: unknown, schema: Schema<T>): T {
  if (typeof (schema as Partial<Schema<T>> | undefined)?.["~standard"]?.validate !== "function")
    fail("schema", "read checkpoint: schema must be one of valibot, zod or another library that follows Standard Schema");
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise)
    return fail("schema", "read checkpoint: the schema must check at once, got one that checks asynchronously");
  if (result.issues === undefined) return result.value;
  const problems = result.issues.map(({ message, path = [] }) => {
    const where = path.map((step) => String(typeof step === "object" ? step.key : step)).join(".");
    return where === "" ? message : `${where}: ${message}`;
  });
  return fail("schema", `read checkpoint: the content does not fit: ${problems.join("; ")}`);
}
