/** A text in lines of at most 80 characters, each behind an indent; words longer than that are left whole. */
export function wrapText(text: string, { indent = "" }: { readonly indent?: string } = {}): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > 80) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((content) => indent + content).join("\n");
}
