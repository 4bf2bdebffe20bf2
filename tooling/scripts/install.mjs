import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { hashFiles, pinnedNode, readManifest, readStamp, root, stateFolder, workspacePackages } from "./workspace.mjs";

const stampFile = join(stateFolder, "install.json");

/** What each scope asks of pnpm: an app's run-time closure and the bundler, or everything. */
const scopes = {
  app: (app) => ["--prod", "--filter-prod", `${app}...`, "--filter", readManifest(root).name],
  workspace: () => [],
};

/**
 * Brings `node_modules` in line with the lockfile through the pinned pnpm, unless a stamp says that it is.
 *
 * @param {{ scope: "app", app: string } | { scope: "workspace" }} request - What must be present. An install of the
 *   whole workspace also serves an app, and is kept.
 */
export function install({ scope, app }) {
  const wanted = scope === "app" && existsSync(join(root, "node_modules", ".bin", "turbo")) ? "workspace" : scope;
  const label = wanted === "app" ? app : "workspace";
  if (isInstalled(label)) return;

  const { version } = readManifest(root).devEngines.packageManager;
  console.log(`Installing Node 24 and ${wanted === "app" ? `what ${app} needs` : "the workspace"} with pnpm ${version} …`);
  const started = Date.now();
  const { status, output } = runPnpm(version, ["install", "--frozen-lockfile", "--prefer-offline", ...scopes[wanted](app)]);
  if (status !== 0 || !existsSync(pinnedNode)) giveUp(output);

  mkdirSync(stateFolder, { recursive: true });
  writeFileSync(stampFile, JSON.stringify({ label, asked: askedHash(), installed: installedHash() }));
  console.log(`Installed in ${((Date.now() - started) / 1000).toFixed(0)} s.\n`);
}

function isInstalled(label) {
  const stamp = readStamp(stampFile);
  return stamp?.label === label && stamp.asked === askedHash() && stamp.installed === installedHash() && existsSync(pinnedNode);
}

/** What the repository asks for. */
function askedHash() {
  const manifests = workspacePackages().map(({ folder }) => join(folder, "package.json"));
  return hashFiles([...["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"].map((file) => join(root, file)), ...manifests]);
}

/** What pnpm last wrote, so that an install run by hand voids the stamp. */
function installedHash() {
  return hashFiles([join(root, "node_modules", ".pnpm", "lock.yaml")]);
}

function runPnpm(version, args) {
  const local = join(root, "node_modules", ".bin", "pnpm");
  const [command, prefix] = existsSync(local) ? [local, []] : ["npx", ["-y", `pnpm@${version}`]];
  const { status, stdout, stderr, error } = spawnSync(command, [...prefix, ...args], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, CI: "true", npm_config_prefer_offline: "true", npm_config_loglevel: "error" },
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === "win32",
  });
  return { status, output: `${stdout ?? ""}${stderr ?? ""}${error ? String(error) : ""}` };
}

/** Says what failed and what to do, and ends the process. */
function giveUp(output) {
  const log = join(tmpdir(), "unroll-install.log");
  writeFileSync(log, output);
  const { cause, remedy } = diagnoses.find(({ pattern }) => pattern.test(output)) ?? unknownCause;
  console.error(`The install failed: ${cause}`);
  console.error(`${remedy} Then run the command again.`);
  console.error(`The full log is in ${log}.`);
  process.exit(1);
}

const unknownCause = {
  cause: "pnpm ended with an error.",
  remedy: "Read the log; removing node_modules often helps.",
};

const diagnoses = [
  {
    pattern: /ERR_PNPM_OUTDATED_LOCKFILE|ERR_PNPM_LOCKFILE/,
    cause: "pnpm-lock.yaml does not fit the package.json files.",
    remedy: "Run `npx pnpm install` and commit the lockfile.",
  },
  {
    pattern: /ENOSPC/,
    cause: "the disk is full.",
    remedy: "Free about 1 GB.",
  },
  {
    pattern: /EACCES|EPERM/,
    cause: "a folder may not be written.",
    remedy: "Check who owns this folder and the npm cache (`npm config get cache`).",
  },
  {
    pattern:
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ERR_PNPM_NO_OFFLINE|fetch failed/i,
    cause: "the npm registry could not be reached.",
    remedy: "Go online, or set your registry with `npm config set registry <url>`; once installed, no network is needed.",
  },
  {
    pattern: /E40[134]|ERR_PNPM_FETCH_40[134]/,
    cause: "the npm registry refused a package.",
    remedy: "Check `npm config get registry` and your login to it.",
  },
];
