import { durations, type CalendarFeature, type Frequency, type Series } from "@unroll/data";

const day = 86_400_000;

/** Rows of a year, to a fraction; undefined without times. */
export function rowsPerYear({ frequency }: Series): number | undefined {
  if (frequency === undefined) return undefined;
  return frequency.unit === "month" ? 12 / frequency.step : (365.2425 * day) / frequency.step;
}

/**
 * The season of a series in rows: of the cycles that its step suggests (a day, a week, a year; 4, 7, 12 and 24 rows without
 * times), the one at which the changes from row to row repeat themselves best, if their correlation there exceeds that at the
 * lags before by 0.3 on average; else 1.
 *
 * @param values - of the training part.
 */
export function inferSeason(values: ArrayLike<number>, frequency: Frequency | undefined): number {
  const candidates = candidateSeasons(frequency).filter((season) => season >= 2 && 3 * season < values.length);
  const changes = Float64Array.from({ length: values.length - 1 }, (_, t) => (values[t + 1] as number) - (values[t] as number));
  let best = 1;
  let highest = 0.3;
  for (const season of candidates) {
    let before = 0;
    for (let lag = 1; lag < season; lag++) before += autocorrelation(changes, lag) / (season - 1);
    // A slow wave resembles itself at every short lag.
    const correlation = autocorrelation(changes, season) - before;
    // A multiple of a season repeats as well as the season itself, so that a longer one must be clearly better.
    if (correlation > highest + (best > 1 ? 0.1 : 0)) [best, highest] = [season, correlation];
  }
  return best;
}

function candidateSeasons(frequency: Frequency | undefined): number[] {
  if (frequency === undefined) return [4, 7, 12, 24];
  if (frequency.unit === "month") return [12 / frequency.step].filter(Number.isInteger);
  return [durations.day, durations.week].map(({ step }) => step / frequency.step).filter(Number.isInteger);
}

function autocorrelation(values: Float64Array, lag: number): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  let together = 0;
  let alone = 0;
  values.forEach((x, t) => {
    alone += (x - mean) ** 2;
    if (t >= lag) together += (x - mean) * ((values[t - lag] as number) - mean);
  });
  return alone > 0 ? together / alone : 0;
}

/** The places in the calendar that tell rows of this step apart; those of the year only where two years are seen. */
export function calendarOf({ frequency, length }: Series): CalendarFeature[] {
  if (frequency === undefined) return [];
  if (frequency.unit === "month") return frequency.step < 12 && length >= 24 / frequency.step ? ["monthOfYear"] : [];
  const { step } = frequency;
  const seen = length * step;
  const features: CalendarFeature[] = [];
  if (step < day) features.push("hourOfDay");
  if (step <= day && seen >= 14 * day) features.push("dayOfWeek");
  if (step < 365 * day && seen >= 730 * day) features.push("dayOfYear");
  return features;
}
