import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import {
  filesUnder,
  hashFiles,
  pinnedNode,
  readManifest,
  readStamp,
  root,
  stateFolder,
  workspacePackages,
} from "./workspace.mjs";

const stampFile = join(stateFolder, "build.json");

/**
 * Bundles an app and the workspace packages it depends on into their `dist`, leaving out those that are up to date.
 *
 * Only JavaScript is written: declarations are the business of `pnpm build`.
 *
 * @param {string} app - Package name.
 */
export async function buildApp(app) {
  const stamp = readStamp(stampFile) ?? {};
  const stale = closureOf(app).filter(({ folder, manifest }) => !isCurrent(folder, stamp[manifest.name]));
  if (stale.length === 0) return;
  console.log(`Building ${stale.map(({ manifest }) => manifest.name).join(", ")} …\n`);
  const results = await Promise.all(stale.map(({ folder }) => bundle(folder)));
  stale.forEach(({ folder, manifest }, index) => {
    const { code, output } = results[index];
    if (code !== 0) {
      console.error(`The build of ${manifest.name} failed:\n${output}`);
      process.exit(1);
    }
    stamp[manifest.name] = { inputs: inputsHash(folder), outputs: outputsHash(folder) };
  });
  mkdirSync(stateFolder, { recursive: true });
  writeFileSync(stampFile, JSON.stringify(stamp));
}

/** The app and every workspace package it reaches through `dependencies`. */
function closureOf(app) {
  const byName = new Map(workspacePackages().map((entry) => [entry.manifest.name, entry]));
  const reached = new Map();
  const visit = (name) => {
    const entry = byName.get(name);
    if (entry === undefined || reached.has(name)) return;
    reached.set(name, entry);
    Object.keys(entry.manifest.dependencies ?? {}).forEach(visit);
  };
  visit(app);
  return [...reached.values()];
}

function isCurrent(folder, stamp) {
  return stamp?.inputs === inputsHash(folder) && stamp.outputs === outputsHash(folder);
}

function inputsHash(folder) {
  const sources = filesUnder(join(folder, "src")).filter((file) => !file.endsWith(".test.ts"));
  const settings = ["package.json", "tsup.config.ts", "tsconfig.json"].map((file) => join(folder, file));
  return hashFiles([...sources, ...settings, join(root, "tsconfig.base.json"), join(root, "tooling/tsup-config/index.js")]);
}

function outputsHash(folder) {
  const files = filesUnder(join(folder, "dist")).filter((file) => !/\.(map|d\.ts)$/.test(file));
  return files.length === 0 ? "none" : hashFiles(files);
}

function bundle(folder) {
  const manifest = join(root, "node_modules", "tsup");
  const tsup = join(manifest, readManifest(manifest).bin.tsup);
  return new Promise((resolve) => {
    const child = spawn(pinnedNode, [tsup, "--no-clean"], { cwd: folder });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}
