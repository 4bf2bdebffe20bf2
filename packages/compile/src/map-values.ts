/** A record with every value changed. */
export function mapValues<V, R>(record: Readonly<Record<string, V>>, change: (value: V, name: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}
