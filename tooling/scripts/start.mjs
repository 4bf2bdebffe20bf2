import "./require-node.mjs";

import { buildApp } from "./build-app.mjs";
import { install } from "./install.mjs";
import { runApp } from "./run-app.mjs";

/** `npm start [-- arguments]`: brings what the main job needs, then runs it. */
const app = "@unroll/char-rnn";
const args = process.argv.slice(2);

install({ scope: "app", app });
await buildApp(app);
process.exitCode = await runApp(["apps/char-rnn/dist/main.js", ...(args.length > 0 ? args : ["train"])]);
