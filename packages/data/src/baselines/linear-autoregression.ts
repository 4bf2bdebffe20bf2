import { checkCount } from "../checks/check-count.js";
import { given } from "../checks/given.js";
import { checkHistory, checkWholeHistory, type Baseline } from "./baseline.js";

/**
 * Linear autoregression with an intercept, `x(t) = c + a1 x(t-1) + … + ap x(t-p)`, by least squares with a trace of
 * ridge (1e-8 of the mean variance) against collinear lags; several steps ahead it reads its own forecasts.
 *
 * @param options - `order` p in rows.
 * @throws DataError on fitting `too-short` with fewer than 2p + 2 values.
 */
export function linearAutoregression(options: { readonly order: number }): Baseline {
  const { order } = given(options);
  checkCount("linearAutoregression", "order", order);
  const name = `linear autoregression (${order})`;
  return {
    name,
    fit(train) {
      checkWholeHistory(name, train, 2 * order + 2);
      const { centre, weights } = solve(train, order);
      return {
        name,
        forecast(history, horizon) {
          checkCount(name, "horizon", horizon);
          checkHistory(name, history, order);
          const path = new Float64Array(order + horizon);
          for (let lag = 0; lag < order; lag++) path[lag] = (history[history.length - order + lag] as number) - centre;
          for (let t = order; t < path.length; t++) {
            let next = weights[order] as number;
            for (let lag = 1; lag <= order; lag++) next += (weights[lag - 1] as number) * (path[t - lag] as number);
            path[t] = next;
          }
          return path.subarray(order).map((value) => value + centre);
        },
      };
    },
  };
}

// Normal equations of the centred values, with a last column of ones, by Cholesky decomposition.
function solve(train: ArrayLike<number>, order: number): { readonly centre: number; readonly weights: Float64Array } {
  let centre = 0;
  for (let t = 0; t < train.length; t++) centre += (train[t] as number) / train.length;
  const x = Float64Array.from(train, (value) => value - centre);
  const n = order + 1;
  const gram = new Float64Array(n * n);
  const right = new Float64Array(n);
  const regressor = (t: number, k: number): number => (k === order ? 1 : (x[t - 1 - k] as number));
  for (let t = order; t < x.length; t++) {
    for (let i = 0; i < n; i++) {
      const value = regressor(t, i);
      right[i] = (right[i] as number) + value * (x[t] as number);
      for (let j = 0; j <= i; j++) gram[i * n + j] = (gram[i * n + j] as number) + value * regressor(t, j);
    }
  }
  let trace = 0;
  for (let i = 0; i < order; i++) trace += (gram[i * n + i] as number) / order;
  for (let i = 0; i < n; i++) gram[i * n + i] = (gram[i * n + i] as number) + 1e-8 * trace + Number.MIN_VALUE;
  return { centre, weights: cholesky(gram, right, n) };
}

function cholesky(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const at = (i: number, j: number): number => a[i * n + j] as number;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(i, j);
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      // A pivot of 0 belongs to a column that says nothing: its weight becomes 0.
      if (i === j) a[i * n + i] = sum > 0 ? Math.sqrt(sum) : Infinity;
      else a[i * n + j] = sum / at(j, j);
    }
  }
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = b[i] as number;
    for (let k = 0; k < i; k++) sum -= at(i, k) * (y[k] as number);
    y[i] = sum / at(i, i);
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = y[i] as number;
    for (let k = i + 1; k < n; k++) sum -= at(k, i) * (y[k] as number);
    y[i] = sum / at(i, i);
  }
  return y;
}
