// How the calling thread and a worker speak: a mailbox for each worker in the memory they share. A worker never returns to its event
// loop, so that a call costs about a microsecond; everything it needs goes through here.

/** Bytes of a mailbox. */
export const mailboxBytes = 1024;

/** Words of a mailbox (Int32). */
export const word = { state: 0, command: 1, program: 2, entry: 3, argumentCount: 4, textLength: 5 } as const;

/** Where the arguments (Float64) and the text of an error (UTF-16) begin, in bytes. */
export const argumentsAt = 64;
export const textAt = 576;

/** How many of them fit. */
export const mostArguments: number = (textAt - argumentsAt) / 8;
export const mostText: number = (mailboxBytes - textAt) / 2;

/**
 * States of a worker. The calling thread posts a command to one that is idle or asleep; the worker takes it (`running`), unless
 * the calling thread has taken it back by then. It runs `awaited` while the calling thread sleeps.
 */
export const state = { idle: 0, asleep: 1, posted: 2, running: 3, awaited: 4, failed: 5 } as const;

/** What a worker can be told: to call an export of a program, or to compile a further program. */
export const command = { call: 0, link: 1 } as const;

/** Looks at a word before a thread goes to sleep: a tenth of a millisecond or two, longer than most gaps between the operations of a training step. */
export const turnsBeforeSleep = 100_000;
