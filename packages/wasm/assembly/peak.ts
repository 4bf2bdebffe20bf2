import { madd, splat } from "./madd";

/**
 * A loop of nothing but multiply-adds, for measuring what the machine can do: `turns` x 48 of them. Each depends on the one before in
 * its chain, so that no compiler takes a part of it out of the loop. Returns a sum of the results.
 */
export function multiplyAdds(turns: i32, factor: f32): f32 {
  const x = splat(factor);
  const y = splat(factor + factor);
  let a = splat(1),
    b = splat(2),
    c = splat(3),
    d = splat(4),
    e = splat(5),
    f = splat(6),
    g = splat(7),
    h = splat(8);
  let i = splat(1),
    j = splat(2),
    k = splat(3),
    l = splat(4);
  for (let turn = 0; turn < turns; turn++) {
    a = madd(a, x, y);
    b = madd(b, x, y);
    c = madd(c, x, y);
    d = madd(d, x, y);
    e = madd(e, x, y);
    f = madd(f, x, y);
    g = madd(g, x, y);
    h = madd(h, x, y);
    i = madd(i, x, y);
    j = madd(j, x, y);
    k = madd(k, x, y);
    l = madd(l, x, y);
  }
  const all = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(f32x4.add(e, f), f32x4.add(g, h)));
  const sum = f32x4.add(all, f32x4.add(f32x4.add(i, j), f32x4.add(k, l)));
  return f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 3);
}
