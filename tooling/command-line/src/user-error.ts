/** Something the user can put right: shown without a stack trace, exit code 1. */
export class UserError extends Error {
  override readonly name = "UserError";
}
