/** The command line that runs this app again with other arguments: as the user started it, quoted for a POSIX shell. */
export function again(...args: readonly string[]): string {
  const start = process.env["npm_lifecycle_event"] === "start" ? "npm start --" : "char-rnn";
  return [start, ...args.map((arg) => (/^[\w./:@%+,-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", String.raw`'\''`)}'`))].join(
    " ",
  );
}
