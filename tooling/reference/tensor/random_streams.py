"""Writes packages/tensor/fixtures/random-streams.json: the first draws of seeds and named streams.

    python3 tooling/reference/tensor/random_streams.py

Follows Blackman and Vigna's xoroshiro128+ (2018 constants), the 32-bit finaliser of MurmurHash3 and 32-bit FNV-1a from
their papers, in Python's integers: no part of the library takes part.
"""

import json
from pathlib import Path

MASK32 = 2**32 - 1
MASK64 = 2**64 - 1


def rotate(x, k):
    return ((x << k) | (x >> (64 - k))) & MASK64


def finalise(z):
    z = ((z ^ (z >> 16)) * 0x85EBCA6B) & MASK32
    z = ((z ^ (z >> 13)) * 0xC2B2AE35) & MASK32
    return z ^ (z >> 16)


def draws(seed, count):
    words = [finalise((seed + step * 0x9E3779B9) & MASK32) for step in (1, 2, 3, 4)]
    s0 = words[0] << 32 | words[1]
    s1 = words[2] << 32 | words[3]
    drawn = []
    for _ in range(count):
        drawn.append((s0 + s1) & MASK32)
        s1 ^= s0
        s0 = rotate(s0, 24) ^ s1 ^ ((s1 << 16) & MASK64)
        s1 = rotate(s1, 37)
    return drawn


def stream(seed, name):
    hashed = finalise((seed + 0x9E3779B9) & MASK32)
    for character in name:
        hashed = ((hashed ^ ord(character)) * 0x01000193) & MASK32
    return hashed


def permutation(n, seed):
    numbers = iter(draws(seed, n))
    order = list(range(n))
    for last in range(n - 1, 0, -1):
        other = next(numbers) * (last + 1) >> 32
        order[last], order[other] = order[other], order[last]
    return order


seeds = [0, 1, 7, -1, 123456789, 2**31 - 1]
fixture = {
    "seeds": [{"seed": seed, "draws": draws(seed, 6)} for seed in seeds],
    "streams": [
        {"seed": seed, "name": name, "draws": draws(stream(seed, name), 3)}
        for seed in (0, 7)
        for name in ("dropout", "shuffle", "", "Schaltjahr ∞ 🎲")
    ],
    "permutations": [{"n": n, "seed": 3, "order": permutation(n, 3)} for n in (1, 2, 10)],
}
target = Path(__file__).parents[3] / "packages/tensor/fixtures/random-streams.json"
target.write_text(json.dumps(fixture, indent=1) + "\n")
