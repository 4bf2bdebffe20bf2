/** What a worker is given to begin with. */
export interface WorkerStart {
  readonly memory: WebAssembly.Memory;
  readonly kernels: WebAssembly.Module;
  /** Address of its mailbox. */
  readonly mailbox: number;
}
