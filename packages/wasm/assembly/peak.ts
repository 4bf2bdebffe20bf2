import { madd, splat } from "./madd";

/** A loop of nothing but multiply-adds, for measuring what the machine can do: `turns` x 48 of them. The factor is an argument, so that it stays in a register. Returns a sum of the results. */
export function multiplyAdds(turns: i32, factor: f32): f32 {
  const x = splat(factor);
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
    a = madd(x, x, a);
    b = madd(x, x, b);
    c = madd(x, x, c);
    d = madd(x, x, d);
    e = madd(x, x, e);
    f = madd(x, x, f);
    g = madd(x, x, g);
    h = madd(x, x, h);
    i = madd(x, x, i);
    j = madd(x, x, j);
    k = madd(x, x, k);
    l = madd(x, x, l);
  }
  const all = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(f32x4.add(e, f), f32x4.add(g, h)));
  const sum = f32x4.add(all, f32x4.add(f32x4.add(i, j), f32x4.add(k, l)));
  return f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 3);
}
