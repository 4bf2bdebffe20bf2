/** Takes a text in pieces and gives it back in pieces that end where a record of CSV ends. */
export interface CsvRecordCutter {
  /** The whole records that can be given back now; empty where none ended. */
  push(piece: string): string;
  /** What is left: the last record if it ends without a line break. */
  finish(): string;
}

/**
 * Cuts behind the last line break that lies outside quotes, which is where the quotes before it are even in number: a quote
 * within quotes is written twice. It parses nothing.
 */
export function csvRecordCutter(): CsvRecordCutter {
  let rest = "";
  let isQuoted = false;
  return {
    push(piece) {
      let end = -1;
      for (let at = 0; at < piece.length; at++) {
        const unit = piece.charCodeAt(at);
        if (unit === 0x22) isQuoted = !isQuoted;
        else if (unit === 0x0a && !isQuoted) end = at + 1;
      }
      if (end < 0) {
        rest += piece;
        return "";
      }
      const whole = rest + piece.slice(0, end);
      rest = piece.slice(end);
      return whole;
    },
    finish: () => rest,
  };
}
