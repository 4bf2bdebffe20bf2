const rounds = 9;
const warmUpMilliseconds = 100;
const sampleMilliseconds = 5;
const budgetMilliseconds = 1200;
const windowMilliseconds = 0.2;

/** The middle of a list of numbers. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Milliseconds of one run, averaged over `repetitions`. */
async function sample({ task, engine, repetitions }) {
  await engine.enter();
  const start = performance.now();
  for (let index = 0; index < repetitions; index++) {
    const pending = task.run();
    if (pending !== undefined) await pending;
  }
  return (performance.now() - start) / repetitions;
}

/**
 * Milliseconds of one run in the best of many short windows, as the peak is measured: on a shared machine a neighbour on the same core
 * halves the speed for moments.
 */
async function bestWindow(contender) {
  const once = contender.samples.at(-1);
  const repetitions = Math.max(1, Math.ceil(windowMilliseconds / once));
  let best = Infinity;
  for (let spent = 0; spent < sampleMilliseconds;) {
    const time = await sample({ ...contender, repetitions });
    best = Math.min(best, time);
    spent += time * repetitions;
  }
  return best;
}

/** Runs until the code is compiled, and finds how many runs make a sample. */
async function warmUp(contender) {
  let spent = 0;
  for (let repetitions = 1; spent < warmUpMilliseconds; repetitions *= 2) {
    const once = await sample({ ...contender, repetitions });
    spent += once * repetitions;
    contender.repetitions = Math.max(1, Math.ceil(sampleMilliseconds / once));
  }
}

/**
 * Times a workload on each engine, one sample after the other within each round, so that what disturbs the machine
 * disturbs all of them. An engine that has spent its time leaves the later rounds.
 *
 * @returns {Promise<{ times: Record<string, number>, ratios: Record<string, number>, peakShare: number | undefined }>}
 *   Median milliseconds; median ratios of an engine's time to the first engine's in the same round; and the first engine's best
 *   rate over the best peak.
 */
export async function measure(workload, engines, { peak, tolerance }) {
  const contenders = [];
  for (const engine of engines) {
    await engine.enter();
    const task = engine.prepare(workload);
    if (task !== undefined) contenders.push({ engine, task, repetitions: 1, samples: [], spent: 0 });
  }
  await checkResults(workload, contenders, tolerance);
  for (const contender of contenders) await warmUp(contender);
  let best = Infinity;
  let bestPeak = 0;
  for (let round = 0; round < rounds; round++) {
    bestPeak = Math.max(bestPeak, peak());
    for (const contender of contenders) {
      if (contender.spent > budgetMilliseconds) continue;
      const time = await sample(contender);
      contender.samples.push(time);
      contender.spent += time * contender.repetitions;
    }
    best = Math.min(best, await bestWindow(contenders[0]));
  }
  for (const { engine, task } of contenders) {
    await engine.enter();
    task.dispose();
  }
  const [first] = contenders;
  const byName = (value) => Object.fromEntries(contenders.map((contender) => [contender.engine.name, value(contender)]));
  return {
    times: byName(({ samples }) => median(samples)),
    ratios: byName(({ samples }) => median(samples.map((time, round) => time / first.samples[round]))),
    peakShare: workload.operation.startsWith("matmul") ? (workload.work * 1000) / best / bestPeak : undefined,
  };
}

/** Throws unless all engines compute the same. */
async function checkResults({ title }, contenders, tolerance) {
  let expected;
  for (const { engine, task } of contenders) {
    await engine.enter();
    const result = await task.read();
    expected ??= Float64Array.from(result);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const wrong = expected.findIndex((value, index) => !(Math.abs(value - result[index]) <= tolerance * largest));
    if (wrong >= 0) {
      throw new Error(
        `${title}: ${engine.name} computes ${result[wrong]} at ${wrong}, ${contenders[0].engine.name} ${expected[wrong]}`,
      );
    }
  }
}
