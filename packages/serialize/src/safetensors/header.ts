import { fail } from "../error.js";
import { isRecord } from "../plain-record.js";
import { elementType } from "./element-types.js";
import { repeatedKey } from "./repeated-key.js";

/** Longest header that is read, as in the reference implementation. */
export const maxHeaderBytes = 100_000_000;

const maxRank = 64;

/** Where one tensor lies. */
export interface SafetensorsEntry {
  readonly name: string;
  /** As stored: `F32`, `I64`, … */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** First byte, counted from the start of the file. */
  readonly start: number;
  /** Byte after the last. */
  readonly end: number;
}

/** What stands in front of the data. */
export interface SafetensorsHeader {
  /** Tensors in the order of the header. */
  readonly entries: readonly SafetensorsEntry[];
  /** Free texts by name, without prototype. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The length of the JSON header, from the first eight bytes of a file.
 *
 * @param fileBytes - Size of the whole file.
 * @throws SerializeError `format`, `limit`; nothing has been allocated then.
 */
export function headerLength(prefix: Uint8Array, fileBytes: number): number {
  if (fileBytes < 8 || prefix.byteLength < 8) {
    fail(
      "format",
      `read safetensors: a file starts with an 8-byte header length, got ${fileBytes} bytes in all; the file is truncated or of another kind`,
    );
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes)) {
    fail(
      "limit",
      `read safetensors: a header has at most ${maxHeaderBytes} bytes, got ${length}; the file is broken or of another kind`,
    );
  }
  if (Number(length) > fileBytes - 8) {
    fail(
      "format",
      `read safetensors: the header must end within the file, got ${length} bytes of header in a file of ${fileBytes}; the file is truncated`,
    );
  }
  return Number(length);
}

/**
 * Reads a header and checks that the tensors cover the data exactly.
 *
 * @param header - The bytes after the first eight.
 * @param fileBytes - Size of the whole file.
 * @throws SerializeError `format`, `dtype`, `limit`
 */
export function parseHeader(header: Uint8Array, fileBytes: number): SafetensorsHeader {
  const fields = parseJson(header);
  const dataStart = 8 + header.byteLength;
  const entries: SafetensorsEntry[] = [];
  const metadata = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(fields)) {
    if (name !== "__metadata__") entries.push(parseEntry(name, value, dataStart));
    else if (!isRecord(value)) fail("format", "read safetensors: __metadata__ must be an object of strings");
    else {
      for (const [key, text] of Object.entries(value)) {
        if (typeof text !== "string")
          fail("format", `read safetensors: metadata must be strings, got ${typeof text} at ${quote(key)}`);
        metadata[key] = text;
      }
    }
  }
  checkTiling(entries, dataStart, fileBytes);
  return { entries, metadata };
}

function parseJson(header: Uint8Array): Readonly<Record<string, unknown>> {
  if (header[0] !== 0x7b) fail("format", "read safetensors: the header must start with { at byte 8; the file is of another kind");
  let fields: unknown;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
    fields = JSON.parse(text);
  } catch (cause) {
    return fail("format", `read safetensors: the header must be UTF-8 JSON: ${(cause as Error).message}`, { cause });
  }
  const repeated = repeatedKey(text);
  if (repeated !== undefined) fail("format", `read safetensors: names must differ, got ${quote(repeated)} twice in one object`);
  return fields as Record<string, unknown>;
}

function parseEntry(name: string, value: unknown, dataStart: number): SafetensorsEntry {
  if (!isRecord(value))
    return fail("format", `read safetensors: ${quote(name)} must be an object with dtype, shape and data_offsets`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string") return fail("format", `read safetensors: dtype of ${quote(name)} must be a string`);
  if (!isSizes(shape)) return fail("format", `read safetensors: shape of ${quote(name)} must be a list of integers >= 0`);
  if (shape.length > maxRank)
    fail("limit", `read safetensors: a tensor has at most ${maxRank} axes, got ${shape.length} in ${quote(name)}`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    return fail("format", `read safetensors: data_offsets of ${quote(name)} must be two integers >= 0`);
  }
  const [begin, end] = offsets as readonly [number, number];
  const { bytes } = elementType(dtype, quote(name));
  const needed = elementCount(shape, name) * bytes;
  if (end - begin !== needed) {
    fail(
      "format",
      `read safetensors: ${quote(name)} ${dtype} [${shape.join(", ")}] needs ${needed} bytes, got ${end - begin} from ${begin} to ${end}`,
    );
  }
  return { name, dtype, shape, start: dataStart + begin, end: dataStart + end };
}

function elementCount(shape: readonly number[], name: string): number {
  // Zeros last: the product of the others must be representable too, as every consumer computes it.
  const product = shape.reduce((count, length) => (length === 0 ? count : count * length), 1);
  if (!Number.isSafeInteger(product * 8)) fail("limit", `read safetensors: ${quote(name)} has more elements than can be counted`);
  return shape.includes(0) ? 0 : product;
}

function checkTiling(entries: readonly SafetensorsEntry[], dataStart: number, fileBytes: number): void {
  let position = dataStart;
  for (const { name, start, end } of [...entries].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== position) {
      fail(
        "format",
        `read safetensors: tensors must follow each other without holes or overlap, got ${quote(name)} at byte ${start} instead of ${position}`,
      );
    }
    position = end;
  }
  if (position !== fileBytes) {
    fail(
      "format",
      `read safetensors: the tensors need ${position} bytes of file, got ${fileBytes}; the file is truncated or has something appended`,
    );
  }
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}

function quote(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 77)}...` : name);
}
