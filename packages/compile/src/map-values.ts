/** A record with every value changed. */
export function mapValues<V, R>(record: Readonly<Record<string, V>>, change: (value: V, name: string) => R): Record<string, R> {
  const changed: Record<string, R> = {};
  for (const name of Object.keys(record)) changed[name] = change(record[name] as V, name);
  return changed;
}
