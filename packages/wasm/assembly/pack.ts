// Writes four columns of four elements as rows.
@inline
export function transpose4(source: usize, step: isize, target: usize, targetStep: usize): void {
  const r0 = v128.load(source);
  const r1 = v128.load(source + step);
  const r2 = v128.load(source + 2 * step);
  const r3 = v128.load(source + 3 * step);
  const a = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
  const b = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
  const c = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
  const d = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
  v128.store(target, i64x2.shuffle(a, c, 0, 2));
  v128.store(target + targetStep, i64x2.shuffle(a, c, 1, 3));
  v128.store(target + 2 * targetStep, i64x2.shuffle(b, d, 0, 2));
  v128.store(target + 3 * targetStep, i64x2.shuffle(b, d, 1, 3));
}

// The last two of six lanes: four slices of two elements.
@inline
function transpose2(source: usize, step: isize, target: usize, targetStep: usize): void {
  const r0 = v128.load(source);
  const r1 = v128.load(source + step);
  const low = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
  const high = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
  v128.store_lane<i64>(target, low, 0);
  v128.store_lane<i64>(target + targetStep, low, 1);
  v128.store_lane<i64>(target + 2 * targetStep, high, 0);
  v128.store_lane<i64>(target + 3 * targetStep, high, 1);
}

// The last of five lanes: four slices of one element.
@inline
function transpose1(source: usize, target: usize, targetStep: usize): void {
  const r0 = v128.load(source);
  v128.store_lane<f32>(target, r0, 0);
  v128.store_lane<f32>(target + targetStep, r0, 1);
  v128.store_lane<f32>(target + 2 * targetStep, r0, 2);
  v128.store_lane<f32>(target + 3 * targetStep, r0, 3);
}

/**
 * Packs `depth` slices of `lanes` elements side by side, padded with zeros from `used` on. An element lies `depthStep` from
 * slice to slice and `laneStep` from lane to lane, in elements. Full panels of four lanes or more are copied by vectors.
 */
export function packPanel(
  source: usize,
  depthStep: i32,
  laneStep: i32,
  target: usize,
  depth: i32,
  lanes: i32,
  used: i32,
): void {
  const width = <usize>lanes << 2;
  const dStep = <isize>depthStep << 2;
  const lStep = <isize>laneStep << 2;
  const whole = used == lanes && lanes >= 4 && lanes != 7;
  let p = 0;
  if (whole && laneStep == 1) {
    for (; p < depth; p++) {
      v128.store(target, v128.load(source));
      if (lanes == 8) v128.store(target, v128.load(source, 16), 16);
      else if (lanes == 6) store<i64>(target, load<i64>(source, 16), 16);
      else if (lanes == 5) store<f32>(target, load<f32>(source, 16), 16);
      source += dStep;
      target += width;
    }
    return;
  }
  if (whole && depthStep == 1) {
    for (; p + 4 <= depth; p += 4) {
      transpose4(source, lStep, target, width);
      if (lanes == 8) transpose4(source + 4 * lStep, lStep, target + 16, width);
      else if (lanes == 6) transpose2(source + 4 * lStep, lStep, target + 16, width);
      else if (lanes == 5) transpose1(source + 4 * lStep, target + 16, width);
      source += 16;
      target += 4 * width;
    }
  }
  for (; p < depth; p++) {
    let at = source;
    for (let i = 0; i < lanes; i++) {
      store<f32>(target + (<usize>i << 2), i < used ? load<f32>(at) : 0);
      at += lStep;
    }
    source += dStep;
    target += width;
  }
}
