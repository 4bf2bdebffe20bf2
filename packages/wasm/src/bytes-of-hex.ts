/** The bytes of pairs of hexadecimal digits. Both builds are kept so, because what they have in common compresses only where bytes align. */
export function bytesOfHex(digits: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(digits.length / 2);
  for (let index = 0; index < bytes.length; index++)
    bytes[index] = digitAt(digits, 2 * index) * 16 + digitAt(digits, 2 * index + 1);
  return bytes;
}

// By the bits of its code, as parsing takes a tenth of the start of a backend: letters have the seventh one set.
function digitAt(digits: string, index: number): number {
  const code = digits.charCodeAt(index);
  return (code & 15) + (code >> 6) * 9;
}
