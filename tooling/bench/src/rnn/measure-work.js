import { median } from "../measure.js";
import { ContestantProcess } from "./contestant-process.js";

const patience = 180; // seconds that one command may take
const slowStep = 15; // seconds; a contestant whose step takes longer is timed once
const budget = 20; // seconds of rounds per contestant and work
const tolerance = 1e-4; // of the losses, relative

/**
 * Runs a work on every contestant: all from the same weights, checked by their first losses; then, in each round, one
 * after the other for a set time, so that what disturbs the machine disturbs all of them.
 *
 * @param {string} file - Of the work.
 * @param {object[]} contestants
 * @param {{ rounds: number, seconds: number, profile: boolean, onProgress: (text: string) => void }} options
 * @returns {Promise<{ reference: string, rows: object[] }>} One row per contestant: median and least milliseconds of a
 *   step, median ratio to the reference in the same round, ratio of the least times and, for those of one thread, of the
 *   times on the processor; MiB of memory; milliseconds of the first step; first losses and whether they are those of the first contestant; or why it is
 *   missing.
 */
export async function measureWork(file, contestants, { rounds, seconds, profile, onProgress }) {
  const entries = [];
  for (const contestant of contestants) {
    onProgress(`${contestant.name} prepares`);
    entries.push(await prepared(contestant, file, seconds));
  }
  const able = entries.filter(({ missing }) => missing === undefined);
  checkLosses(able);
  for (let round = 0; round < rounds; round++) {
    for (const entry of able) {
      onProgress(`round ${round + 1} of ${rounds}: ${entry.name}`);
      await runRound(entry, round, seconds);
    }
  }
  for (const entry of able) {
    if (profile && entry.kind === "ours" && entry.missing === undefined) {
      onProgress(`profile of ${entry.name}`);
      ({ phases: entry.phases } = await entry.process.ask(`profile ${seconds}`, patience));
    }
    await entry.process.end();
  }
  return summary(entries);
}

async function prepared({ name, kind, threads = 1, start }, file, seconds) {
  const process = new ContestantProcess(start);
  const entry = { name, kind, threads, process, samples: [], processor: [], least: Infinity, left: budget * 1000 };
  try {
    const { supported, why, about } = await process.ask(`prepare ${file}`, patience);
    if (!supported) throw new Error(why);
    const { losses, times, peak } = await process.ask("check 10", patience);
    Object.assign(entry, { about, losses, peak, first: times[0] });
    if (times.at(-1) > slowStep * 1000) Object.assign(entry, { once: times.at(-1), least: times.at(-1), left: 0 });
    else await process.ask(`run ${seconds}`, patience); // to warm up
    return entry;
  } catch (error) {
    await process.end();
    return { ...entry, missing: error.message };
  }
}

// Whose losses are null starts from weights of its own.
function checkLosses(entries) {
  const expected = entries[0]?.losses ?? [];
  for (const entry of entries) {
    if (entry.losses[0] === null) continue;
    entry.agrees = entry.losses.every((loss, index) => {
      const other = expected[index];
      return other === undefined || Math.abs(loss - other) <= tolerance * Math.abs(other);
    });
  }
}

async function runRound(entry, round, seconds) {
  if (entry.missing !== undefined || entry.left <= 0) return;
  try {
    const { times, processor, peak } = await entry.process.ask(`run ${seconds}`, patience);
    entry.samples[round] = median(times);
    entry.processor[round] = processor;
    entry.least = Math.min(entry.least, ...times);
    entry.left -= times.reduce((sum, time) => sum + time, 0);
    entry.peak = peak;
  } catch (error) {
    entry.missing = error.message;
  }
}

/** Milliseconds of a step over all rounds; of one that took part in none, of its only step. */
const typical = ({ once, samples }) => once ?? median(samples);

/** The faster PyTorch, or else the tape. */
function referenceOf(able) {
  const timed = (kind) => able.filter((entry) => entry.kind === kind).sort((a, b) => typical(a) - typical(b));
  return timed("pytorch")[0] ?? able.find(({ name }) => name === "tape") ?? able[0];
}

function summary(entries) {
  const able = entries.filter(({ missing }) => missing === undefined);
  const reference = referenceOf(able);
  // Several threads share the work, so that the time of the main one says nothing.
  const alone = referenceOf(able.filter(({ threads }) => threads === 1));
  const rows = entries.map((entry) => {
    const { name, kind, about, missing, samples, processor, least, peak, losses, agrees, phases, first } = entry;
    if (missing !== undefined) return { name, kind, missing };
    const byRound = medianRatio(samples, reference.samples);
    const byProcessor = entry.threads === 1 && alone !== undefined ? medianRatio(processor, alone.processor) : undefined;
    return {
      ...{ name, kind, about, median: typical(entry), least },
      processor: entry.threads === 1 && processor.length > 0 ? median(processor) : undefined,
      ratio: byRound ?? typical(entry) / typical(reference),
      ...{ leastRatio: least / reference.least, byProcessor, peak, losses, agrees, phases, first },
    };
  });
  return { reference: reference?.name, rows };
}

/** Of the rounds that both took part in; undefined where there are none. */
function medianRatio(times, others) {
  const shared = times.slice(0, others.length);
  return shared.length === 0 ? undefined : median(shared.map((time, round) => time / others[round]));
}
