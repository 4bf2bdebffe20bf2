interface Host {
  readonly setImmediate?: (callback: () => void) => unknown;
}

/**
 * Makes a function that lets the page or the server do other work, when `milliseconds` have passed since it last did.
 * It takes the quickest way there is: a timer would cost 1 ms in Node and 4 ms in a browser.
 */
export function yieldEvery(milliseconds: number): () => Promise<void> | undefined {
  const { setImmediate } = globalThis as Host;
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      if (setImmediate !== undefined) {
        setImmediate(resolve);
        return;
      }
      // Not scheduler.yield, whose continuations go before the page's timers; nor setTimeout, which waits 4 ms.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(undefined);
    });
  let last = performance.now();
  return () => {
    if (performance.now() - last < milliseconds) return undefined;
    return pause().then(() => void (last = performance.now()));
  };
}
