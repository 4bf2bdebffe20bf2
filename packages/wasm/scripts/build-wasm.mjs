// Compiles assembly/ twice, with and without relaxed SIMD, and embeds both in src/generated/binaries.ts; embeds the program of the
// workers in src/generated/worker.ts.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import asc from "assemblyscript/asc";

import { workerScript } from "./build-worker.mjs";
import { microKernels } from "./micro-kernels.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The sources of the kernels by file name. */
export function sources() {
  const names = readdirSync(`${root}assembly`).filter((name) => name.endsWith(".ts"));
  const files = Object.fromEntries(names.sort().map((name) => [name, readFileSync(`${root}assembly/${name}`, "utf8")]));
  return { ...files, "micro-kernels.ts": microKernels() };
}

/** Fingerprint of everything that goes into the binaries. */
export function sourceHash() {
  return hashOf(sources());
}

/** Fingerprint of the program of the workers. */
export function workerHash() {
  const names = ["mailbox.ts", "worker.ts"];
  return hashOf(Object.fromEntries(names.map((name) => [name, readFileSync(`${root}src/threads/${name}`, "utf8")])));
}

function hashOf(files) {
  const hash = createHash("sha256");
  for (const [name, text] of Object.entries(files)) hash.update(`${name}\n${text}\n`);
  return hash.digest("hex");
}

async function compile(features) {
  const files = sources();
  let binary;
  const { error, stderr } = await asc.main(
    [
      "index.ts",
      "--outFile",
      "out.wasm",
      "-O3",
      "--noAssert",
      "--runtime",
      "stub",
      "--importMemory",
      "--memoryBase",
      "64",
    ].concat(["--enable", ["simd", ...features].join(",")]),
    {
      readFile: (name) => files[name.replace(/^\.\//, "")] ?? null,
      writeFile: (name, contents) => {
        if (name === "out.wasm") binary = Buffer.from(contents);
      },
      listFiles: () => [],
    },
  );
  if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`);
  return binary;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const plain = await compile([]);
  const relaxed = await compile(["relaxed-simd"]);
  writeFileSync(
    `${root}src/generated/binaries.ts`,
    `// Written by scripts/build-wasm.mjs from assembly/; run \`pnpm kernels\` after a change there.

/** SHA-256 of the sources. */
export const sourceHash: string = "${sourceHash()}";

/** Kernels in SIMD that every engine has, hexadecimal. */
export const plainBinary: string =
  "${plain.toString("hex")}";

/** Kernels with fused multiply-add (relaxed SIMD), hexadecimal. */
export const relaxedBinary: string =
  "${relaxed.toString("hex")}";
`,
  );
  const worker = await workerScript();
  writeFileSync(
    `${root}src/generated/worker.ts`,
    `// Written by scripts/build-wasm.mjs from src/threads/worker.ts; run \`pnpm kernels\` after a change there.

/** SHA-256 of the sources. */
export const workerHash: string = "${workerHash()}";

/** The program of a worker: a classic script. */
export const workerScript: string =
  ${JSON.stringify(worker)};
`,
  );
  console.log(`plain ${plain.length} bytes, relaxed ${relaxed.length} bytes, worker ${worker.length} bytes`);
}
