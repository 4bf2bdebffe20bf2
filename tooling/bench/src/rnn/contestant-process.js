import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A contestant that runs in a process of its own, and how to ask it; the commands stand in `child.js`. */
export class ContestantProcess {
  #child;
  #answers;
  #errors = "";
  #ended;

  /** @param {{ command: string, args: string[], env?: Record<string, string> }} start */
  constructor({ command, args, env = {} }) {
    this.#child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr.on("data", (chunk) => (this.#errors = (this.#errors + chunk).slice(-2000)));
    this.#child.stdin.on("error", () => {}); // the end of the process says it
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#ended = new Promise((resolve) => {
      this.#child.on("error", resolve);
      this.#child.on("close", resolve);
    });
  }

  /**
   * Sends a command and waits for its answer.
   *
   * @param {string} command
   * @param {number} seconds - After that the process is ended.
   * @throws {Error} with what the contestant says went wrong.
   */
  async ask(command, seconds) {
    this.#child.stdin.write(`${command}\n`);
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, seconds * 1000, "late")));
    const first = await Promise.race([this.#answers.next(), late]);
    clearTimeout(timer);
    if (first === "late") {
      this.#child.kill("SIGKILL");
      throw new Error(`no answer in ${seconds} s`);
    }
    if (first.done) {
      await this.#ended;
      throw new Error(this.#errors.trim().split("\n").at(-1) || "it ended without a word");
    }
    const answer = JSON.parse(first.value);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  /** Ends the process. */
  async end() {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 2000);
    await this.#ended;
    clearTimeout(timer);
  }
}
