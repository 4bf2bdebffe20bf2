const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Node ${process.versions.node} is too old: unroll needs Node 20.19 or newer.`);
  console.error("Install a current Node from https://nodejs.org and run the command again.");
  process.exit(1);
}
