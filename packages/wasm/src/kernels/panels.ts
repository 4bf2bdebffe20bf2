/** Room, in bytes, that each thread needs for one packed block of the left operand and one tile; see assembly/matmul.ts. */
export const panelBytes: number = (256 * 256 + 6 * 8) * 4;
