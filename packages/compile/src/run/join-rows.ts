import type { PassOperation, ScanPlan } from "../plan/plan.js";
import type { Argument, ElementRow } from "../rows/row.js";

/** Rows of a pass that do the same to neighbouring columns, as one: gates, most of all. */
export interface JoinedRow {
  /** From left to right. */
  readonly rows: readonly ElementRow[];
  readonly args: readonly JoinedArgument[];
}

/** Where a joined row finds an operand: the first one's columns and those behind them, or the same for all. */
export interface JoinedArgument {
  readonly first: Argument;
  readonly width: number;
  /** What computes it, if the pass does, and which of its columns. */
  readonly from: { readonly joined: JoinedRow; readonly offset: number } | undefined;
}

// What an argument is cut out of, and where.
interface Source {
  readonly whole: unknown;
  readonly shift: number;
  readonly offset: number;
  readonly truth: boolean;
}

/**
 * The rows of a pass, sources first, with neighbours joined. Where each operation is a call for itself, a few wide ones take less time than
 * many narrow ones.
 */
export function joinRows({ rows }: PassOperation, plan: ScanPlan): JoinedRow[] {
  const joined: JoinedRow[] = [];
  const found = new Map<Argument, { readonly joined: JoinedRow; readonly offset: number }>();
  const sourceOf = (arg: Argument): Source => {
    if (arg.kind === "literal") return { whole: arg.value, shift: 0, offset: 0, truth: false };
    if (arg.kind === "vector") return { whole: arg.node, shift: 0, offset: arg.offset, truth: false };
    const truth = arg.kind === "element" && arg.truth;
    const own = found.get(arg);
    if (own !== undefined) return { whole: own.joined, shift: 0, offset: own.offset, truth };
    const { buffer, offset, shift } = plan.placeOf(arg);
    return { whole: buffer, shift, offset, truth };
  };
  for (const level of levelsOf(rows)) {
    const placed = level.map((row) => ({ row, sources: row.args.map(sourceOf) }));
    const leftmost = ({ row, sources }: Placed): number => sources.find((_, index) => !isShared(row, index))?.offset ?? 0;
    const groups: Placed[][] = [];
    for (const next of placed.toSorted((a, b) => leftmost(a) - leftmost(b))) {
      const group = groups.find((members) => continues(members.at(-1) as Placed, next));
      if (group === undefined) groups.push([next]);
      else group.push(next);
    }
    for (const members of groups) {
      const { row: first } = members[0] as Placed;
      const args = first.args.map((arg, index): JoinedArgument => {
        const width = isShared(first, index) ? 1 : first.width * members.length;
        return { first: arg, width, from: found.get(arg) };
      });
      const own = { rows: members.map(({ row }) => row), args };
      own.rows.forEach((row, index) => found.set(row, { joined: own, offset: index * row.width }));
      joined.push(own);
    }
  }
  return joined;
}

interface Placed {
  readonly row: ElementRow;
  readonly sources: readonly Source[];
}

// Rows by how many of the pass come before them.
function levelsOf(rows: readonly ElementRow[]): ElementRow[][] {
  const levels: ElementRow[][] = [];
  const levelOf = new Map<Argument, number>();
  for (const row of rows) {
    const level = Math.max(0, ...row.args.map((arg) => (levelOf.get(arg) ?? -1) + 1));
    levelOf.set(row, level);
    (levels[level] ??= []).push(row);
  }
  return levels;
}

// Whether all columns read the same: a number, or one element of the row.
function isShared({ args, width }: ElementRow, index: number): boolean {
  const arg = args[index] as Argument;
  return arg.kind === "literal" || arg.width !== width;
}

// Whether a row does to the next columns what another one does.
function continues({ row, sources }: Placed, next: Placed): boolean {
  if (row.operation !== next.row.operation || row.truth !== next.row.truth || row.args.length !== next.row.args.length)
    return false;
  if (row.args.every((_, index) => isShared(row, index))) return false;
  return sources.every((source, index) => {
    const other = next.sources[index] as Source;
    const shared = isShared(row, index);
    const offset = shared ? source.offset : source.offset + row.width;
    return (
      shared === isShared(next.row, index) &&
      Object.is(source.whole, other.whole) &&
      source.shift === other.shift &&
      source.truth === other.truth &&
      other.offset === offset
    );
  });
}
