import type { Pool } from "../pool.js";
import { sharingRefused } from "./launch.js";
import { Team } from "./team.js";

/** Whether threads can share memory here; warns where they cannot. */
export function canShare(): boolean {
  const reason = sharingRefused();
  if (reason !== undefined) warn(reason);
  return reason === undefined;
}

/** A team of `size`, or of the calling thread alone, with a warning, where a worker does not start. */
export async function startTeam(pool: Pool, kernels: WebAssembly.Module, size: number): Promise<Team> {
  try {
    return await Team.start(pool, kernels, size);
  } catch (error) {
    warn(`a worker could not start: ${error instanceof Error ? error.message : String(error)}`);
    return new Team(pool, []);
  }
}

function warn(reason: string): void {
  console.warn(`useWasm: all runs on one thread, since ${reason}`);
}
